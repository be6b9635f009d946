package org.wgjvm.hub.machine;

/**
 * An interface that is called as a hub's would be, and is none.
 *
 * @param namespace where it is; empty for that of the agent
 * @param name what it is called
 */
public record Stray(String namespace, String name) {
    @Override
    public String toString() {
        return name + (namespace.isEmpty() ? "" : " in " + namespace);
    }
}
