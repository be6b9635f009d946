"""The cross-platform userspace API of WireGuard on its Unix socket, and the X25519 public keys that a configuration needs."""
import os, socket

PRIME = 2**255 - 19


class UapiError(Exception):
    """The daemon answered with an errno other than 0, or hung up."""


def exchange(path, request, timeout_s=300.0):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_s)
        connection.connect(path)
        connection.sendall(request)
        chunks, tail = [], b""
        while not tail.endswith(b"\n\n"):
            chunk = connection.recv(1 << 20)
            if not chunk:
                raise UapiError(f"the daemon hung up after {sum(map(len, chunks))} bytes")
            chunks.append(chunk)
            tail = (tail + chunk)[-2:]
    answer = b"".join(chunks)
    if not answer.endswith(b"errno=0\n\n"):
        raise UapiError("the daemon answered " + answer[-60:].decode(errors="replace").strip())
    return answer


def get(path):
    """The answer to get=1, as bytes."""
    return exchange(path, b"get=1\n\n")


def set_device(path, lines):
    """lines: key=value lines, each ended with a newline; str or bytes."""
    exchange(path, b"set=1\n" + (lines if isinstance(lines, bytes) else lines.encode()) + b"\n")


def clamped(key):
    return bytes((key[0] & 248, *key[1:31], key[31] & 127 | 64))


def private_key():
    return clamped(os.urandom(32))


def public_key(private):
    """RFC 7748, section 5: the Montgomery ladder on the base point. Not constant time: for the throw-away keys of a benchmark only."""
    scalar, u = int.from_bytes(clamped(private), "little"), 9
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in reversed(range(255)):
        one = scalar >> bit & 1
        if one:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % PRIME, u * (da - cb) ** 2 % PRIME
        x2, z2 = aa * bb % PRIME, e * (aa + 121665 * e) % PRIME
        if one:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little")
