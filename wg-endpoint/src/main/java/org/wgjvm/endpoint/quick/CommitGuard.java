package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.wgjvm.endpoint.uapi.UapiSocket;

/**
 * Applies a change, and undoes it unless somebody confirms it in time. It runs in a process of its own that no terminal and no shell holds:
 * whoever has cut himself off by the change gets his way back without doing anything. When that process is told to end before the change is
 * confirmed, it undoes it at once.
 *
 * <p>What is undone is what the change did and nothing else: peers that it did not touch go on as if nothing had happened.
 */
public final class CommitGuard {
    /** How it ended. */
    public enum End {
        CONFIRMED("confirmed"),
        ROLLED_BACK("rolled back"),
        ROLLED_BACK_IN_PART("rolled back, but not wholly: see the system log"),
        INTERFACE_GONE("the interface is not the one that was changed any more: nothing is rolled back");

        private final String text;

        End(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    private final QuickReload reload;
    private final String name;
    private final Path sockets;
    private final Undo undo;
    private Object identity;
    private CommitSocket socket;

    /** {@code reload} has made its plan; {@code sockets} is where those of interfaces are. */
    public CommitGuard(QuickReload reload, String name, Path sockets) {
        this.reload = reload;
        this.name = name;
        this.sockets = sockets;
        undo = new Undo(reload.err());
    }

    /** Applies the change; {@link #await} is to be called next. Nothing is left of it when this throws. */
    public void apply() throws QuickException, IOException {
        socket = CommitSocket.open(sockets, name);
        identity = UapiSocket.identity(UapiSocket.path(sockets, name));
        try {
            reload.apply(undo);
        } catch (QuickException | IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Waits for a confirmation, for at most so many seconds, and acts accordingly. */
    public End await(long seconds) throws IOException {
        final Thread onSignal = new Thread(() -> rollBack(null));
        Runtime.getRuntime().addShutdownHook(onSignal);
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (true) {
                final CommitSocket.Request request = socket.poll(deadlineNs - System.nanoTime());
                if (request == null || request.word().equals("rollback")) {
                    return rollBack(request);
                }
                if (request.word().equals("confirm")) {
                    undo.forget();
                    request.answer(End.CONFIRMED.text());
                    return End.CONFIRMED;
                }
                request.answer("there are `confirm' and `rollback'");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return rollBack(null);
        } finally {
            socket.close();
            try {
                Runtime.getRuntime().removeShutdownHook(onSignal);
            } catch (IllegalStateException e) {
                // The process is ending: the hook finds nothing left, or undoes the rest.
            }
        }
    }

    private End rollBack(CommitSocket.Request request) {
        final End end;
        if (identity == null || !identity.equals(UapiSocket.identity(UapiSocket.path(sockets, name)))) {
            undo.forget();
            end = End.INTERFACE_GONE;
        } else {
            end = undo.run() ? End.ROLLED_BACK : End.ROLLED_BACK_IN_PART;
        }
        if (request != null) {
            request.answer(end.text());
        }
        return end;
    }
}
