package org.wgjvm.router.profile;

/** What a running router tells its owner. Called from its threads: return at once. */
public interface RouterListener {
    /** Tells nobody. */
    RouterListener SILENT = new RouterListener() {};

    /** A profile has another state; {@code reason} says why it is not up, or is null. */
    default void onProfileState(String profile, ProfileStatus.State state, String reason) {}

    /** Peers reach a profile at another address than before: {@code address:port}. */
    default void onProfileAddress(String profile, String endpoint) {}

    /** A configuration is in force. */
    default void onCommitted(int profiles) {}

    /** Something that ought to work did not; the router goes on. */
    default void onTrouble(String what, Throwable reason) {}
}
