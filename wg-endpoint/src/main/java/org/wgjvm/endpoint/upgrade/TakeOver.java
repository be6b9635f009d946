package org.wgjvm.endpoint.upgrade;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.crypto.TieredAead;
import org.wgjvm.crypto.X25519;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Message;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Word;
import org.wgjvm.sys.Niceness;

/**
 * The new process: takes the place of the one that started it. Its methods are called in the order in which they stand here. Whatever they
 * throw means: end, and leave everything alone; the old process goes on.
 */
public final class TakeOver {
    /** The environment variable with the descriptor of the channel, by which a daemon knows that it is to take over. */
    public static final String VARIABLE = "WGJVM_TAKE_OVER_FD";

    private static final int POLITE = 5;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final HandoverChannel channel;
    private final Log log;

    /** Claimed before any device can have it, so that it is known when it is done. */
    private final List<Runnable> ciphers = Stream.of(TieredAead.warmUpTask(), X25519.warmUpTask()).filter(Objects::nonNull).toList();

    private volatile boolean over;

    /** When the old process stopped, if it has said so. */
    private long frozenNs;

    /** Over the channel {@code fd}. */
    public TakeOver(int fd, Log log) {
        channel = new HandoverChannel(fd);
        this.log = log;
    }

    /**
     * What can be had before the old process stops.
     *
     * @param tun the TUN device
     * @param agreed its offloads
     * @param uapi the socket of the UAPI
     * @param uapiPath where that is, or null when it is somebody else's affair
     * @param control the control socket
     * @param controlPath where that is
     */
    public record Belongings(int tun, int agreed, int uapi, Path uapiPath, int control, Path controlPath) {}

    /** Becomes the device that the old process was. */
    public interface Preparation {
        /** What the old process knows beside the device; comes first. */
        void beside(StateReader state) throws StateException;

        /** The state is good until this returns; a socket that there is none of is -1. */
        void prepare(StateReader state, int udpV4, int udpV6) throws IOException;
    }

    /** As {@link Preparation#prepare}. */
    @FunctionalInterface
    interface Import {
        void take(StateReader state, int udpV4, int udpV6) throws IOException;
    }

    /** Says hello, and receives. */
    public Belongings introduce() throws IOException {
        UpgradeStep.NEW_STARTED.reached();
        try (StateWriter hello = new StateWriter()) {
            hello.i64(Versions.MAGIC).u16(Versions.PROTOCOL).u16(Versions.PROTOCOL);
            hello.i64(ProcessHandle.current().pid()).text(Versions.program());
            channel.send(Word.HELLO, hello, System.nanoTime() + PATIENCE_NS);
        }
        try (Message welcome = next(channel, Word.WELCOME)) {
            final StateReader in = welcome.reader();
            final int protocol = in.u16();
            if (protocol != Versions.PROTOCOL) {
                throw new UpgradeException("version " + protocol + " of the upgrade protocol is not spoken here");
            }
            final int agreed = in.i32();
            final String uapiPath = in.text();
            final String controlPath = in.text();
            final int[] fds = channel.receiveDescriptors(3, System.nanoTime() + PATIENCE_NS);
            return new Belongings(
                    fds[0], agreed, fds[1], uapiPath.isEmpty() ? null : Path.of(uapiPath), fds[2], Path.of(controlPath));
        } catch (StateException e) {
            throw new UpgradeException("the old process says welcome in words that are not understood: " + e.getMessage(), e);
        }
    }

    /** Warms up in the background, and tells the old process when that is done. */
    public void warmUp() {
        UpgradeStep.NEW_OPENED.reached();
        Thread.ofPlatform().daemon().name("rehearsal").start(() -> {
            try {
                // The old process still carries the traffic. Where it cannot be had, it is a wish.
                final int ignored = Niceness.ofThisThread(POLITE);
                if (!"off".equals(System.getenv(Rehearsal.VARIABLE))) {
                    ciphers.forEach(Runnable::run);
                    Rehearsal.full(log);
                }
                if (!over) {
                    channel.send(Word.WARM, "", System.nanoTime() + PATIENCE_NS);
                    UpgradeStep.NEW_WARM.reached();
                }
            } catch (IOException | RuntimeException e) {
                log.error("Upgrade: cannot warm up: " + e.getMessage());
                fail(String.valueOf(e.getMessage()));
            }
        });
    }

    /**
     * Receives the state, has it prepared, and waits. When this returns, the device is this process's alone: the old one said so, or it is
     * dead.
     */
    public void receive(Preparation preparation) throws IOException {
        try {
            try (Message beside = next(channel, Word.BESIDE)) {
                preparation.beside(beside.reader());
            }
            receive(channel, (state, v4, v6) -> {
                UpgradeStep.NEW_STATE_RECEIVED.reached();
                preparation.prepare(state, v4, v6);
            });
        } catch (StateException e) {
            fail("what the old process knows is not understood: " + e.getMessage());
            throw new UpgradeException("what the old process knows is not understood: " + e.getMessage(), e);
        } catch (IOException e) {
            fail(e.getMessage());
            throw e;
        }
        UpgradeStep.NEW_IMPORTED.reached();
        try {
            channel.send(Word.PREPARED, "", System.nanoTime() + PATIENCE_NS);
        } catch (IOException e) {
            log.verbose("Upgrade: " + e.getMessage());
        }
        UpgradeStep.NEW_PREPARED.reached();
        awaitOwnership();
    }

    /** Sockets and state, as {@link HandOver#sendState} sends them. */
    static void receive(HandoverChannel channel, Import importing) throws IOException {
        final boolean v4;
        final boolean v6;
        try (Message sockets = next(channel, Word.SOCKETS)) {
            final StateReader in = sockets.reader();
            v4 = in.flag();
            v6 = in.flag();
        } catch (StateException e) {
            throw new UpgradeException("the old process names its sockets in words that are not understood", e);
        }
        final int count = (v4 ? 1 : 0) + (v6 ? 1 : 0);
        final int[] fds = count == 0 ? new int[0] : channel.receiveDescriptors(count, System.nanoTime() + PATIENCE_NS);
        try (Message state = next(channel, Word.STATE)) {
            importing.take(state.reader(), v4 ? fds[0] : -1, v6 ? fds[count - 1] : -1);
        }
    }

    /** The old process says whose the device is, or dies. What it said before it died counts. */
    private void awaitOwnership() throws IOException {
        try (Message said = channel.receive(HandoverChannel.NEVER)) {
            if (said == null) {
                log.error("Upgrade: the old process has died; this one takes over");
            } else if (said.word() != Word.YOURS) {
                throw new UpgradeException("the old process goes on");
            } else {
                frozenNs = Long.parseLong(said.text());
            }
        }
        UpgradeStep.NEW_YOURS_RECEIVED.reached();
    }

    /** Tells the old process that it may end: everything moves since {@code begunNs} on the {@link org.wgjvm.sys.BootClock}. */
    public void running(long begunNs) {
        UpgradeStep.NEW_BEGUN.reached();
        over = true;
        try (StateWriter out = new StateWriter()) {
            channel.send(Word.RUNNING, out.i64(begunNs), System.nanoTime() + PATIENCE_NS);
        } catch (IOException e) {
            log.verbose("Upgrade: " + e.getMessage());
        }
        UpgradeStep.NEW_RUNNING.reached();
        log.verbose("Upgrade: " + UpgradeStep.since(frozenNs));
        channel.close();
    }

    /** Tells the old process why this one ends. */
    public void fail(String reason) {
        try {
            channel.send(Word.FAILED, String.valueOf(reason), System.nanoTime() + PATIENCE_NS);
        } catch (IOException e) {
            log.verbose("Upgrade: " + e.getMessage());
        }
    }

    private static Message next(HandoverChannel channel, Word wanted) throws IOException {
        final Message message = channel.receive(HandoverChannel.NEVER);
        if (message == null) {
            throw new UpgradeException("the old process has ended, and has left nothing");
        }
        if (message.word() != wanted) {
            try (message) {
                throw new UpgradeException(
                        message.word() == Word.ABORT ? "the old process goes on" : "the old process says " + message.word());
            }
        }
        return message;
    }
}
