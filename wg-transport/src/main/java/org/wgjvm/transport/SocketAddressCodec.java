package org.wgjvm.transport;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketMemory;
import org.wgjvm.sys.Sockets;

/** {@code sockaddr_in} and {@code sockaddr_in6} in native memory. Addresses and ports are in network order there. */
final class SocketAddressCodec {
    static final int V4_LENGTH = 16;
    static final int V6_LENGTH = 28;

    /** Room for either, aligned. */
    static final int STRIDE = 32;

    static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddressCodec() {}

    /** Writes the remote address of {@code endpoint} at {@code at} and returns its length. */
    static int write(MemorySegment memory, long at, Endpoint endpoint) {
        PacketMemory.putShortBe(memory, at + 2, (short) endpoint.port());
        if (endpoint.isV6()) {
            PacketMemory.putShort(memory, at, (short) Sockets.AF_INET6);
            PacketMemory.putInt(memory, at + 4, 0);
            PacketMemory.putLongBe(memory, at + 8, endpoint.high());
            PacketMemory.putLongBe(memory, at + 16, endpoint.low());
            PacketMemory.putInt(memory, at + 24, endpoint.scopeId());
            return V6_LENGTH;
        }
        PacketMemory.putShort(memory, at, (short) Sockets.AF_INET);
        PacketMemory.putIntBe(memory, at + 4, (int) endpoint.low());
        PacketMemory.putLong(memory, at + 8, 0L);
        return V4_LENGTH;
    }

    static int port(MemorySegment memory, long at) {
        return PacketMemory.getShortBe(memory, at + 2) & 0xffff;
    }

    static long v4(MemorySegment memory, long at) {
        return PacketMemory.getIntBe(memory, at + 4) & 0xffffffffL;
    }

    static long v6High(MemorySegment memory, long at) {
        return PacketMemory.getLongBe(memory, at + 8);
    }

    static long v6Low(MemorySegment memory, long at) {
        return PacketMemory.getLongBe(memory, at + 16);
    }

    static int v6Scope(MemorySegment memory, long at) {
        return PacketMemory.getInt(memory, at + 24);
    }
}
