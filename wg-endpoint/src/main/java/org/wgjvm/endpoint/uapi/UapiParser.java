package org.wgjvm.endpoint.uapi;

import java.util.Arrays;
import org.wgjvm.core.config.DeviceChange;

/**
 * Reads requests from a stream of bytes that comes in pieces of any size: several requests may follow one another, and a line may be cut
 * anywhere. Lines are read where they lie; garbage is made only for what ends up in a {@link DeviceChange}.
 *
 * <p>The meaning of every line, and its errno, is wireguard-go's, with one difference: where that hangs up (on a line that is no
 * operation), an errno is answered. After a line in error the rest of the request is skipped, up to its blank line or the next operation.
 * Of one thread.
 */
public final class UapiParser {
    /** Longest line in bytes, its end not counted; a longer one is answered with EIO. */
    public static final int MAX_LINE_BYTES = 64 * 1024 - 1;

    private static final byte[] SET = UapiKey.ascii("set=1");
    private static final byte[] GET = UapiKey.ascii("get=1");

    /** Receives requests in order. The parser waits for the method to return: answer before. */
    public interface Handler {
        /**
         * A {@code set}. {@code change} is everything up to its end or to the line in error.
         *
         * @param failure null, or what was wrong after that
         */
        void onSet(DeviceChange change, UapiFailure failure);

        /** A {@code get}. */
        void onGet();

        /** No request; {@code get} when the operation was a {@code get}, the errno of which has no sign. */
        void onRefused(UapiFailure failure, boolean get);
    }

    private enum State {
        OPERATION,
        GET_END,
        SET_LINES,
        SKIP
    }

    private final Handler handler;
    private final UapiSetReader set = new UapiSetReader();
    private State state = State.OPERATION;
    private byte[] pending = new byte[256];
    private int pendingLength;
    private boolean discardLine;

    /** A parser that tells {@code handler}. */
    public UapiParser(Handler handler) {
        this.handler = handler;
    }

    /** Takes the next piece of the stream. */
    public void feed(byte[] data, int offset, int length) {
        final int end = offset + length;
        int start = offset;
        while (start < end) {
            int newline = start;
            while (newline < end && data[newline] != '\n') {
                newline++;
            }
            if (newline == end) {
                append(data, start, end);
                return;
            }
            if (discardLine) {
                discardLine = false;
            } else if (pendingLength > 0) {
                append(data, start, newline);
                takePending();
            } else if (newline - start > MAX_LINE_BYTES) {
                refuseLine(UapiFailure.EIO, "line too long");
            } else {
                line(data, start, newline);
            }
            start = newline + 1;
        }
    }

    /** The stream has ended: an unfinished line counts as a line, and an unfinished {@code set} as a request. */
    public void end() {
        if (pendingLength > 0) {
            takePending();
        }
        if (state == State.SET_LINES) {
            finishSet(null);
            state = State.OPERATION;
        } else if (state == State.GET_END) {
            refuseLine(UapiFailure.EINVAL, "get without its blank line");
        }
    }

    /** Wipes what is held of an unfinished line, which may be a secret. */
    public void wipe() {
        Arrays.fill(pending, (byte) 0);
        pendingLength = 0;
        set.wipe();
    }

    private void append(byte[] data, int from, int to) {
        if (discardLine) {
            return;
        }
        final int length = pendingLength + to - from;
        if (length > MAX_LINE_BYTES) {
            Arrays.fill(pending, (byte) 0);
            pendingLength = 0;
            discardLine = true;
            refuseLine(UapiFailure.EIO, "line too long");
            return;
        }
        if (length > pending.length) {
            final byte[] larger = Arrays.copyOf(pending, Math.min(MAX_LINE_BYTES, Math.max(length, pending.length * 2)));
            Arrays.fill(pending, (byte) 0);
            pending = larger;
        }
        System.arraycopy(data, from, pending, pendingLength, to - from);
        pendingLength = length;
    }

    private void takePending() {
        if (discardLine) {
            // Became too long with its last piece: it has been answered.
            discardLine = false;
            return;
        }
        final int length = pendingLength;
        pendingLength = 0;
        line(pending, 0, length);
        Arrays.fill(pending, 0, length, (byte) 0);
    }

    private void line(byte[] text, int from, int to) {
        switch (state) {
            case OPERATION -> operation(text, from, to);
            case GET_END -> {
                if (from == to) {
                    state = State.OPERATION;
                    handler.onGet();
                } else {
                    refuseLine(UapiFailure.EINVAL, "get is not followed by a blank line");
                }
            }
            case SET_LINES -> setLine(text, from, to);
            case SKIP -> {
                if (from == to) {
                    state = State.OPERATION;
                } else if (is(text, from, to, SET) || is(text, from, to, GET)) {
                    operation(text, from, to);
                }
            }
            default -> throw new AssertionError(state);
        }
    }

    private void operation(byte[] text, int from, int to) {
        if (is(text, from, to, SET)) {
            state = State.SET_LINES;
            set.begin();
        } else if (is(text, from, to, GET)) {
            state = State.GET_END;
        } else {
            state = from == to ? State.OPERATION : State.SKIP;
            final boolean get = to - from >= 4 && Arrays.equals(text, from, from + 4, GET, 0, 4);
            handler.onRefused(new UapiFailure(UapiFailure.EPROTO, "no such operation"), get);
        }
    }

    private void setLine(byte[] text, int from, int to) {
        final int end = to > from && text[to - 1] == '\r' ? to - 1 : to;
        if (from == end) {
            state = State.OPERATION;
            finishSet(null);
            return;
        }
        final UapiFailure failure = set.line(text, from, end);
        if (failure != null) {
            state = State.SKIP;
            finishSet(failure);
        }
    }

    private void refuseLine(int errno, String reason) {
        final State was = state;
        state = State.SKIP;
        final UapiFailure failure = new UapiFailure(errno, reason);
        switch (was) {
            case SET_LINES -> finishSet(failure);
            case GET_END -> handler.onRefused(failure, true);
            case OPERATION -> handler.onRefused(failure, false);
            default -> { }
        }
    }

    private void finishSet(UapiFailure failure) {
        handler.onSet(set.finish(), failure);
    }

    private static boolean is(byte[] text, int from, int to, byte[] expected) {
        return Arrays.equals(text, from, to, expected, 0, expected.length);
    }
}
