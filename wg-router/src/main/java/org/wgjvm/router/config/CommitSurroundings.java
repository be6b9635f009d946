package org.wgjvm.router.config;

import org.wgjvm.crypto.PublicKey;

/** What a validation has to know beside the configuration. */
public interface CommitSurroundings {
    /** Nothing is known. */
    CommitSurroundings NONE = new CommitSurroundings() {};

    /** The public key that a profile has already, or null. */
    default PublicKey publicKey(String router, String profile) {
        return null;
    }

    /** Why a profile of this router could not listen there, or null if it could, or if nobody here can say. */
    default String busy(String router, String profile, IpAddress address, int port) {
        return null;
    }
}
