package org.wgjvm.endpoint.upgrade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.wgjvm.core.handover.StateException;
import org.wgjvm.core.handover.StateReader;
import org.wgjvm.core.handover.StateWriter;
import org.wgjvm.dataplane.Handover;
import org.wgjvm.endpoint.control.ControlAnswer;
import org.wgjvm.endpoint.control.ControlException;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.log.Log;
import org.wgjvm.endpoint.uapi.UapiServer;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Message;
import org.wgjvm.endpoint.upgrade.HandoverChannel.Word;
import org.wgjvm.sys.BootClock;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.PassedDescriptors;
import org.wgjvm.sys.ProcessStart;

/**
 * The old process: starts its successor, and gives it everything, at the request of {@code wg-jvm upgrade} over the control socket. Until
 * the successor has said that it is prepared, whatever fails leaves this process going on as it was; from then on it goes on only if the
 * successor has died, and with new sessions.
 *
 * <p>The order of every two steps here matters: docs/operations/upgrade.md says why.
 */
public final class HandOver {
    /**
     * The name of the command on the control socket. Its arguments are the path of the launcher to start, and for how many seconds to wait
     * for the new process to say hello, and again for it to be warm.
     */
    public static final String COMMAND = "upgrade";

    /** How the last line of the answer begins when all went well. */
    public static final String DONE = "done: ";

    /** How the last line of the answer begins when the old process goes on. */
    public static final String FAILED = "error: ";

    /** For how long the tunnel may stand still before this process goes on. */
    private static final long PREPARED_PATIENCE_NS = TimeUnit.SECONDS.toNanos(3);

    private static final long RUNNING_PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long UAPI_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long ABORT_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Of this process alone: what it was given by whoever started it. */
    private static final Set<String> OURS = Set.of("WG_TUN_FD", "WG_UAPI_FD", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID");

    private final String interfaceName;
    private final Map<String, String> environment;
    private final Handover plane;
    private final Consumer<StateWriter> beside;
    private final Launch launch;
    private final UapiServer uapi;
    private final ControlServer control;
    private final Log log;
    private final LongConsumer onDone;
    private final AtomicBoolean underWay = new AtomicBoolean();

    /**
     * For one daemon.
     *
     * @param environment what its successor gets, too
     * @param launch starts the successor
     * @param beside writes what is known beside the data plane
     * @param onDone told the id of the successor, once it has taken over: this process is to release the UAPI's socket and end
     */
    public HandOver(
            String interfaceName, Map<String, String> environment, Launch launch, Handover plane, Consumer<StateWriter> beside,
            UapiServer uapi, ControlServer control, Log log, LongConsumer onDone) {
        this.interfaceName = interfaceName;
        this.environment = environment;
        this.plane = plane;
        this.beside = beside;
        this.launch = launch;
        this.uapi = uapi;
        this.control = control;
        this.log = log;
        this.onDone = onDone;
    }

    /** Starts a process, as {@link ProcessStart#start} does. */
    @FunctionalInterface
    public interface Launch {
        /** Returns the id of a process that runs {@code command} and has {@code inherited} as {@link ProcessStart#INHERITED_FD}. */
        int start(List<String> command, List<String> variables, int inherited) throws IOException;
    }

    /** Answers {@link #COMMAND}: lines of progress, and a last one. */
    public ControlAnswer answer(ControlRequest request) throws ControlException {
        if (request.arguments().size() != 2 || !request.arguments().getLast().matches("[1-9][0-9]{0,4}")) {
            throw new ControlException("upgrade takes the path of a launcher and a number of seconds");
        }
        final Path launcher = Path.of(request.arguments().getFirst());
        final long patienceNs = TimeUnit.SECONDS.toNanos(Long.parseLong(request.arguments().getLast()));
        if (!launcher.isAbsolute() || !Files.isRegularFile(launcher) || !Files.isExecutable(launcher)) {
            throw new ControlException(launcher + " is not the path of a program");
        }
        if (ProcessHandle.current().pid() == 1) {
            throw new ControlException("this daemon is process 1, with whose end everything ends here: start a new container instead");
        }
        return ControlAnswer.of(connection -> {
            if (!underWay.compareAndSet(false, true)) {
                say(connection, FAILED + "an upgrade is under way");
                return;
            }
            long successor = 0;
            try {
                successor = run(launcher, patienceNs, connection);
            } catch (IOException | RuntimeException e) {
                log.error("Upgrade: " + e.getMessage());
                say(connection, FAILED + e.getMessage());
            } finally {
                underWay.set(false);
            }
            if (successor != 0) {
                onDone.accept(successor);
            }
        });
    }

    /** Who asked may have gone meanwhile: that stops nothing. */
    private void say(ByteChannel connection, String line) {
        log.verbose("Upgrade: " + line);
        final ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                connection.write(bytes);
            }
        } catch (IOException e) {
            log.verbose("Upgrade: nobody listens: " + e.getMessage());
        }
    }

    private long run(Path launcher, long patienceNs, ByteChannel connection) throws IOException {
        final long begunNs = System.nanoTime();
        say(connection, "starting " + launcher);
        final int[] pair = PassedDescriptors.pair();
        try (HandoverChannel channel = new HandoverChannel(pair[0])) {
            final int started;
            try {
                started = launch.start(List.of(launcher.toString(), "-f", interfaceName), successorEnvironment(), pair[1]);
            } finally {
                FileDescriptors.close(pair[1]);
            }
            final Successor successor = new Successor(channel, started);
            final long pid;
            final long gapNs;
            try {
                UpgradeStep.OLD_STARTED.reached();
                pid = introduce(channel, patienceNs, connection);
                // Meanwhile: what is about to be done in a hurry is done at leisure.
                if (!"off".equals(System.getenv(Rehearsal.VARIABLE))) {
                    Rehearsal.brief(log);
                }
                receive(channel, Word.WARM, patienceNs).close();
                say(connection, "warm after " + tenths(System.nanoTime() - begunNs) + " s");
                UpgradeStep.OLD_WARM.reached();
                gapNs = handOver(channel, successor);
            } finally {
                // Whatever happened, and be it an error of the JVM: the channel never ends without a word while this process lives.
                successor.abandonUnlessRunning();
            }
            control.listener().release();
            say(connection, DONE + "handed over to process " + pid + " in " + tenths(gapNs * 1000) + " ms");
            UpgradeStep.OLD_RUNNING.reached();
            return pid;
        }
    }

    private static String tenths(long ns) {
        return String.format(Locale.ROOT, "%.1f", ns / 1e9);
    }

    private List<String> successorEnvironment() {
        final List<String> variables = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (!OURS.contains(name) && !name.equals(TakeOver.VARIABLE)) {
                variables.add(name + "=" + value);
            }
        });
        variables.add(TakeOver.VARIABLE + "=" + ProcessStart.INHERITED_FD);
        return variables;
    }

    /** Hears which version it is, and gives it what can be given before it is warm. Returns its process id. */
    private long introduce(HandoverChannel channel, long patienceNs, ByteChannel connection) throws IOException {
        final long pid;
        try (Message hello = receive(channel, Word.HELLO, patienceNs)) {
            final StateReader in = hello.reader();
            if (in.i64() != Versions.MAGIC) {
                throw new UpgradeException("the new process is not a wg-jvm that can take over");
            }
            final int lowest = in.u16();
            final int highest = in.u16();
            if (lowest > Versions.PROTOCOL || highest < Versions.PROTOCOL) {
                throw new UpgradeException("the new process speaks versions " + lowest + " to " + highest
                        + " of the upgrade protocol, and this one speaks version " + Versions.PROTOCOL);
            }
            pid = in.i64();
            say(connection, "process " + pid + " of version " + in.text() + " is up, and warms up");
        } catch (StateException e) {
            throw new UpgradeException("the new process says hello in words that this one does not understand: " + e.getMessage(), e);
        }
        final Handover.Inside inside = plane.inside();
        final Path uapiPath = uapi.listener().path();
        try (StateWriter welcome = new StateWriter()) {
            welcome.u16(Versions.PROTOCOL).i32(inside.agreed());
            welcome.text(uapiPath == null ? "" : uapiPath.toString()).text(control.listener().path().toString());
            channel.send(Word.WELCOME, welcome, System.nanoTime() + RUNNING_PATIENCE_NS);
        }
        channel.sendDescriptors(
                inside.descriptor(), uapi.listener().listening().descriptor(), control.listener().listening().descriptor());
        UpgradeStep.OLD_INTRODUCED.reached();
        return pid;
    }

    /** Freezes, exports, commits. Returns how long nothing moved, in nanoseconds; the successor has said when it began. */
    private long handOver(HandoverChannel channel, Successor successor) throws IOException {
        long frozenNs = 0;
        boolean prepared = false;
        try {
            control.listener().listening().pause();
            uapi.pause(UAPI_PATIENCE_NS);
            try (StateWriter known = new StateWriter()) {
                beside.accept(known);
                channel.send(Word.BESIDE, known, System.nanoTime() + PREPARED_PATIENCE_NS);
            }
            final long deadlineNs = System.nanoTime() + PREPARED_PATIENCE_NS;
            frozenNs = new BootClock().nowNs();
            try (Handover.Parts parts = plane.freeze()) {
                UpgradeStep.OLD_FROZEN.reached();
                sendState(channel, parts, deadlineNs);
                UpgradeStep.OLD_STATE_SENT.reached();
                receive(channel, Word.PREPARED, deadlineNs - System.nanoTime()).close();
                UpgradeStep.OLD_PREPARED.reached();
                prepared = true;
            }
        } finally {
            if (!prepared) {
                // In this order: only when it is certain that the other never begins may this process send again.
                successor.abandonUnlessRunning();
                plane.thaw();
                resume();
            }
        }
        plane.commit();
        // The point of no return. What was sent under the sessions until now can never be sent again here.
        UpgradeStep.OLD_COMMITTED.reached();
        try {
            channel.send(Word.YOURS, Long.toString(frozenNs), System.nanoTime() + RUNNING_PATIENCE_NS);
            UpgradeStep.OLD_YOURS_SENT.reached();
            try (Message running = receive(channel, Word.RUNNING, RUNNING_PATIENCE_NS)) {
                successor.isRunning();
                log.verbose("Upgrade: " + UpgradeStep.since(frozenNs));
                return running.reader().i64() - frozenNs;
            }
        } catch (IOException | StateException e) {
            throw new UpgradeException("the new process died when it had taken over; this one goes on, with new sessions: "
                    + e.getMessage(), e);
        } finally {
            if (successor.abandonUnlessRunning()) {
                plane.beginAnew();
                resume();
            }
        }
    }

    private void resume() {
        uapi.resume();
        control.listener().listening().resume();
    }

    /** Sockets and state, for {@link TakeOver#receive(HandoverChannel, TakeOver.Import)}. */
    static void sendState(HandoverChannel channel, Handover.Parts parts, long deadlineNs) throws IOException {
        final boolean v4 = parts.udpV4() >= 0;
        final boolean v6 = parts.udpV6() >= 0;
        try (StateWriter sockets = new StateWriter()) {
            channel.send(Word.SOCKETS, sockets.flag(v4).flag(v6), deadlineNs);
        }
        if (v4 && v6) {
            channel.sendDescriptors(parts.udpV4(), parts.udpV6());
        } else if (v4 || v6) {
            channel.sendDescriptors(v4 ? parts.udpV4() : parts.udpV6());
        }
        channel.send(Word.STATE, parts.state(), deadlineNs);
    }

    /** The next message, which must be of this type. */
    private static Message receive(HandoverChannel channel, Word wanted, long patienceNs) throws IOException {
        final Message message = channel.receive(System.nanoTime() + patienceNs);
        if (message == null) {
            throw new UpgradeException("the new process ended");
        }
        if (message.word() != wanted) {
            try (message) {
                throw new UpgradeException(message.word() == Word.FAILED
                        ? "the new process cannot take over: " + message.text()
                        : "the new process says " + message.word() + " and not " + wanted);
            }
        }
        return message;
    }

    /** The process that was started. */
    private static final class Successor {
        private final HandoverChannel channel;
        private final int started;
        private boolean running;
        private boolean abandoned;

        Successor(HandoverChannel channel, int started) {
            this.channel = channel;
            this.started = started;
        }

        void isRunning() {
            running = true;
        }

        /**
         * Ends the successor, unless it is running. It may only take over at the end of the channel, and before that end it finds the order
         * not to; then it is killed and waited for all the same. Returns whether it is not running.
         */
        boolean abandonUnlessRunning() {
            if (!running && !abandoned) {
                abandoned = true;
                try {
                    channel.send(Word.ABORT, "", System.nanoTime() + ABORT_PATIENCE_NS);
                } catch (IOException e) {
                    // It is gone, or it does not read: then it has not read everything that it needs either.
                }
                ProcessStart.kill(started);
                ProcessStart.await(started);
            }
            return !running;
        }
    }
}
