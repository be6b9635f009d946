package org.wgjvm.router.plane;

/**
 * Names a network interface of a router.
 *
 * @param node the node that has it
 * @param name unique on the node
 */
public record InterfaceId(String node, String name) {
    /** Where the encrypted sessions that a profile begins come in, if this is its inside: from its loopback address. */
    InterfaceId outbound() {
        return new InterfaceId(node, name + ":outbound");
    }

    @Override
    public String toString() {
        return node + " " + name;
    }
}
