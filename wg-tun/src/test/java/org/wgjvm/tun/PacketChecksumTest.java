package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class PacketChecksumTest {
    private static MemorySegment memory(byte[] data, int at) {
        final MemorySegment segment = Arena.ofAuto().allocate(at + data.length + 1L);
        MemorySegment.copy(data, 0, segment, ValueLayout.JAVA_BYTE, at, data.length);
        return segment;
    }

    @Property
    void verifiesWhatIsRightAndNothingElse(@ForAll long seed, @ForAll boolean v4, @ForAll boolean tcp,
            @ForAll @IntRange(max = 2000) int length) {
        final Random random = new Random(seed);
        final byte[] packet = TestPackets.packet(TestPackets.flow(random, v4, tcp), 0, 0, 0x10, TestPackets.payload(random, length));
        final int ipLength = v4 ? 20 : 40;
        final MemorySegment s = memory(packet, 0);
        final long pseudo = PacketChecksum.pseudoHeaderSum(s, 0, v4, tcp ? 6 : 17, packet.length - ipLength);
        assertTrue(PacketChecksum.verifies(pseudo + PacketChecksum.sum(s, ipLength, packet.length - ipLength)));
        final int damaged = ipLength + random.nextInt(packet.length - ipLength);
        s.set(ValueLayout.JAVA_BYTE, damaged, (byte) (packet[damaged] ^ 1 << random.nextInt(8)));
        assertFalse(PacketChecksum.verifies(pseudo + PacketChecksum.sum(s, ipLength, packet.length - ipLength)));
    }
}
