package org.wgjvm.hub.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.hub.Ports;

final class PortReaderTest {
    private static final String KEY = "aPxGwq8zERHQ3Q1cOZFdJ+cvJX5Ka4mLN38AyYKYF10=";

    private static FieldException refusal(JsonObject json) {
        return assertThrows(FieldException.class, () -> PortReader.read(Ports.fields(json), Ports.spokeId(1), null));
    }

    private static JsonObject spoke() {
        return Ports.spoke("10.50.0.10", KEY);
    }

    @Test
    void aHubAsNeutronSendsItIsReadAndWhatDoesNotConcernUsIsPassedOver() throws Exception {
        final JsonObject json = Ports.hub("p1");
        json.add("security_groups", JsonParser.parseString("[\"x\"]"));
        json.addProperty("mac_address", "fa:16:3e:00:00:01");
        json.add("device_id", com.google.gson.JsonNull.INSTANCE);
        final Port port = PortReader.read(Ports.fields(json), Ports.hubId(1), null).port();
        assertEquals(PortKind.HUB, port.kind());
        assertEquals("wg-a0000001-00", port.deviceName());
        assertEquals("tun-p1", port.projectNamespace());
        assertEquals(List.of("10.50.0.1/24"), port.interfaceAddresses().stream().map(Cidr::toString).toList());
    }

    @Test
    void aSpokesAddressesAreAllowedEachAloneInBothFamiliesAndWhatIsBehindItToo() throws Exception {
        final JsonObject json = spoke();
        json.add("fixed_ips", Ports.ips("10.50.0.10", "fd50::10"));
        final JsonObject profile = json.getAsJsonObject("binding:profile");
        profile.addProperty("endpoint", "[2001:db8::1]:51820");
        profile.addProperty("persistent_keepalive", 25);
        profile.add("allowed_ips", JsonParser.parseString("[\"192.168.9.7/24\"]"));
        final Port port = PortReader.read(Ports.fields(json), Ports.spokeId(1), null).port();
        assertEquals(List.of("10.50.0.10/32", "fd50:0:0:0:0:0:0:10/128", "192.168.9.0/24"),
                port.allowedIps().stream().map(Cidr::toString).toList());
        assertEquals("[2001:db8::1]:51820", port.profile().endpoint().toString());
        assertEquals(25, port.profile().keepaliveSeconds());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "network_id | 7 | network_id",
        "network_id | '\"x\"' | network_id",
        "admin_state_up | '\"yes\"' | admin_state_up",
        "project_id | '\"../etc\"' | project_id",
        "name | '[]' | name",
        "device_owner | '\"compute:nova\"' | device_owner",
        "device_owner | '\"\"' | device_owner",
        "wireguard_kind | '\"wheel\"' | wireguard_kind",
        "id | '\"bbbbbbbb-0000-4000-8000-000000000001\"' | id",
        "fixed_ips | '[]' | fixed_ips",
        "fixed_ips | '{}' | fixed_ips",
        "fixed_ips | '[7]' | fixed_ips[0]",
        "fixed_ips | '[{\"ip_address\":\"10.1\"}]' | fixed_ips[0].ip_address",
        "fixed_ips | '[{\"ip_address\":\"0.0.0.0\"}]' | fixed_ips[0].ip_address",
        "fixed_ips | '[{\"ip_address\":\"fe80::1%eth0\"}]' | fixed_ips[0].ip_address",
        "fixed_ips | '[{\"ip_address\":\"10.0.0.1\"},{\"ip_address\":\"10.0.0.1\"}]' | fixed_ips[1].ip_address",
        "subnets | '[{\"id\":\"s\",\"cidr\":\"10.0.0.0/33\"}]' | subnets[0].cidr",
        "binding:profile | '[]' | binding:profile",
        "binding:profile | '{}' | binding:profile.public_key",
        "binding:profile | '{\"public_key\":\"AAAA\"}' | binding:profile.public_key",
        "binding:profile | '{\"public_key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}' | binding:profile.public_key",
    })
    void whatIsWrongIsNamed(String field, String value, String named) {
        final JsonObject json = spoke();
        json.add(field, JsonParser.parseString(value));
        assertEquals(named, refusal(json).field());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "endpoint | '\"10.0.0.1\"' | endpoint",
        "endpoint | '\"10.0.0.1:0\"' | endpoint",
        "endpoint | '\"10.0.0.1:65536\"' | endpoint",
        "endpoint | '\"2001:db8::1:51820\"' | endpoint",
        "endpoint | '\"300.0.0.1:5\"' | endpoint",
        "endpoint | '\"a b:5\"' | endpoint",
        "preshared_key | '\"short\"' | preshared_key",
        "persistent_keepalive | -1 | persistent_keepalive",
        "persistent_keepalive | 65536 | persistent_keepalive",
        "persistent_keepalive | 2.5 | persistent_keepalive",
        "persistent_keepalive | 1e99999999 | persistent_keepalive",
        "allowed_ips | '[\"10.0.0.0/8\", \"x\"]' | allowed_ips[1]",
        "pubic_key | '\"x\"' | pubic_key",
    })
    void whatIsWrongInAProfileIsNamed(String field, String value, String named) {
        final JsonObject json = spoke();
        json.getAsJsonObject("binding:profile").add(field, JsonParser.parseString(value));
        assertEquals("binding:profile." + named, refusal(json).field());
    }

    @Test
    void aPrivateKeyIsRefusedWhereverItIsAndNotQuoted() {
        final String secret = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        for (final String name : List.of("private_key", "PrivateKey", "private-key")) {
            final JsonObject inProfile = spoke();
            inProfile.getAsJsonObject("binding:profile").addProperty(name, secret);
            assertEquals("binding:profile." + name, refusal(inProfile).field());
            assertFalse(refusal(inProfile).getMessage().contains(secret));
            final JsonObject outside = spoke();
            outside.addProperty(name, secret);
            assertEquals(name, refusal(outside).field());
        }
    }

    @Test
    void aHubNeedsItsHostAndNoProfile() {
        final JsonObject json = Ports.hub("p1");
        json.remove("binding:host_id");
        assertEquals("binding:host_id", refusal(json).field());
        final JsonObject other = Ports.hub("p1");
        other.getAsJsonObject("binding:profile").addProperty("public_key", KEY);
        assertEquals("binding:profile.public_key", refusal(other).field());
    }

    @Test
    void aRoutersOwnerDoesNotMakeAHubSomethingElse() throws Exception {
        final JsonObject json = Ports.hub("p1");
        json.addProperty("device_owner", "network:router_interface");
        assertEquals("device_owner", refusal(json).field(), "unknown, it would be no port of ours");
        assertEquals(PortKind.HUB, PortReader.read(Ports.fields(json), Ports.hubId(1), PortKind.HUB).port().kind());
        json.addProperty("wireguard_kind", "hub");
        assertEquals(PortKind.HUB, PortReader.read(Ports.fields(json), Ports.hubId(1), null).port().kind());
        json.addProperty("device_owner", "channel:wireguard:spoke");
        assertEquals("device_owner", assertThrows(FieldException.class,
                () -> PortReader.read(Ports.fields(json), Ports.hubId(1), PortKind.HUB)).field(), "but it cannot become a spoke");
    }

    @Test
    void whatIsWrittenIsReadToTheSamePort() throws Exception {
        final JsonObject json = spoke();
        json.getAsJsonObject("binding:profile").addProperty("endpoint", "device.example.org:5000");
        for (final JsonObject each : List.of(Ports.hub(""), json)) {
            final Port port = PortReader.read(Ports.fields(each), Ports.hubId(1), null).port();
            assertEquals(port, PortReader.read(Ports.fields(PortWriter.write(port)), null, null).port());
        }
    }

    @Test
    void thereIsNoSecretInWhatIsWritten() throws Exception {
        final String psk = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=";
        final JsonObject json = spoke();
        json.getAsJsonObject("binding:profile").addProperty("preshared_key", psk);
        final PortReader.Read read = PortReader.read(Ports.fields(json), Ports.spokeId(1), null);
        assertEquals(PortReader.KeyChange.SET, read.keyChange());
        assertEquals(psk, read.presharedKey().toBase64());
        assertFalse(PortWriter.write(read.port()).toString().contains(psk));
        assertFalse(read.toString().contains(psk));
    }

    @Property(tries = 300)
    void namesOfDevicesAreAsTheKernelWantsThemAndTellPortsApart(@ForAll long a, @ForAll long b) {
        final String id = new java.util.UUID(a, b).toString();
        final String name = Names.device(id);
        assertTrue(Names.isDevice(name) && name.length() <= 15 && id.startsWith(name.substring(3)));
    }

    @Test
    void aTextThatIsNotOneObjectIsNotRead() {
        for (final String text : List.of("", "[]", "7", "{", "{} {}", "{'a':1}", "{\"a\":1,}", "[".repeat(100_000))) {
            assertEquals("", assertThrows(FieldException.class, () -> Fields.parse(text)).field(), text);
        }
    }
}
