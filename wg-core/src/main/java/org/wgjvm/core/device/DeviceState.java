package org.wgjvm.core.device;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.wgjvm.core.noise.KeyLog;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.noise.Tai64n;
import org.wgjvm.core.routing.AllowedIps;
import org.wgjvm.core.session.IndexTable;
import org.wgjvm.core.session.Limits;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.crypto.RandomSource;

/** What the parts of one device share. All of it belongs to the device's thread. */
final class DeviceState {
    final Aead aead;
    final RandomSource random;
    final LongSupplier epochNs;
    final DeviceEvents events;
    final DeviceOutput output;
    final DeviceCounters counters = new DeviceCounters();
    final DeadlineHeap deadlines = new DeadlineHeap();
    final Map<PublicKey, Peer> peers = new LinkedHashMap<>();
    final AllowedIps<Peer> allowedIps = new AllowedIps<>();

    /** Receiver indices that we gave out: a {@link Peer} while its handshake is under way, a keypair afterwards. */
    final IndexTable<Object> indices = new IndexTable<>();

    final Tai64n timestamps = new Tai64n();
    Sender sender;
    KeyLog keyLog;
    StaticIdentity identity;
    boolean up;
    boolean enforceMtu;
    int mtu;
    int listenPort;
    private final byte[] jitter = new byte[4];

    DeviceState(Aead aead, RandomSource random, LongSupplier epochNs, DeviceEvents events, DeviceOutput output) {
        this.aead = aead;
        this.random = random;
        this.epochNs = epochNs;
        this.events = events;
        this.output = output;
    }

    /** Random jitter below {@link Limits#REKEY_TIMEOUT_JITTER_NS}. */
    long jitterNs() {
        random.nextBytes(jitter);
        final int bits = (jitter[0] & 0xff) | (jitter[1] & 0xff) << 8 | (jitter[2] & 0xff) << 16 | (jitter[3] & 0xff) << 24;
        return (bits & 0xffffffffL) * Limits.REKEY_TIMEOUT_JITTER_NS >>> 32;
    }
}
