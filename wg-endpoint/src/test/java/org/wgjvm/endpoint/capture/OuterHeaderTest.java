package org.wgjvm.endpoint.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.core.packet.IpHeader;

final class OuterHeaderTest {
    @ParameterizedTest
    @CsvSource({"false,true,148", "false,false,33", "true,true,148", "true,false,0", "false,true,65507"})
    void addressesPortsLengthsAndChecksumsAreThoseOfTheWire(boolean v6, boolean outgoing, int length) {
        final Endpoint remote = v6 ? Endpoint.v6(0x20010db8L << 32, 2, 4444, 0) : Endpoint.v4(0xc0000202, 4444);
        final Endpoint known = v6 ? remote.withLocal(0x20010db8L << 32, 1, 0) : remote.withLocal(0, 0xc0000201L, 0);
        final byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (i * 7);
        }
        final ByteBuffer header = new OuterHeader().of(known, outgoing, 51820, 0x88, MemorySegment.ofArray(payload), length);
        final int ip = v6 ? 40 : 20;
        assertEquals(ip + 8, header.remaining());
        final byte[] packet = new byte[ip + 8 + length];
        header.get(packet, 0, ip + 8);
        System.arraycopy(payload, 0, packet, ip + 8, length);
        final MemorySegment whole = MemorySegment.ofArray(packet);
        assertEquals(packet.length, IpHeader.totalLength(whole, 0, packet.length));
        assertEquals(0x88, IpHeader.tos(whole, 0));
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        assertEquals(outgoing ? 51820 : 4444, bytes.getShort(ip) & 0xffff);
        assertEquals(outgoing ? 4444 : 51820, bytes.getShort(ip + 2) & 0xffff);
        final long pseudo;
        if (v6) {
            assertEquals(outgoing ? 1 : 2, IpHeader.sourceLow(whole, 0));
            assertEquals(outgoing ? 2 : 1, IpHeader.destinationLow(whole, 0));
            pseudo = InternetChecksum.pseudoHeaderV6(bytes.getLong(8), bytes.getLong(16), bytes.getLong(24), bytes.getLong(32), 17,
                    8 + length);
        } else {
            assertEquals(outgoing ? 0xc0000201 : 0xc0000202, IpHeader.sourceV4(whole, 0));
            assertEquals(outgoing ? 0xc0000202 : 0xc0000201, IpHeader.destinationV4(whole, 0));
            assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(whole, 0, 20, 0)));
            pseudo = InternetChecksum.pseudoHeaderV4(bytes.getInt(12), bytes.getInt(16), 17, 8 + length);
        }
        assertEquals(0xffff, InternetChecksum.fold(InternetChecksum.sum(whole, ip, 8 + length, pseudo)));
    }
}
