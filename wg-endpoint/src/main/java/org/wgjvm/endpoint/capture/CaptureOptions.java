package org.wgjvm.endpoint.capture;

import java.util.ArrayList;
import java.util.List;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.dataplane.PacketCapture;
import org.wgjvm.endpoint.control.ControlException;

/**
 * What is to be captured.
 *
 * @param peer whose packets, or null for all
 * @param inside whether the packets inside the tunnel
 * @param outside whether its datagrams
 * @param snapLength how many bytes of each
 * @param count how many, {@code Long.MAX_VALUE} for no end
 * @param milliseconds for how long, 0 for no end
 */
public record CaptureOptions(PublicKey peer, boolean inside, boolean outside, int snapLength, long count, long milliseconds) {
    /** Longer ones are ones without an end. */
    private static final long LONGEST_MS = 365L * 86_400_000;

    /** What is left of it after so many packets and so long; null when it is done. */
    public CaptureOptions less(long packets, long elapsedNs) {
        final long leftCount = count == Long.MAX_VALUE ? count : count - packets;
        final long leftMs = milliseconds == 0 ? 0 : milliseconds - elapsedNs / 1_000_000;
        return leftCount <= 0 || milliseconds > 0 && leftMs <= 0
                ? null
                : new CaptureOptions(peer, inside, outside, snapLength, leftCount, leftMs);
    }

    /** The arguments of a request that mean this. */
    public List<String> toArguments() {
        final List<String> arguments = new ArrayList<>();
        if (peer != null) {
            arguments.add("peer=" + peer.toBase64());
        }
        arguments.add("inside=" + inside);
        arguments.add("outside=" + outside);
        arguments.add("snap=" + snapLength);
        arguments.add("count=" + count);
        arguments.add("milliseconds=" + milliseconds);
        return arguments;
    }

    static CaptureOptions parse(List<String> arguments) throws ControlException {
        CaptureOptions o = new CaptureOptions(null, true, true, PacketCapture.WHOLE, Long.MAX_VALUE, 0);
        for (final String argument : arguments) {
            final int equals = argument.indexOf('=');
            final String key = equals < 0 ? argument : argument.substring(0, equals);
            final String value = argument.substring(equals + 1);
            o = switch (key) {
                case "peer" -> new CaptureOptions(peer(value), o.inside, o.outside, o.snapLength, o.count, o.milliseconds);
                case "inside" -> new CaptureOptions(o.peer, value.equals("true"), o.outside, o.snapLength, o.count, o.milliseconds);
                case "outside" -> new CaptureOptions(o.peer, o.inside, value.equals("true"), o.snapLength, o.count, o.milliseconds);
                case "snap" -> new CaptureOptions(
                        o.peer, o.inside, o.outside, (int) number(value, PacketCapture.WHOLE), o.count, o.milliseconds);
                case "count" -> new CaptureOptions(
                        o.peer, o.inside, o.outside, o.snapLength, number(value, Long.MAX_VALUE), o.milliseconds);
                case "milliseconds" -> new CaptureOptions(
                        o.peer, o.inside, o.outside, o.snapLength, o.count, value.equals("0") ? 0 : number(value, LONGEST_MS));
                default -> throw new ControlException("a capture has no option " + key);
            };
        }
        return o;
    }

    private static PublicKey peer(String base64) throws ControlException {
        try {
            return PublicKey.fromBase64(base64);
        } catch (IllegalArgumentException e) {
            throw new ControlException("not a public key: " + base64);
        }
    }

    private static long number(String text, long most) throws ControlException {
        try {
            final long value = Long.parseLong(text);
            if (value > 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ControlException("not a number from 1 to " + most + ": " + text);
    }
}
