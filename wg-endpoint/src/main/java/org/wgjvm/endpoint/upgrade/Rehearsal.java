package org.wgjvm.endpoint.upgrade;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import org.wgjvm.core.config.PeerChange;
import org.wgjvm.core.device.Device;
import org.wgjvm.core.device.DeviceEvents;
import org.wgjvm.core.device.DeviceOutput;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.endpoint.demo.DemoException;
import org.wgjvm.endpoint.demo.InProcessDemo;
import org.wgjvm.endpoint.demo.Progress;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.tun.TunRehearsal;

/**
 * What has never run in a JVM is slow, and the tunnel stands still while the device changes hands. So all of it is done before, with
 * devices that nobody knows: packets go through two data planes in this process, and a device is written and read.
 */
final class Rehearsal {
    private static final int TRANSFER_SECONDS = 2;
    private static final int ROUNDS = 300;
    private static final int SUPERFRAMES = 2_000;
    private static final int INNER = 0x0a000001;
    private static final int PORT = 51820;

    private Rehearsal() {}

    /** Everything: cipher (if it has anything to do), data path, handshakes, state. Returns when it is fast; takes seconds. */
    static void full(Runnable cipher, Log log) throws IOException {
        if (cipher != null) {
            cipher.run();
        }
        try {
            final PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            new InProcessDemo(new Progress(nowhere, false), TRANSFER_SECONDS).run();
        } catch (DemoException e) {
            // Without it the first packets are slow, and all else is well.
            log.error("Upgrade: the data path could not be rehearsed: " + e.getMessage());
        }
        TunRehearsal.run(SUPERFRAMES);
        export();
    }

    /** Writing and reading a device that has a session. */
    static void export() throws IOException {
        final Node one = new Node(INNER);
        final Node other = new Node(INNER + 1);
        one.meet(other);
        other.meet(one);
        one.talkTo(other);
        for (int round = 0; round < ROUNDS; round++) {
            try (StateWriter out = new StateWriter()) {
                one.device.writeTo(out, 1);
                final Device copy = new Node(INNER).device;
                copy.readFrom(new StateReader(out.written()), 1);
                copy.takeBack();
                copy.forgetSessions();
                copy.close();
            } catch (StateException e) {
                throw new UpgradeException("the state of a device cannot be read again: " + e.getMessage(), e);
            }
        }
        one.device.close();
        other.device.close();
    }

    /** A device, whose datagrams wait for the other. */
    private static final class Node implements DeviceOutput {
        private static final SecureRandom RANDOM = new SecureRandom();
        private static final int DATAGRAM_BYTES = 256;

        final Device device = new Device(Aeads.create(), RANDOM::nextBytes, System::currentTimeMillis, DeviceEvents.NONE, this);
        private final PrivateKey key = PrivateKey.generate(RANDOM::nextBytes);
        private final int address;
        private final PacketBatch batch = new PacketBatch(1, 4096);
        private final ArrayDeque<byte[]> sent = new ArrayDeque<>();

        Node(int address) {
            this.address = address;
        }

        void meet(Node other) {
            device.privateKey(key, 1);
            device.listenPort(PORT);
            device.mtu(1420, false);
            device.applyPeers(
                    true,
                    List.of(new PeerChange(
                            other.key.publicKey(), false, false, null, Endpoint.v4(other.address, PORT), 25, true,
                            List.of(new PeerChange.AllowedIp(IpPrefix.v4(other.address, 32), false)))),
                    1);
        }

        /** A keepalive, which is due when the device comes up, makes a session. */
        void talkTo(Node other) {
            other.device.up(1);
            device.up(1);
            while (!sent.isEmpty() || !other.sent.isEmpty()) {
                other.receiveFrom(this);
                receiveFrom(other);
            }
        }

        @Override
        public void send(PacketBatch datagrams) {
            for (int i = 0; i < datagrams.size(); i++) {
                sent.add(datagrams.slab().asSlice(datagrams.offset[i], datagrams.length[i]).toArray(ValueLayout.JAVA_BYTE));
            }
        }

        private void receiveFrom(Node other) {
            for (byte[] bytes = other.sent.poll(); bytes != null; bytes = other.sent.poll()) {
                batch.clear();
                MemorySegment.copy(bytes, 0, batch.slab(), ValueLayout.JAVA_BYTE, 0, bytes.length);
                final int i = batch.add(0, bytes.length, DATAGRAM_BYTES);
                batch.endpoint[i] = Endpoint.v4(other.address, PORT);
                device.inbound(batch, 1);
                if (device.hasHandshakes()) {
                    device.processHandshakes(1, Integer.MAX_VALUE);
                }
            }
        }

        @Override
        public int deliver(PacketBatch inner) {
            return inner.size();
        }
    }
}
