package org.wgjvm.router.plane;

import org.wgjvm.core.routing.IpPrefix;

/**
 * One access policy as it concerns one tenant: addresses, and whether they may. The rules of a service are in the order in which they
 * decide: the longest prefix first; among equal prefixes the one that names the tenant most closely; and of what is left a refusal first.
 *
 * @param prefix source addresses, or null for any
 * @param depth how closely the tenant is named: the number of labels that its name and the policy's share; 0 when it names none
 * @param allow whether they may
 */
record SourceRule(IpPrefix prefix, int depth, boolean allow) implements Comparable<SourceRule> {
    boolean matchesV4(int source) {
        return prefix == null
                || (!prefix.v6() && (prefix.bits() == 0 || (source ^ (int) prefix.low()) >>> Integer.SIZE - prefix.bits() == 0));
    }

    boolean matchesV6(long high, long low) {
        return prefix == null || (prefix.v6() && new IpPrefix(true, high, low, prefix.bits()).equals(prefix));
    }

    private int bits() {
        return prefix == null ? -1 : prefix.bits();
    }

    @Override
    public int compareTo(SourceRule that) {
        if (bits() != that.bits()) {
            return Integer.compare(that.bits(), bits());
        }
        return depth != that.depth ? Integer.compare(that.depth, depth) : Boolean.compare(allow, that.allow);
    }
}
