package org.wgjvm.dataplane;

import java.net.BindException;
import org.wgjvm.sys.Errno;
import org.wgjvm.transport.BindFailure;

/** The error numbers by which the UAPI reports what a bind threw. */
final class BindErrors {
    static final int ENODEV = Errno.ENODEV;

    private BindErrors() {}

    static int errno(Exception e) {
        if (e instanceof UnsupportedOperationException) {
            return Errno.EOPNOTSUPP;
        }
        if (e instanceof BindFailure failure) {
            return failure.errno();
        }
        return e instanceof BindException ? Errno.EADDRINUSE : Errno.EIO;
    }
}
