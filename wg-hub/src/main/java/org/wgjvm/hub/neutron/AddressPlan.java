package org.wgjvm.hub.neutron;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import org.wgjvm.hub.port.Cidr;

/** Which addresses of a subnet can be given away. */
final class AddressPlan {
    private static final int MOST_TRIES = 1 << 20;

    private AddressPlan() {}

    /** The n-th address of a prefix. */
    static InetAddress nth(Cidr cidr, BigInteger n) {
        final int length = cidr.address().getAddress().length;
        final byte[] sum = new BigInteger(1, cidr.network().address().getAddress()).add(n).toByteArray();
        final byte[] bytes = new byte[length];
        for (int i = 0; i < Math.min(length, sum.length); i++) {
            bytes[length - 1 - i] = sum[sum.length - 1 - i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many addresses a prefix has. */
    static BigInteger size(Cidr cidr) {
        return BigInteger.ONE.shiftLeft(cidr.address().getAddress().length * 8 - cidr.bits());
    }

    /** The last address that a device can have. */
    static InetAddress last(Cidr cidr) {
        return nth(cidr, size(cidr).subtract(BigInteger.TWO));
    }

    /** The first address that nobody has, neither that of the network nor the broadcast; null when there is none. */
    static InetAddress free(Cidr cidr, Set<InetAddress> taken) {
        final BigInteger end = size(cidr).subtract(BigInteger.ONE);
        for (int n = 1; n < MOST_TRIES && BigInteger.valueOf(n).compareTo(end) < 0; n++) {
            final InetAddress address = nth(cidr, BigInteger.valueOf(n));
            if (!taken.contains(address)) {
                return address;
            }
        }
        return null;
    }
}
