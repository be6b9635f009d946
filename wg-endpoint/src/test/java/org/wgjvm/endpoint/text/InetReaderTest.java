package org.wgjvm.endpoint.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InetText;
import org.wgjvm.core.routing.IpPrefix;

final class InetReaderTest {
    private final InetReader reader = new InetReader();

    private boolean reads(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return reader.address(bytes, 0, bytes.length);
    }

    private Endpoint endpoint(String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return reader.endpoint(bytes, 0, bytes.length, ScopeNames.SYSTEM);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.4 ", "+1.2.3.4", "1.2.3.4x", ":",
        ":::",
        "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5", "::01.2.3.4", "fe80::1%lo", "1.2.3.4%lo", "::ffff:1.2.3.400"
    })
    void wrongAddressesAreRefused(String text) {
        assertFalse(reads(text), text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0,0.0.0.0", "255.255.255.255,255.255.255.255", "::,::", "::1,::1", "1::,1::", "FE80::A,fe80::a",
        "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0", "::2:3:4:5:6:7:8,0:2:3:4:5:6:7:8",
        "2001:0db8::0001,2001:db8::1",
        "::ffff:1.2.3.4,::ffff:1.2.3.4", "64:ff9b::192.0.2.33,64:ff9b::c000:221", "1:2:3:4:5:6:1.2.3.4,1:2:3:4:5:6:102:304"
    })
    void rightAddressesAreRead(String text, String canonical) {
        assertTrue(reads(text), text);
        assertEquals(canonical, reader.isV6() ? InetText.v6(reader.high(), reader.low()) : InetText.v4((int) reader.low()));
    }

    @Property(tries = 2000)
    void everyIpv6AddressIsReadBackFromItsCanonicalText(@ForAll long high, @ForAll long low, @ForAll @IntRange(max = 255) int zeroGroups) {
        long h = high;
        long l = low;
        for (int i = 0; i < 4; i++) {
            h = (zeroGroups & 1 << i) == 0 ? h : h & ~(0xffffL << 16 * i);
            l = (zeroGroups & 16 << i) == 0 ? l : l & ~(0xffffL << 16 * i);
        }
        assertTrue(reads(InetText.v6(h, l)));
        assertEquals(h, reader.high());
        assertEquals(l, reader.low());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+1", "10.0.0.0/08", "::/129", "/8",
            "10.0.0.0/8/8",
        "fe80::%lo/64", ""})
    void wrongPrefixesAreRefused(String text) {
        assertNull(reader.prefix(text), text);
    }

    @Test
    void hostBitsOfAPrefixAreCleared() {
        assertEquals(IpPrefix.v4(0x0a010000, 16), reader.prefix("10.1.2.3/16"));
        assertEquals("2001:db8::/32", reader.prefix("2001:db8:1::1/32").toString());
        assertEquals("0.0.0.0/0", reader.prefix("1.2.3.4/0").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.3.4", "1.2.3.4:", ":5", "1.2.3.4:65536", "1.2.3.4:-5", "[1.2.3.4]:5", "::1:5", "[::1]", "[::1]5",
            "[::1:5", "::1]:5",
        "[fe80::1%]:5", "[fe80::1%nosuchif]:5", "example.com:5", "[]:5", "[:5", "]:5"})
    void wrongEndpointsAreRefused(String text) {
        assertNull(endpoint(text), text);
    }

    @Test
    void endpointsAreRead() {
        assertEquals(Endpoint.v4(0x01020304, 5), endpoint("1.2.3.4:5"));
        assertEquals(Endpoint.v6(0x20010db800000000L, 1, 51820, 0), endpoint("[2001:db8::1]:51820"));
        final Endpoint scoped = endpoint("[fe80::1%lo]:5");
        assertNotNull(scoped);
        assertEquals(ScopeNames.SYSTEM.index("lo"), scoped.scopeId());
        assertEquals(7, endpoint("[fe80::1%7]:5").scopeId());
    }
}
