package org.wgjvm.core.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.crypto.Blake2s;

/** Initiations that say nothing, but with the first MAC right: what someone who knows a public key can send from thousands of addresses. */
public final class Flood {
    private static final byte[] LABEL_MAC1 = "mac1----".getBytes(StandardCharsets.US_ASCII);

    private Flood() {}

    /** One such message of type 1 to {@code target}, 148 bytes. */
    public static byte[] initiation(Simulation sim, SimNode target) {
        final byte[] message = new byte[148];
        sim.random().nextBytes(message);
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1);
        final byte[] key = new byte[32];
        Blake2s.hash(key, LABEL_MAC1, target.publicKey().toBytes());
        Blake2s.mac(message, 116, key, message, 0, 116);
        return message;
    }

    /** So many, each from an address of its own, all at once. */
    public static void of(int count, Simulation sim, SimNode target) {
        for (int n = 0; n < count; n++) {
            final Endpoint source = Endpoint.v4(0x0b000000 + n, 1024 + (n & 0xfff));
            sim.network().transmit(null, source, target.address(), initiation(sim, target), 0);
        }
    }
}
