package org.wgjvm.sys;

/**
 * What rtnetlink says about a network interface.
 *
 * @param namespaceId the namespace it is in, as numbered by the one that was asked; {@link RouteNetlink#OWN_NAMESPACE} for that one itself
 * @param index interface index, unique in its namespace
 * @param name its name, such as {@code wg0}
 * @param flags {@code IFF_*} flags
 * @param mtu in bytes
 * @param deleted it has left this namespace: deleted, or moved to another
 */
public record LinkState(int namespaceId, int index, String name, int flags, int mtu, boolean deleted) {
    static final int IFF_UP = 1;

    /** Whether an administrator has set it up. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }
}
