package org.wgjvm.endpoint.wg;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.core.config.PeerSnapshot;
import org.wgjvm.core.routing.IpPrefix;

/** The output of {@code wg show} for people. */
public final class ShowText {
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final StringBuilder out = new StringBuilder();
    private final boolean showKeys;
    private final long nowSeconds;
    private final String reset;
    private final String bold;
    private final String green;
    private final String yellow;
    private final String cyan;
    private final String red;

    private ShowText(boolean colour, boolean showKeys, long nowSeconds) {
        this.showKeys = showKeys;
        this.nowSeconds = nowSeconds;
        reset = colour ? "\u001b[0m" : "";
        bold = colour ? "\u001b[1m" : "";
        green = colour ? "\u001b[32m" : "";
        yellow = colour ? "\u001b[33m" : "";
        cyan = colour ? "\u001b[36m" : "";
        red = colour ? "\u001b[31m" : "";
    }

    /**
     * Describes a device.
     *
     * @param colour whether to use a terminal's colours
     * @param showKeys whether private and preshared keys are printed; else they are {@code (hidden)}
     * @param nowSeconds wall time in seconds since 1970, for "ago"
     */
    public static String of(String name, DeviceSnapshot device, boolean colour, boolean showKeys, long nowSeconds) {
        final ShowText text = new ShowText(colour, showKeys, nowSeconds);
        text.device(name, device);
        return text.out.toString();
    }

    private void device(String name, DeviceSnapshot device) {
        out.append(reset).append(green).append(bold).append("interface").append(reset).append(": ");
        out.append(green).append(name).append(reset).append('\n');
        if (device.privateKey() != null) {
            field("public key").append(device.privateKey().publicKey().toBase64()).append('\n');
            field("private key").append(secret(device.privateKey()::toBase64)).append('\n');
        }
        if (device.listenPort() != 0) {
            field("listening port").append(device.listenPort()).append('\n');
        }
        if (device.fwmark() != 0) {
            field("fwmark").append("0x").append(Integer.toHexString(device.fwmark())).append('\n');
        }
        final List<PeerSnapshot> peers = new ArrayList<>(device.peers());
        peers.sort(Comparator.comparingLong(PeerSnapshot::lastHandshakeEpochNs).reversed());
        for (final PeerSnapshot peer : peers) {
            out.append('\n');
            peer(peer);
        }
    }

    private void peer(PeerSnapshot peer) {
        out.append(yellow).append(bold).append("peer").append(reset).append(": ");
        out.append(yellow).append(peer.publicKey().toBase64()).append(reset).append('\n');
        if (peer.presharedKey() != null) {
            field("preshared key").append(secret(peer.presharedKey()::toBase64)).append('\n');
        }
        if (peer.endpoint() != null) {
            field("endpoint").append(WgText.endpoint(peer.endpoint())).append('\n');
        }
        field("allowed ips");
        String separator = "";
        for (final IpPrefix prefix : peer.allowedIps()) {
            out.append(separator).append(WgText.address(prefix)).append(cyan).append('/').append(reset).append(prefix.bits());
            separator = ", ";
        }
        out.append(peer.allowedIps().isEmpty() ? "(none)\n" : "\n");
        final long handshakeSeconds = peer.lastHandshakeEpochNs() / NS_PER_SECOND;
        if (handshakeSeconds != 0) {
            field("latest handshake").append(ago(handshakeSeconds)).append('\n');
        }
        if (peer.rxBytes() != 0 || peer.txBytes() != 0) {
            field("transfer").append(bytes(peer.rxBytes())).append(" received, ").append(bytes(peer.txBytes())).append(" sent\n");
        }
        if (peer.persistentKeepaliveSeconds() != 0) {
            field("persistent keepalive").append("every ").append(duration(peer.persistentKeepaliveSeconds())).append('\n');
        }
    }

    private StringBuilder field(String name) {
        return out.append("  ").append(bold).append(name).append(reset).append(": ");
    }

    private String secret(Supplier<String> key) {
        return showKeys ? key.get() : "(hidden)";
    }

    private String ago(long thenSeconds) {
        if (nowSeconds == thenSeconds) {
            return "Now";
        }
        if (nowSeconds < thenSeconds) {
            return "(" + red + "System clock wound backward; connection problems may ensue." + reset + ")";
        }
        return duration(nowSeconds - thenSeconds) + " ago";
    }

    private String duration(long seconds) {
        final long[] amounts = {
            seconds / (365 * 86400), seconds % (365 * 86400) / 86400, seconds % 86400 / 3600, seconds % 3600 / 60, seconds % 60
        };
        final String[] names = {"year", "day", "hour", "minute", "second"};
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < amounts.length; i++) {
            if (amounts[i] != 0) {
                text.append(text.isEmpty() ? "" : ", ").append(amounts[i]).append(' ');
                text.append(cyan).append(names[i]).append(amounts[i] == 1 ? "" : "s").append(reset);
            }
        }
        return text.toString();
    }

    private String bytes(long count) {
        int unit = 0;
        while (unit < 4 && Long.compareUnsigned(count, 1L << 10 * (unit + 1)) >= 0) {
            unit++;
        }
        final String amount;
        if (unit == 0) {
            amount = Long.toString(count);
        } else {
            final double whole = new BigDecimal(Long.toUnsignedString(count)).doubleValue();
            // Not String.format: that rounds the shortest decimal form, where C rounds the number itself.
            amount = new BigDecimal(whole / (1L << 10 * unit)).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
        }
        return amount + " " + cyan + UNITS[unit] + reset;
    }
}
