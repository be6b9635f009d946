package org.wgjvm.router.plane;

/** The services of one prefix, in lexical order, and those of the next shorter prefix around it. Immutable; told apart by identity. */
final class Candidates {
    final ServiceEntry[] entries;
    final Candidates wider;

    Candidates(ServiceEntry[] entries, Candidates wider) {
        this.entries = entries;
        this.wider = wider;
    }
}
