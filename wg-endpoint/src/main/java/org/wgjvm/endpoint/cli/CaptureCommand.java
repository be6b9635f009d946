package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.PacketCapture;
import org.wgjvm.endpoint.capture.CaptureOptions;
import org.wgjvm.endpoint.capture.CaptureStream;
import org.wgjvm.endpoint.capture.PcapngBlocks;
import org.wgjvm.endpoint.control.ControlClient;
import org.wgjvm.endpoint.control.ControlException;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.control.ControlServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "capture",
        description = {
            "Captures the packets of an interface as pcapng: those inside the tunnel and the datagrams outside. Wireshark shows",
            "them while they come: wg-jvm capture wg0 | wireshark -k -i -",
            "The daemon must be one of ours, and its key log (--keylog) decrypts what is outside.",
            ""
        })
final class CaptureCommand implements Callable<Integer> {
    private static final int ATTEMPTS = 50;
    private static final long PAUSE_NS = 100_000_000;

    private final Surroundings around;
    private volatile ControlClient current;
    private volatile boolean over;

    @Parameters(paramLabel = "INTERFACE")
    private String name;

    @Option(names = "--peer", paramLabel = "PUBLIC-KEY", description = "only this peer's packets; handshakes from unknown places stay")
    private String peer;

    @Option(names = "--outer", description = "only the datagrams outside")
    private boolean outer;

    @Option(names = "--inner", description = "only the packets inside")
    private boolean inner;

    @Option(names = "--both", description = "both, as by default")
    private boolean both;

    @Option(names = "-w", paramLabel = "FILE", defaultValue = "-", description = "where to; - is standard output (default)")
    private String file;

    @Option(names = "--count", paramLabel = "N", description = "ends after N packets")
    private Long count;

    @Option(names = "--seconds", paramLabel = "N", description = "ends after N seconds")
    private Double seconds;

    @Option(
            names = "--snaplen",
            paramLabel = "BYTES",
            defaultValue = "65536",
            description = "keeps so much of each packet (default: all of it)")
    private int snapLength;

    CaptureCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException {
        if (file.equals("-") && around.terminal()) {
            throw new CommandException("a capture is nothing for a terminal: give -w FILE, or pipe it on");
        }
        final CaptureOptions options = options();
        try (WritableByteChannel out = open()) {
            final Runtime runtime = Runtime.getRuntime();
            final PcapngBlocks blocks = new PcapngBlocks(out);
            final long begunNs = System.nanoTime();
            try (ControlClient first = Devices.control(around, name)) {
                current = first;
                first.ask(request(options));
                runtime.addShutdownHook(new Thread(this::finish));
                copy(first, blocks);
            }
            CaptureOptions rest = options.less(blocks.packets(), System.nanoTime() - begunNs);
            while (rest != null && !over && goOn(rest, blocks)) {
                rest = options.less(blocks.packets(), System.nanoTime() - begunNs);
            }
            return 0;
        } catch (IOException e) {
            throw new CommandException(e.getMessage());
        }
    }

    /** After an upgrade another process answers at the same socket. Returns false when none does: the interface is gone. */
    private boolean goOn(CaptureOptions rest, PcapngBlocks blocks) throws IOException {
        final Path socket = ControlServer.path(around.sockets(), name);
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(socket) && !over; attempt++) {
            try (ControlClient next = ControlClient.connect(socket)) {
                current = next;
                next.ask(request(rest));
                around.err().println("Another process has taken over " + name + ": the capture goes on there.");
                copy(next, blocks);
                return true;
            } catch (ConnectException | ControlException e) {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
        return false;
    }

    private static ControlRequest request(CaptureOptions options) {
        return new ControlRequest(CaptureStream.COMMAND, options.toArguments(), List.of());
    }

    private CaptureOptions options() throws CommandException {
        if (count != null && count < 1 || seconds != null && !(seconds > 0 && seconds < 1e7)) {
            throw new CommandException("--count and --seconds want a number above 0");
        }
        if (snapLength < 1 || snapLength > PacketCapture.WHOLE) {
            throw new CommandException("--snaplen: from 1 to " + PacketCapture.WHOLE);
        }
        PublicKey key = null;
        if (peer != null) {
            try {
                key = PublicKey.fromBase64(peer);
            } catch (IllegalArgumentException e) {
                throw new CommandException("--peer: `" + peer + "' is not a public key");
            }
        }
        return new CaptureOptions(
                key,
                both || inner || !outer,
                both || outer || !inner,
                snapLength,
                count == null ? Long.MAX_VALUE : count,
                seconds == null ? 0 : Math.max(1, (long) (seconds * 1000)));
    }

    /** For its owner alone: what is inside the tunnel is nobody else's business. */
    private WritableByteChannel open() throws IOException {
        if (file.equals("-")) {
            return Channels.newChannel(around.out());
        }
        final Path path = Path.of(file);
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(path);
        }
        return FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    private void copy(ControlClient client, PcapngBlocks blocks) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (client.read(buffer.clear()) >= 0) {
            blocks.add(buffer.flip());
            around.out().flush();
            if (around.out().checkError()) {
                // Whoever read it has gone, which is a way to end.
                over = true;
                return;
            }
        }
        blocks.end();
    }

    /** On a signal: the daemon writes its statistics and ends the stream, and the process waits for that, though not for ever. */
    private void finish() {
        over = true;
        final ControlClient client = current;
        try {
            client.finish();
            client.awaitClose(2_000);
        } catch (IOException e) {
            // It has ended already.
        }
    }
}
