package org.wgjvm.transport;

import static org.wgjvm.sys.Sockets.IPPROTO_IP;
import static org.wgjvm.sys.Sockets.IPPROTO_IPV6;
import static org.wgjvm.sys.Sockets.SOL_SOCKET;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.wgjvm.core.packet.Endpoint;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.Sockets;

/** One bound UDP socket with the options that a tunnel wants, and its descriptor. */
final class UdpSocket {
    final int fd;
    final boolean v6;
    final boolean gso;
    final boolean gro;
    private boolean closed;

    private UdpSocket(int fd, boolean v6, boolean gso, boolean gro) {
        this.fd = fd;
        this.v6 = v6;
        this.gso = gso;
        this.gro = gro;
    }

    /**
     * Opens and binds a socket of the family of {@code address}. Returns null when the host does not have that family; throws
     * {@link BindFailure} with the reason otherwise, and leaves nothing open.
     */
    static UdpSocket open(InetAddress address, int port, int fwmark, BindOptions options) throws BindFailure {
        final Endpoint local = Endpoint.of(new InetSocketAddress(address, port));
        final boolean v6 = local.isV6();
        final int type = Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC;
        final int fd = Sockets.socket(v6 ? Sockets.AF_INET6 : Sockets.AF_INET, type, 0);
        if (fd == -Errno.EAFNOSUPPORT) {
            return null;
        }
        if (fd < 0) {
            throw new BindFailure("cannot make a UDP socket", fd);
        }
        boolean done = false;
        try {
            if (v6) {
                require(fd, IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
                require(fd, IPPROTO_IPV6, Sockets.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
                require(fd, IPPROTO_IPV6, Sockets.IPV6_RECVTCLASS, 1, "IPV6_RECVTCLASS");
                Sockets.setOption(fd, IPPROTO_IPV6, Sockets.IPV6_MTU_DISCOVER, Sockets.IP_PMTUDISC_DONT);
            } else {
                require(fd, IPPROTO_IP, Sockets.IP_PKTINFO, 1, "IP_PKTINFO");
                require(fd, IPPROTO_IP, Sockets.IP_RECVTOS, 1, "IP_RECVTOS");
                // Like the kernel module: outer packets may be fragmented, so that a path smaller than the tunnel's MTU still works.
                Sockets.setOption(fd, IPPROTO_IP, Sockets.IP_MTU_DISCOVER, Sockets.IP_PMTUDISC_DONT);
            }
            enlarge(fd, Sockets.SO_RCVBUFFORCE, Sockets.SO_RCVBUF, options.bufferBytes());
            enlarge(fd, Sockets.SO_SNDBUFFORCE, Sockets.SO_SNDBUF, options.bufferBytes());
            if (fwmark != 0) {
                require(fd, SOL_SOCKET, Sockets.SO_MARK, fwmark, "SO_MARK");
            }
            final boolean gso = options.gso() && Sockets.option(fd, Sockets.SOL_UDP, Sockets.UDP_SEGMENT) >= 0;
            final boolean gro = options.gro() && Sockets.setOption(fd, Sockets.SOL_UDP, Sockets.UDP_GRO, 1) == 0;
            bind(fd, local);
            done = true;
            return new UdpSocket(fd, v6, gso, gro);
        } finally {
            if (!done) {
                Sockets.close(fd);
            }
        }
    }

    /**
     * A socket that another process has opened here and bound, with everything that was set on it.
     *
     * @param options what of the offloads may be used
     */
    static UdpSocket takeOver(int fd, boolean v6, BindOptions options) {
        final boolean gso = options.gso() && Sockets.option(fd, Sockets.SOL_UDP, Sockets.UDP_SEGMENT) >= 0;
        return new UdpSocket(fd, v6, gso, Sockets.option(fd, Sockets.SOL_UDP, Sockets.UDP_GRO) > 0);
    }

    /** The port that it is bound to. */
    int port() {
        return Sockets.localPort(fd);
    }

    void setFwmark(int fwmark) throws IOException {
        require(fd, SOL_SOCKET, Sockets.SO_MARK, fwmark, "SO_MARK");
    }

    /** Idempotent: the number may be another file's by the second time. */
    void close() {
        if (!closed) {
            closed = true;
            Sockets.close(fd);
        }
    }

    private static void bind(int fd, Endpoint local) throws BindFailure {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment name = arena.allocate(SocketAddressCodec.STRIDE, 8);
            final int length = SocketAddressCodec.write(name, 0, local);
            final int r = Sockets.bind(fd, name.address(), length);
            if (r < 0) {
                throw new BindFailure("cannot bind UDP " + local, r);
            }
        }
    }

    private static void require(int fd, int level, int option, int value, String name) throws BindFailure {
        final int r = Sockets.setOption(fd, level, option, value);
        if (r < 0) {
            throw new BindFailure("cannot set " + name, r);
        }
    }

    /** Beyond the system's limit where we may, up to it where not. */
    private static void enlarge(int fd, int force, int ordinary, int bytes) {
        if (Sockets.setOption(fd, SOL_SOCKET, force, bytes) < 0) {
            Sockets.setOption(fd, SOL_SOCKET, ordinary, bytes);
        }
    }
}
