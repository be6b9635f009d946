package org.wgjvm.endpoint.uapi;

/**
 * Why a request, or the part of it from some line on, was refused.
 *
 * @param errno a positive error number of Linux
 * @param reason for the log: names the key and never its value, which may be a secret
 */
public record UapiFailure(int errno, String reason) {
    /** EIO: a line too long to be read. */
    public static final int EIO = 5;

    /** EINVAL: a key or value that makes no sense. */
    public static final int EINVAL = 22;

    /** EPROTO: a line that is not {@code key=value}, or no operation. */
    public static final int EPROTO = 71;

    /** ENOANO: what cannot be explained otherwise, as wireguard-go does. */
    public static final int UNKNOWN = 55;
}
