package org.wgjvm.interop;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.wgjvm.core.noise.CookieGenerator;
import org.wgjvm.core.noise.Handshake;
import org.wgjvm.core.noise.HandshakeResult;
import org.wgjvm.core.noise.InitiationConsumer;
import org.wgjvm.core.noise.RemoteStatic;
import org.wgjvm.core.noise.SessionKeys;
import org.wgjvm.core.noise.StaticIdentity;
import org.wgjvm.core.noise.Tai64n;
import org.wgjvm.core.packet.InternetChecksum;
import org.wgjvm.crypto.Aead;
import org.wgjvm.crypto.Aeads;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PrivateKey;
import org.wgjvm.crypto.PublicKey;

/**
 * One handshake and one ping with whoever is at 10.66.0.2, with nothing kept secret: every message, and what of ours went into it, is
 * printed as a line {@code NAME = HEX}. Arguments: {@code initiator} or {@code responder} (our role), our private key, the peer's public
 * key, the preshared key. {@link KernelTranscript} runs it in the namespace of the guest.
 */
final class TranscriptPeer {
    private static final int TIMEOUT_MS = 60_000;
    private static final int HEADER = 16;
    private static final int TAG = 16;

    private final StaticIdentity identity;
    private final Handshake handshake;
    private final CookieGenerator macs;
    private final Aead aead = Aeads.create();
    private final SecureRandom random = new SecureRandom();
    private final DatagramSocket socket;
    private final InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral("10.66.0.2"), Pair.RIGHT_PORT);
    private final int index = random.nextInt();
    private SessionKeys session;
    private long counter;

    private TranscriptPeer(PrivateKey ours, PublicKey theirs, PresharedKey psk) throws IOException {
        identity = new StaticIdentity(ours);
        handshake = new Handshake(new RemoteStatic(theirs));
        handshake.setPresharedKey(psk);
        macs = new CookieGenerator(theirs);
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("10.66.0.1"), Pair.LEFT_PORT));
        socket.setSoTimeout(TIMEOUT_MS);
    }

    public static void main(String[] args) throws IOException {
        final TranscriptPeer self =
                new TranscriptPeer(PrivateKey.fromBase64(args[1]), PublicKey.fromBase64(args[2]), PresharedKey.fromBase64(args[3]));
        System.out.println("ready");
        if (args[0].equals("initiator")) {
            self.initiate();
        } else {
            self.respond();
        }
        System.out.println("done");
    }

    private void initiate() throws IOException {
        final byte[] timestamp = new Tai64n().next(System.currentTimeMillis() * 1_000_000L);
        final byte[] initiation = new byte[148];
        expectOk(handshake.createInitiation(initiation, identity, timestamp, index, this::ephemeral, aead));
        macs.sign(initiation, 0);
        show("timestamp", timestamp);
        showIndex();
        show("initiation", initiation);
        send(initiation);
        final byte[] response = receive(2);
        show("response", response);
        expectOk(handshake.consumeResponse(response, aead));
        session = handshake.deriveSession();
        final byte[] echo = echoRequest();
        show("our_packet", echo);
        final byte[] sealed = seal(echo);
        show("our_transport", sealed);
        send(sealed);
        transportFromPeer();
    }

    private void respond() throws IOException {
        final byte[] initiation = receive(1);
        show("initiation", initiation);
        final InitiationConsumer consumer = new InitiationConsumer();
        expectOk(consumer.read(initiation, identity, aead));
        expectOk(consumer.accept(handshake, aead, 0));
        final byte[] response = new byte[92];
        expectOk(handshake.createResponse(response, index, this::ephemeral, aead));
        macs.sign(response, 0);
        showIndex();
        show("response", response);
        session = handshake.deriveSession();
        send(response);
        final byte[] packet = transportFromPeer();
        // The answer to its ping: addresses exchanged, type 0 instead of 8.
        final byte[] answer = packet.clone();
        System.arraycopy(packet, 12, answer, 16, 4);
        System.arraycopy(packet, 16, answer, 12, 4);
        answer[20] = 0;
        answer[22] = answer[23] = 0;
        checksum(answer, 20, 22, ByteBuffer.wrap(answer).getShort(2) - 20);
        show("our_packet", answer);
        final byte[] sealed = seal(answer);
        show("our_transport", sealed);
        send(sealed);
    }

    /** Keepalives are passed over: without a ping there is nothing in them. */
    private byte[] transportFromPeer() throws IOException {
        byte[] message = receive(4);
        while (message.length == HEADER + TAG) {
            message = receive(4);
        }
        show("their_transport", message);
        final byte[] packet = open(message);
        show("their_packet", packet);
        return packet;
    }

    private void ephemeral(byte[] out) {
        random.nextBytes(out);
        show("our_ephemeral", out);
    }

    private void showIndex() {
        System.out.printf("our_index = %08x%n", index);
    }

    private static void show(String name, byte[] bytes) {
        System.out.println(name + " = " + HexFormat.of().formatHex(bytes));
    }

    private static void expectOk(HandshakeResult result) {
        if (!result.ok()) {
            throw new IllegalStateException(result.toString());
        }
    }

    private void send(byte[] message) throws IOException {
        socket.send(new DatagramPacket(message, message.length, peer));
    }

    private byte[] receive(int type) throws IOException {
        final DatagramPacket datagram = new DatagramPacket(new byte[2048], 2048);
        do {
            datagram.setLength(2048);
            socket.receive(datagram);
        } while (datagram.getData()[0] != type);
        return Arrays.copyOf(datagram.getData(), datagram.getLength());
    }

    private byte[] seal(byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment plain = arena.allocate(packet.length, 64);
            final MemorySegment sealed = arena.allocate(packet.length + TAG, 64);
            MemorySegment.copy(packet, 0, plain, ValueLayout.JAVA_BYTE, 0, packet.length);
            aead.seal(session.sendKey(), counter, plain, 0, packet.length, sealed, 0);
            final ByteBuffer message = ByteBuffer.allocate(HEADER + packet.length + TAG).order(ByteOrder.LITTLE_ENDIAN);
            message.putInt(4).putInt(session.remoteIndex()).putLong(counter++);
            return message.put(sealed.toArray(ValueLayout.JAVA_BYTE)).array();
        }
    }

    private byte[] open(byte[] message) {
        try (Arena arena = Arena.ofConfined()) {
            final int length = message.length - HEADER;
            final MemorySegment sealed = arena.allocate(length, 64);
            final MemorySegment plain = arena.allocate(length, 64);
            MemorySegment.copy(message, HEADER, sealed, ValueLayout.JAVA_BYTE, 0, length);
            final long theirCounter = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
            if (!aead.open(session.receiveKey(), theirCounter, sealed, 0, length, plain, 0)) {
                throw new IllegalStateException("a transport message that does not open");
            }
            return plain.asSlice(0, length - TAG).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** 84 bytes from 10.67.0.1 to 10.67.0.2, and 12 of padding. */
    private static byte[] echoRequest() {
        final byte[] packet = new byte[96];
        final ByteBuffer out = ByteBuffer.wrap(packet);
        out.put((byte) 0x45).put((byte) 0).putShort((short) 84).putInt(0).put((byte) 64).put((byte) 1).putShort((short) 0);
        out.put(new byte[] {10, 67, 0, 1, 10, 67, 0, 2}).put((byte) 8).put((byte) 0).putShort((short) 0).putInt(0x12340001);
        for (int i = 28; i < 84; i++) {
            packet[i] = (byte) i;
        }
        checksum(packet, 0, 10, 20);
        checksum(packet, 20, 22, 64);
        return packet;
    }

    private static void checksum(byte[] packet, int from, int at, int length) {
        final int sum = InternetChecksum.checksum(MemorySegment.ofArray(packet), from, length, 0);
        ByteBuffer.wrap(packet).putShort(at, (short) sum);
    }
}
