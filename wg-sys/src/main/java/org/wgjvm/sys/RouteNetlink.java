package org.wgjvm.sys;

import static org.wgjvm.sys.Native.INT;
import static org.wgjvm.sys.Native.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A socket of the NETLINK_ROUTE family (rtnetlink(7)), for one use: either requests, each answered before the next, or the events of
 * network interfaces, received without blocking. It belongs to the network namespace of the thread that opened it. One thread at a time.
 */
public final class RouteNetlink implements AutoCloseable {
    /** The namespace that the socket belongs to, in place of a number for another. */
    public static final int OWN_NAMESPACE = -1;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final int RTMGRP_LINK = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_LISTEN_ALL_NSID = 8;

    private static final int NLMSG_ERROR = 2;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_DELADDR = 21;
    private static final int RTM_NEWROUTE = 24;
    private static final int RTM_DELROUTE = 25;
    private static final int RTM_NEWNSID = 88;
    private static final int RTM_GETNSID = 90;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_REPLACE = 0x100;
    private static final int NLM_F_CREATE = 0x400;

    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_TARGET_NETNSID = 46;
    private static final int NETNSA_NSID = 1;
    private static final int NETNSA_FD = 3;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_TABLE = 15;

    private static final int HEADER_BYTES = 16;
    private static final int IFINFO_BYTES = 16;
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final MethodHandle SOCKET = Native.function("socket");
    private static final MethodHandle BIND = Native.function("bind");
    private static final MethodHandle SEND = Native.function("send");
    private static final MethodHandle RECVMSG = Native.function("recvmsg");
    private static final MethodHandle SETSOCKOPT = Native.function("setsockopt");

    private static final int MSGHDR_BYTES = 56;
    private static final int CONTROL_BYTES = 64;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final MemorySegment message = Arena.ofAuto().allocate(MSGHDR_BYTES, 8);
    private final MemorySegment control = Arena.ofAuto().allocate(CONTROL_BYTES, 8);
    private final IoVector vector = new IoVector(1);
    private final int fd;
    private int sequence;
    private boolean closed;

    private RouteNetlink(int fd) {
        this.fd = fd;
        vector.set(0, buffer.address(), BUFFER_BYTES);
        message.set(LONG, 16, vector.addressOf(1));
        message.set(LONG, 24, 1);
        message.set(LONG, 32, control.address());
    }

    /** Opens a socket for requests. */
    public static RouteNetlink openForRequests() throws IOException {
        return open(0);
    }

    /**
     * Opens a socket that receives an event for each change of any interface of this namespace, and of every other namespace that has a
     * number in this one ({@link #namespaceId}). It keeps none of them alive, and does not hear of their end, because the kernel takes the
     * number away first. Without CAP_NET_BROADCAST it hears of this namespace alone.
     */
    public static RouteNetlink openForLinkEvents() throws IOException {
        final RouteNetlink netlink = open(RTMGRP_LINK);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment one = arena.allocateFrom(INT, 1);
            final int ignored = Native.call(SETSOCKOPT, netlink.fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, one.address(), 4, 0);
        }
        return netlink;
    }

    private static RouteNetlink open(int groups) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final int fd = Native.call(SOCKET, AF_NETLINK, SOCK_RAW | FileDescriptors.O_CLOEXEC, NETLINK_ROUTE);
            if (fd < 0) {
                throw Errno.failure("open a netlink socket", fd);
            }
            final MemorySegment address = arena.allocate(12, 4);
            address.set(SHORT, 0, (short) AF_NETLINK);
            address.set(INT, 8, groups);
            final int result = Native.call(BIND, fd, address.address(), 12);
            if (result < 0) {
                FileDescriptors.close(fd);
                throw Errno.failure("bind a netlink socket", result);
            }
            return new RouteNetlink(fd);
        }
    }

    /** The descriptor, to be polled for events. Closed by {@link #close}. */
    public int fd() {
        return fd;
    }

    /** The state of the interface called {@code name} in the namespace numbered {@code namespaceId}. */
    public LinkState link(int namespaceId, String name) throws IOException {
        int end = attribute(begin(RTM_GETLINK, 0, IFINFO_BYTES), IFLA_IFNAME, name);
        if (namespaceId != OWN_NAMESPACE) {
            end = attribute(end, IFLA_TARGET_NETNSID, namespaceId);
        }
        final LinkState state = request(end, "look up interface " + name).link;
        if (state == null) {
            throw new IOException("look up interface " + name + ": no answer");
        }
        return new LinkState(namespaceId, state.index(), state.name(), state.flags(), state.mtu(), false);
    }

    /**
     * The number that the namespace open as {@code namespaceFd} has in that of this socket. If it has none it gets one, which needs
     * CAP_NET_ADMIN. Not for the socket's own namespace.
     */
    public int namespaceId(int namespaceFd) throws IOException {
        final String what = "number a network namespace";
        final int id = request(attribute(begin(RTM_GETNSID, 0, 4), NETNSA_FD, namespaceFd), what).namespaceId;
        if (id >= 0) {
            return id;
        }
        request(attribute(attribute(begin(RTM_NEWNSID, 0, 4), NETNSA_FD, namespaceFd), NETNSA_NSID, -1), what);
        return request(attribute(begin(RTM_GETNSID, 0, 4), NETNSA_FD, namespaceFd), what).namespaceId;
    }

    /** Sets the interface up or down. */
    public void setUp(int index, boolean up) throws IOException {
        final int end = begin(RTM_NEWLINK, 0, IFINFO_BYTES);
        buffer.set(INT, HEADER_BYTES + 4, index);
        buffer.set(INT, HEADER_BYTES + 8, up ? LinkState.IFF_UP : 0);
        buffer.set(INT, HEADER_BYTES + 12, LinkState.IFF_UP);
        request(end, "set interface " + index + (up ? " up" : " down"));
    }

    /** Sets the MTU of the interface in bytes. */
    public void setMtu(int index, int mtu) throws IOException {
        final int start = begin(RTM_NEWLINK, 0, IFINFO_BYTES);
        buffer.set(INT, HEADER_BYTES + 4, index);
        request(attribute(start, IFLA_MTU, mtu), "set the MTU of interface " + index + " to " + mtu);
    }

    /** Deletes the interface. */
    public void deleteLink(int index) throws IOException {
        final int end = begin(RTM_DELLINK, 0, IFINFO_BYTES);
        buffer.set(INT, HEADER_BYTES + 4, index);
        request(end, "delete interface " + index);
    }

    /** Moves the interface, which goes down with that, to the network namespace open as {@code namespaceFd}. */
    public void moveToNamespace(int index, int namespaceFd) throws IOException {
        final int start = begin(RTM_NEWLINK, 0, IFINFO_BYTES);
        buffer.set(INT, HEADER_BYTES + 4, index);
        request(attribute(start, IFLA_NET_NS_FD, namespaceFd), "move interface " + index + " to another namespace");
    }

    /** Adds an address with its prefix length to the interface; no error if it is there. */
    public void addAddress(int index, InetAddress address, int prefixLength) throws IOException {
        address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, "add", index, address, prefixLength);
    }

    /** Takes an address from the interface. */
    public void removeAddress(int index, InetAddress address, int prefixLength) throws IOException {
        address(RTM_DELADDR, 0, "remove", index, address, prefixLength);
    }

    private void address(int type, int flags, String verb, int index, InetAddress address, int prefixLength) throws IOException {
        int end = begin(type, flags, 8);
        buffer.set(BYTE, HEADER_BYTES, (byte) family(address));
        buffer.set(BYTE, HEADER_BYTES + 1, (byte) prefixLength);
        buffer.set(INT, HEADER_BYTES + 4, index);
        end = attribute(end, IFA_LOCAL, address.getAddress());
        end = attribute(end, IFA_ADDRESS, address.getAddress());
        request(end, verb + " address " + address.getHostAddress() + "/" + prefixLength);
    }

    /** Adds a route to a prefix through the interface in a table (254 is {@code main}); no error if it is there. */
    public void addRoute(int index, InetAddress destination, int prefixLength, int table) throws IOException {
        route(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, "add", index, destination, prefixLength, table);
    }

    /** Removes a route to a prefix through the interface from a table. */
    public void removeRoute(int index, InetAddress destination, int prefixLength, int table) throws IOException {
        route(RTM_DELROUTE, 0, "remove", index, destination, prefixLength, table);
    }

    private void route(int type, int flags, String verb, int index, InetAddress destination, int prefixLength, int table)
            throws IOException {
        int end = begin(type, flags, 12);
        buffer.set(BYTE, HEADER_BYTES, (byte) family(destination));
        buffer.set(BYTE, HEADER_BYTES + 1, (byte) prefixLength);
        buffer.set(BYTE, HEADER_BYTES + 5, (byte) 3); // RTPROT_BOOT, as ip(8) does
        buffer.set(BYTE, HEADER_BYTES + 6, (byte) (destination.getAddress().length == 4 ? 253 : 0)); // scope link, universe
        buffer.set(BYTE, HEADER_BYTES + 7, (byte) 1); // RTN_UNICAST
        end = attribute(end, RTA_DST, destination.getAddress());
        end = attribute(end, RTA_OIF, index);
        end = attribute(end, RTA_TABLE, table);
        request(end, verb + " route " + destination.getHostAddress() + "/" + prefixLength);
    }

    /**
     * Gives every interface event that is waiting to {@code consumer}, without blocking.
     *
     * @return false if the kernel had to drop events, so that the caller must look the state up
     */
    public boolean receiveLinkEvents(Consumer<LinkState> consumer) throws IOException {
        boolean complete = true;
        while (true) {
            final int length = receive(MSG_DONTWAIT);
            if (length == -Errno.EAGAIN) {
                return complete;
            } else if (length == -Errno.ENOBUFS) {
                complete = false;
            } else if (length == -Errno.EINTR) {
                continue;
            } else if (length < 0) {
                throw Errno.failure("receive from netlink", length);
            }
            final int namespaceId = sourceNamespace();
            for (int at = 0; at + HEADER_BYTES <= length; at += align(messageLength(at, length))) {
                final LinkState state = parseLink(at, messageLength(at, length), namespaceId);
                if (state != null) {
                    consumer.accept(state);
                }
            }
        }
    }

    /** Closes the socket. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            FileDescriptors.close(fd);
        }
    }

    private static int family(InetAddress address) {
        return address.getAddress().length == 4 ? 2 : 10;
    }

    private static int align(int length) {
        return (length + 3) & ~3;
    }

    /** Starts a request in the buffer with a zeroed fixed part. Returns where attributes begin. */
    private int begin(int type, int flags, int fixedBytes) {
        buffer.asSlice(0, HEADER_BYTES + fixedBytes).fill((byte) 0);
        buffer.set(SHORT, 4, (short) type);
        buffer.set(SHORT, 6, (short) (NLM_F_REQUEST | NLM_F_ACK | flags));
        buffer.set(INT, 8, ++sequence);
        return HEADER_BYTES + fixedBytes;
    }

    private int attribute(int at, int type, byte[] value) {
        buffer.set(SHORT, at, (short) (4 + value.length));
        buffer.set(SHORT, at + 2, (short) type);
        buffer.asSlice(at + 4, align(value.length)).fill((byte) 0);
        MemorySegment.copy(value, 0, buffer, BYTE, at + 4, value.length);
        return at + 4 + align(value.length);
    }

    private int attribute(int at, int type, int value) {
        buffer.set(SHORT, at, (short) 8);
        buffer.set(SHORT, at + 2, (short) type);
        buffer.set(INT, at + 4, value);
        return at + 8;
    }

    private int attribute(int at, int type, String value) {
        return attribute(at, type, (value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    /** What came with the acknowledgement of a request: perhaps a link, perhaps a namespace number. */
    private record Reply(LinkState link, int namespaceId) {}

    /** Sends the request that ends at {@code end} and waits for its acknowledgement. */
    private Reply request(int end, String what) throws IOException {
        buffer.set(INT, 0, end);
        final long sent = Native.callLong(SEND, fd, buffer.address(), end, 0, 0, 0);
        if (sent < 0) {
            throw Errno.failure(what, (int) sent);
        }
        LinkState link = null;
        int namespaceId = -1;
        while (true) {
            final int length = receive(0);
            if (length == -Errno.EINTR) {
                continue;
            } else if (length < 0) {
                throw Errno.failure(what, length);
            }
            for (int at = 0; at + HEADER_BYTES <= length; at += align(messageLength(at, length))) {
                if (buffer.get(INT, at + 8) != sequence) {
                    continue;
                }
                if ((buffer.get(SHORT, at + 4) & 0xffff) == NLMSG_ERROR) {
                    final int error = buffer.get(INT, at + HEADER_BYTES);
                    if (error < 0) {
                        throw Errno.failure(what, error);
                    }
                    return new Reply(link, namespaceId);
                }
                link = parseLink(at, messageLength(at, length), OWN_NAMESPACE);
                if ((buffer.get(SHORT, at + 4) & 0xffff) == RTM_NEWNSID && messageLength(at, length) >= HEADER_BYTES + 12) {
                    namespaceId = buffer.get(INT, at + HEADER_BYTES + 8); // the first attribute is NETNSA_NSID
                }
            }
        }
    }

    private int receive(int flags) {
        message.set(LONG, 40, CONTROL_BYTES);
        return (int) Native.callLong(RECVMSG, fd, message.address(), flags);
    }

    /** The namespace that the messages just received are about. */
    private int sourceNamespace() {
        final boolean given = message.get(LONG, 40) >= 20 && control.get(INT, 8) == SOL_NETLINK
                && control.get(INT, 12) == NETLINK_LISTEN_ALL_NSID;
        return given ? control.get(INT, 16) : OWN_NAMESPACE;
    }

    /** Length of the message at {@code at}, kept within what was received. */
    private int messageLength(int at, int end) {
        return Math.clamp(buffer.get(INT, at), HEADER_BYTES, end - at);
    }

    /** The link that the message at {@code at} is about, or null if it is about something else. */
    private LinkState parseLink(int at, int length, int namespaceId) {
        final int type = buffer.get(SHORT, at + 4) & 0xffff;
        if (type != RTM_NEWLINK && type != RTM_DELLINK || length < HEADER_BYTES + IFINFO_BYTES) {
            return null;
        }
        if (buffer.get(BYTE, at + HEADER_BYTES) != 0) {
            return null; // a family other than AF_UNSPEC is a bridge's or the like: not about the interface itself
        }
        final int index = buffer.get(INT, at + HEADER_BYTES + 4);
        final int flags = buffer.get(INT, at + HEADER_BYTES + 8);
        String name = "";
        int mtu = 0;
        int attribute = at + HEADER_BYTES + IFINFO_BYTES;
        while (attribute + 4 <= at + length) {
            final int attributeLength = Math.clamp(buffer.get(SHORT, attribute) & 0xffff, 4, at + length - attribute);
            final int attributeType = buffer.get(SHORT, attribute + 2) & 0x3fff;
            if (attributeType == IFLA_IFNAME && attributeLength > 5) {
                name = new String(buffer.asSlice(attribute + 4, attributeLength - 5).toArray(BYTE), StandardCharsets.UTF_8);
            } else if (attributeType == IFLA_MTU && attributeLength >= 8) {
                mtu = buffer.get(INT, attribute + 4);
            }
            attribute += align(attributeLength);
        }
        return new LinkState(namespaceId, index, name, flags, mtu, type == RTM_DELLINK);
    }
}
