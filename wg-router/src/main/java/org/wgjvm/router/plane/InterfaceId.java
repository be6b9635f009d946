package org.wgjvm.router.plane;

/**
 * Names a network interface of a router.
 *
 * @param node the node that has it
 * @param name unique on the node
 */
public record InterfaceId(String node, String name) {
    @Override
    public String toString() {
        return node + " " + name;
    }
}
