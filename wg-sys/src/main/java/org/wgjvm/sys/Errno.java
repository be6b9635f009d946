package org.wgjvm.sys;

import java.io.IOException;

/** Error numbers of Linux that this project tells apart, and their texts. System calls here return {@code -errno} on failure. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ENOBUFS = 105;
    public static final int ECONNRESET = 104;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTUNREACH = 113;
    public static final int EBADFD = 77;

    private Errno() {}

    /** An exception that names the call, its object and the reason. {@code result} is a negative error number. */
    public static IOException failure(String what, int result) {
        return new IOException(what + ": " + text(-result));
    }

    /** A short text for an error number. */
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted (EPERM)";
            case ENOENT -> "no such file or directory (ENOENT)";
            case EIO -> "input/output error (EIO)";
            case ENXIO -> "no such device or address (ENXIO)";
            case EBADF -> "bad file descriptor (EBADF)";
            case EAGAIN -> "try again (EAGAIN)";
            case ENOMEM -> "out of memory (ENOMEM)";
            case EACCES -> "permission denied (EACCES)";
            case EBUSY -> "device or resource busy (EBUSY)";
            case EEXIST -> "file exists (EEXIST)";
            case ENODEV -> "no such device (ENODEV)";
            case EINVAL -> "invalid argument (EINVAL)";
            case EMSGSIZE -> "message too long (EMSGSIZE)";
            case EPROTONOSUPPORT -> "protocol not supported (EPROTONOSUPPORT)";
            case EOPNOTSUPP -> "operation not supported (EOPNOTSUPP)";
            case EAFNOSUPPORT -> "address family not supported (EAFNOSUPPORT)";
            case EADDRINUSE -> "address already in use (EADDRINUSE)";
            case EADDRNOTAVAIL -> "cannot assign requested address (EADDRNOTAVAIL)";
            case ENETDOWN -> "network is down (ENETDOWN)";
            case ENETUNREACH -> "network is unreachable (ENETUNREACH)";
            case ENOBUFS -> "no buffer space available (ENOBUFS)";
            case ECONNRESET -> "connection reset (ECONNRESET)";
            case ECONNREFUSED -> "connection refused (ECONNREFUSED)";
            case EHOSTUNREACH -> "no route to host (EHOSTUNREACH)";
            case EBADFD -> "file descriptor in bad state (EBADFD)";
            default -> "errno " + errno;
        };
    }
}
