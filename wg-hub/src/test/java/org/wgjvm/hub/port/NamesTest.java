package org.wgjvm.hub.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.wgjvm.hub.neutron.NeutronApi;

/** The agent and the driver in Python have one naming function: both are held to the driver's vectors. */
final class NamesTest {
    private static JsonObject vectors() throws IOException {
        return JsonParser.parseString(Files.readString(Path.of("../neutron/tests/names.json"))).getAsJsonObject();
    }

    @Test
    void theNamesAreThoseOfTheDriver() throws IOException {
        vectors().getAsJsonObject("devices").asMap().forEach((id, name) -> assertEquals(name.getAsString(), Names.device(id)));
        vectors().getAsJsonObject("router_namespaces").asMap()
                .forEach((id, name) -> assertEquals(name.getAsString(), NeutronApi.ROUTER_PREFIX + id));
        vectors().getAsJsonObject("kinds").asMap().forEach((owner, kind) -> assertEquals(
                kind.isJsonNull() ? null : PortKind.ofLabel(kind.getAsString()), PortKind.ofDeviceOwner(owner)));
    }

    @Test
    void onlyWhatIsCalledLikeAHubsInterfaceIsTakenForOne() {
        assertTrue(Names.isDevice("wg-aaaaaaaa-10"));
        for (final String other : new String[] {
            "wg-office", "wg0", "wg-aaaaaaaa-1", "wg-aaaaaaaa-100", "wg-AAAAAAAA-10", "xwg-aaaaaaaa-10"
        }) {
            assertFalse(Names.isDevice(other), other);
        }
    }

    @Test
    void aNamespaceIsAFileNameAndNothingMore() {
        for (final String wrong : new String[] {"", ".", "..", "a/b", "-x", "a b", "a\nb"}) {
            assertFalse(Names.isNamespace(wrong), wrong);
        }
        assertTrue(Names.isNamespace("qrouter-4f3c0a52-7b8e-4a51-9a43-0f8f3a6f1b11"));
    }
}
