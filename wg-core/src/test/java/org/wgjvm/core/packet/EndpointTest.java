package org.wgjvm.core.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Addresses, their texts, and what makes two of them the same. */
final class EndpointTest {
    private static final Endpoint V4 = Endpoint.v4(0xc0000201, 51820);
    private static final Endpoint V6 = Endpoint.v6(0xfe80L << 48, 0x1122L, 51820, 3);

    @ParameterizedTest
    @CsvSource({
        "0, 0, ::",
        "0, 1, ::1",
        "20010db800000000, 0000000000000001, 2001:db8::1",
        // The longest run, the first of equals, and never a single group (RFC 5952, section 4.2).
        "20010db800000001, 0001000100010001, 2001:db8:0:1:1:1:1:1",
        "2001000000000001, 0000000000000001, 2001:0:0:1::1",
        "20010db800000000, 0001000000000001, 2001:db8::1:0:0:1",
        "0001000000000000, 0000000000000000, 1::",
        "0000000000010000, 0000000000000000, 0:0:1::",
        "0000000000000001, 0002000300040005, ::1:2:3:4:5",
        "0000000100020003, 0004000500060000, 0:1:2:3:4:5:6:0",
        "abcdef0123456789, 0fedcba987654321, abcd:ef01:2345:6789:fed:cba9:8765:4321",
        "0, 0000ffffc0000201, ::ffff:192.0.2.1",
        "0, 00000000c0000201, ::c000:201",
        "1, 0000ffffc0000201, ::1:0:ffff:c000:201"
    })
    void anIpv6AddressIsWrittenAsRfc5952Has(String high, String low, String text) {
        assertEquals(text, InetText.v6(Long.parseUnsignedLong(high, 16), Long.parseUnsignedLong(low, 16)));
    }

    @Property
    void anIpv6TextMeansItsAddress(@ForAll long high, @ForAll long low, @ForAll byte zeros) throws UnknownHostException {
        // Groups of zero are rare by chance.
        long h = high;
        long l = low;
        for (int i = 0; i < 8; i++) {
            if ((zeros >> i & 1) != 0) {
                h &= i < 4 ? ~(0xffffL << 16 * i) : -1;
                l &= i < 4 ? -1 : ~(0xffffL << 16 * (i - 4));
            }
        }
        final ByteBuffer bytes = ByteBuffer.wrap(InetAddress.ofLiteral(InetText.v6(h, l)).getAddress());
        if (bytes.capacity() == 16) {
            assertEquals(h, bytes.getLong(0));
            assertEquals(l, bytes.getLong(8));
        } else {
            assertTrue(h == 0 && l >>> 32 == 0xffff && (int) l == bytes.getInt(0));
        }
    }

    @Property
    void anIpv4TextMeansItsAddress(@ForAll int address) {
        assertEquals(address, ByteBuffer.wrap(InetAddress.ofLiteral(InetText.v4(address)).getAddress()).getInt());
    }

    @Test
    void anEndpointIsWrittenWithItsPortAndAScopeInBrackets() {
        assertEquals("192.0.2.1:51820", V4.toString());
        assertEquals("[fe80::1122%3]:51820", V6.toString());
        assertEquals("[2001:db8::1]:7", Endpoint.v6(0x20010db8L << 32, 1, 7, 0).toString());
    }

    @Test
    void aSocketAddressBecomesAnEndpointAndBack() throws UnknownHostException {
        for (String text : new String[] {"192.0.2.1", "255.255.255.255", "2001:db8::1", "::1"}) {
            final InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(text), 51820);
            final Endpoint endpoint = Endpoint.of(address);
            assertEquals(text.contains(":"), endpoint.isV6());
            assertEquals(address, endpoint.toSocketAddress());
            assertEquals(address.getAddress(), endpoint.address());
        }
        assertEquals(3, Endpoint.of(V6.toSocketAddress()).scopeId());
        assertEquals(V6, Endpoint.of(V6.toSocketAddress()));
        assertEquals(0xfe80L << 48, V6.high());
        assertThrows(IllegalArgumentException.class, () -> Endpoint.of(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
    }

    @Test
    void twoEndpointsAreTheSameWhenEverythingRemoteIs() {
        final Endpoint[] different = {
            V4, Endpoint.v4(0xc0000202, 51820), Endpoint.v4(0xc0000201, 51821), Endpoint.v6(0, 0xc0000201L, 51820, 0), V6,
            Endpoint.v6(0xfe80L << 48, 0x1122L, 51820, 4), Endpoint.v6(0xfe81L << 48, 0x1122L, 51820, 3),
            Endpoint.v6(0xfe80L << 48, 0x1123L, 51820, 3), Endpoint.v6(0xfe80L << 48, 0x1122L, 51821, 3)
        };
        for (int i = 0; i < different.length; i++) {
            for (int j = 0; j < different.length; j++) {
                assertEquals(i == j, different[i].sameRemote(different[j]));
                assertEquals(i == j, different[i].equals(different[j]));
            }
            assertFalse(different[i].sameRemote(null));
            assertNotEquals(different[i], new Object());
        }
        assertEquals(V4, Endpoint.v4(0xc0000201, 51820));
        assertEquals(V4.hashCode(), Endpoint.v4(0xc0000201, 51820).withLocal(0, 9, 2).hashCode());
    }

    @Test
    void neighbouringAddressesHaveDifferentHashes() {
        final Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 4096; i++) {
            hashes.add(Endpoint.v4(0x0a000000 + i, 51820).hashCode());
            hashes.add(Endpoint.v4(0x0b000000, i).hashCode());
            hashes.add(Endpoint.v6(0x20010db8L << 32 | i, 1, 51820, 0).hashCode());
        }
        // Of 12,288 draws from 2^32 hardly two are expected to be the same.
        assertTrue(hashes.size() > 12_280, hashes.size() + " of 12288");
    }

    @Test
    void aStickySourceIsKeptAndLetGo() {
        final Endpoint sticky = V6.withLocal(0x20010db8L << 32, 5, 2);
        assertTrue(sticky.hasLocal());
        assertEquals(0x20010db8L << 32, sticky.localHigh());
        assertEquals(5, sticky.localLow());
        assertEquals(2, sticky.localInterface());
        assertTrue(sticky.sameRemote(V6));
        assertSame(V6, V6.withoutLocal());
        final Endpoint without = sticky.withoutLocal();
        assertFalse(without.hasLocal());
        assertTrue(without.sameRemoteAndLocal(V6));
        assertTrue(sticky.hasLocal());
        sticky.dropLocal();
        assertFalse(sticky.hasLocal());
    }

    @Test
    void remoteAndStickySourceAreTheSameOnlyInAllParts() {
        final Endpoint a = V4.withLocal(0, 7, 2);
        assertTrue(a.sameRemoteAndLocal(V4.withLocal(0, 7, 2)));
        assertFalse(a.sameRemoteAndLocal(V4.withLocal(1, 7, 2)));
        assertFalse(a.sameRemoteAndLocal(V4.withLocal(0, 8, 2)));
        assertFalse(a.sameRemoteAndLocal(V4.withLocal(0, 7, 3)));
        assertFalse(a.sameRemoteAndLocal(V4));
        assertFalse(V4.sameRemoteAndLocal(a));
        assertFalse(a.sameRemoteAndLocal(Endpoint.v4(0xc0000202, 51820).withLocal(0, 7, 2)));
        assertTrue(V4.sameRemoteAndLocal(Endpoint.v4(0xc0000201, 51820)));
    }
}
