package org.wgjvm.benchmarks.handshake;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.wgjvm.core.noise.MessageType;
import org.wgjvm.core.noise.Messages;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PublicKey;

/**
 * Many peers of one daemon on this host, each with a socket of its own, for {@code bin/bench handshakes}. It is told what to do on its
 * standard input, a word a line, and answers each with a line.
 *
 * <pre>
 * prepare    makes an initiation for each peer, which takes time that is not the daemon's: "prepared"
 * initiate   sends those, a few at a time, until each has its response: "done RESPONSES"
 * respond    answers the daemon's initiations until each peer has had a transport message: "done PEERS"
 * </pre>
 */
public final class HandshakeWire {
    /** Initiations that wait for their responses: below what puts anybody under load. */
    private static final int WINDOW = 32;

    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final int TYPE_OFFSET = 0;

    private final Aead aead = Aeads.create();
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
    private final SimplePeer[] peers;
    private final DatagramChannel[] channels;
    private final ByteBuffer[] prepared;
    private final BitSet done = new BitSet();
    private int index;

    private HandshakeWire(int count, int port, PublicKey daemon) throws IOException {
        peers = new SimplePeer[count];
        channels = new DatagramChannel[count];
        prepared = new ByteBuffer[count];
        final InetAddress host = InetAddress.getLoopbackAddress();
        for (int i = 0; i < count; i++) {
            peers[i] = new SimplePeer(daemon);
            channels[i] = DatagramChannel.open();
            channels[i].bind(new InetSocketAddress(host, 0)).connect(new InetSocketAddress(host, port));
            channels[i].configureBlocking(false);
            channels[i].register(selector, SelectionKey.OP_READ, i);
            final InetSocketAddress local = (InetSocketAddress) channels[i].getLocalAddress();
            System.out.println(peers[i].publicKey().toHex() + " " + local.getPort());
        }
    }

    /** Arguments: how many peers, the daemon's port and its public key in hex. */
    public static void main(String[] args) throws IOException {
        final HandshakeWire wire = new HandshakeWire(Integer.parseInt(args[0]), Integer.parseInt(args[1]), PublicKey.fromHex(args[2]));
        System.out.println("ready");
        final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            switch (command) {
                case "prepare" -> wire.prepare();
                case "initiate" -> wire.initiate();
                case "respond" -> wire.respond();
                default -> throw new IllegalArgumentException("unknown command " + command);
            }
        }
    }

    private void prepare() {
        for (int i = 0; i < peers.length; i++) {
            prepared[i] = peers[i].initiation(++index, System.currentTimeMillis() * 1_000_000L, aead);
        }
        System.out.println("prepared");
    }

    private void initiate() throws IOException {
        done.clear();
        final long began = System.nanoTime();
        int sent = 0;
        while (done.cardinality() < peers.length && System.nanoTime() - began < PATIENCE_NS) {
            for (; sent < peers.length && sent - done.cardinality() < WINDOW; sent++) {
                channels[sent].write(prepared[sent]);
            }
            receive(this::onAnswer);
        }
        System.out.println("done " + done.cardinality());
    }

    private void respond() throws IOException {
        done.clear();
        final long began = System.nanoTime();
        while (done.cardinality() < peers.length && System.nanoTime() - began < PATIENCE_NS) {
            receive(this::onInitiation);
        }
        System.out.println("done " + done.cardinality());
    }

    /** Who takes what a peer has received. */
    private interface Receiver {
        void take(int peer, byte[] message) throws IOException;
    }

    private void receive(Receiver receiver) throws IOException {
        selector.select(key -> {
            try {
                final int peer = (Integer) key.attachment();
                while (channels[peer].read(buffer.clear()) > 0) {
                    final byte[] message = new byte[buffer.flip().remaining()];
                    buffer.get(message);
                    receiver.take(peer, message);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, 100);
    }

    private void onAnswer(int peer, byte[] message) {
        if (message.length == Messages.RESPONSE_LENGTH && message[TYPE_OFFSET] == MessageType.RESPONSE) {
            done.set(peer);
        } else if (message[TYPE_OFFSET] == MessageType.COOKIE_REPLY) {
            throw new IllegalStateException("the daemon wants cookies: its rate is not what is to be measured");
        }
    }

    private void onInitiation(int peer, byte[] message) throws IOException {
        if (message.length == Messages.INITIATION_LENGTH && message[TYPE_OFFSET] == MessageType.INITIATION) {
            final ByteBuffer answer = peers[peer].answer(message, ++index, aead);
            if (answer != null) {
                channels[peer].write(answer);
            }
        } else if (message[TYPE_OFFSET] == MessageType.TRANSPORT) {
            done.set(peer);
        }
    }
}
