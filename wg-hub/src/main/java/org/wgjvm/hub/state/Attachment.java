package org.wgjvm.hub.state;

/**
 * Where a hub's interface is to be, in place of its project's namespace.
 *
 * @param namespace a network namespace that a router has made
 * @param routerId whose it is, or empty
 */
public record Attachment(String namespace, String routerId) {}
