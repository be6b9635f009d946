package org.wgjvm.router.plane;

/** What a router tells whoever runs it. All calls come on its event loop and must not block. */
public interface RouterEvents {
    /** Tells nobody. */
    RouterEvents SILENT = new RouterEvents() {};

    /** An interface went up or down. */
    default void onLink(InterfaceId id, boolean up) {}

    /** An interface is gone; {@code reason} may be null. */
    default void onGone(InterfaceId id, Throwable reason) {}

    /** A batch of packets was lost to what should not happen. */
    default void onDegraded(String what, Throwable reason) {}
}
