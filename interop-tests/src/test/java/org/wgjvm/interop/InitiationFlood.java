package org.wgjvm.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.wgjvm.crypto.Blake2s;

/**
 * Sends handshake initiations that are right up to their first MAC and random otherwise: the responder must do its expensive part for each,
 * unless it demands cookies. A bounded number, at a bounded rate, from several addresses of the host it runs on; only inside the tests' own
 * namespaces. Arguments: target address, target port, target's public key, packets, packets per second, source addresses; among those,
 * {@code 10.70.0.1/2048} stands for 2,048 addresses from this one on. Says ten times a second how many it has sent.
 */
final class InitiationFlood {
    private static final int LENGTH = 148;
    private static final int MAC1 = 116;
    private static final int VARIANTS = 1024;
    private static final int BURST = 32;

    private InitiationFlood() {}

    /** Starts one in {@code host} as a process of its own. */
    static Process start(Namespace host, String target, int port, String publicKey, int packets, int perSecond, String... sources) {
        // Surefire's own class path is a jar that refers to the real one.
        final String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        final List<String> words = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                classPath,
                InitiationFlood.class.getName(),
                target,
                "" + port,
                publicKey,
                "" + packets,
                "" + perSecond));
        words.addAll(List.of(sources));
        return host.start(Lab.logs().resolve("flood-" + host.name() + ".log"), Map.of(), words);
    }

    public static void main(String[] args) throws IOException {
        final InetSocketAddress target = new InetSocketAddress(InetAddress.getByName(args[0]), Integer.parseInt(args[1]));
        final ByteBuffer[] messages = initiations(Base64.getDecoder().decode(args[2]));
        final int packets = Integer.parseInt(args[3]);
        final int perSecond = Integer.parseInt(args[4]);
        final List<InetAddress> sources = sources(List.of(args).subList(5, args.length));
        final DatagramChannel[] sockets = new DatagramChannel[sources.size()];
        for (int i = 0; i < sockets.length; i++) {
            sockets[i] = DatagramChannel.open().bind(new InetSocketAddress(sources.get(i), 0)).connect(target);
            // Nobody reads the answers: they need not be kept.
            sockets[i].setOption(StandardSocketOptions.SO_RCVBUF, 1);
        }
        final long startNs = System.nanoTime();
        long toldNs = startNs;
        for (int sent = 0; sent < packets; sent++) {
            if (sent % BURST == 0) {
                final long nowNs = System.nanoTime();
                if (nowNs - toldNs >= 100_000_000) {
                    toldNs = nowNs;
                    System.out.println(sent + " initiations in " + (nowNs - startNs) / 1_000_000 + " ms");
                }
                LockSupport.parkNanos(startNs + sent * 1_000_000_000L / perSecond - nowNs);
            }
            try {
                sockets[sent % sockets.length].write(messages[sent % VARIANTS].rewind());
            } catch (IOException e) {
                // The target is not listening at the moment: the flood goes on.
            }
        }
        System.out.println(packets + " initiations in " + (System.nanoTime() - startNs) / 1_000_000 + " ms");
    }

    private static List<InetAddress> sources(List<String> words) throws IOException {
        final List<InetAddress> sources = new ArrayList<>();
        for (String word : words) {
            final String[] parts = word.split("/");
            final byte[] first = InetAddress.ofLiteral(parts[0]).getAddress();
            final int count = parts.length == 1 ? 1 : Integer.parseInt(parts[1]);
            for (int i = 0; i < count; i++) {
                final byte[] address = first.clone();
                final int low = (first[2] & 0xff) << 8 | first[3] & 0xff;
                ByteBuffer.wrap(address).putShort(2, (short) (low + i));
                sources.add(InetAddress.getByAddress(address));
            }
        }
        return sources;
    }

    private static ByteBuffer[] initiations(byte[] publicKey) {
        final byte[] macKey = new byte[32];
        Blake2s.hash(macKey, "mac1----".getBytes(StandardCharsets.US_ASCII), publicKey);
        final Random random = new Random(1);
        final ByteBuffer[] messages = new ByteBuffer[VARIANTS];
        for (int i = 0; i < VARIANTS; i++) {
            final byte[] m = new byte[LENGTH];
            random.nextBytes(m);
            final byte[] mac = new byte[16];
            ByteBuffer.wrap(m).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1);
            Blake2s.mac(mac, 0, macKey, m, 0, MAC1);
            System.arraycopy(mac, 0, m, MAC1, 16);
            java.util.Arrays.fill(m, MAC1 + 16, LENGTH, (byte) 0);
            messages[i] = ByteBuffer.allocateDirect(LENGTH).put(m).rewind();
        }
        return messages;
    }
}
