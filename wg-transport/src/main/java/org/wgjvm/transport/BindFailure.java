package org.wgjvm.transport;

import java.io.IOException;
import org.wgjvm.sys.Errno;

/** A socket could not be opened or set up; the message names the step and the reason. */
public final class BindFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    BindFailure(String what, int result) {
        super(what + ": " + Errno.text(-result));
        this.errno = -result;
    }

    /** The error number, such as {@link Errno#EADDRINUSE}. */
    public int errno() {
        return errno;
    }
}
