package org.wgjvm.tun;

import static org.wgjvm.sys.FileDescriptors.O_CLOEXEC;
import static org.wgjvm.sys.FileDescriptors.O_NONBLOCK;
import static org.wgjvm.sys.FileDescriptors.O_RDWR;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.wgjvm.sys.Errno;
import org.wgjvm.sys.FileDescriptors;

/**
 * An open TUN descriptor and what was agreed with the kernel about it (linux/if_tun.h). Immutable.
 *
 * @param fd non-blocking
 * @param virtioHeader whether each packet goes with a {@link VirtioHeader}
 * @param tso whether the kernel gives and takes TCP superframes
 * @param uso whether the kernel gives and takes UDP superframes
 */
record TunDevice(int fd, boolean virtioHeader, boolean tso, boolean uso) {
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final long TUNSETVNETHDRSZ = 0x400454d8L;
    private static final long TUNGETDEVNETNS = 0x54e3L;

    private static final int IFF_TUN = 1;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFF_TYPE = 0xf;

    private static final int CSUM = 0x01;
    private static final int TSO4_TSO6_ECN = 0x02 | 0x04 | 0x08;
    private static final int USO4_USO6 = 0x20 | 0x40;

    private static final int VIRTIO = 1;
    private static final int TSO = 2;
    private static final int USO = 4;

    private static final int IFREQ_BYTES = 40;
    private static final int NAME_BYTES = 16;

    /** Creates a device, or attaches to a persistent one, called {@code name}; a {@code %d} in it becomes the first free number. */
    static TunDevice create(String name, TunOptions options) throws IOException {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length >= NAME_BYTES) {
            throw new IOException("create TUN " + name + ": a name has 1 to 15 bytes");
        }
        final int fd = FileDescriptors.open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0) {
            throw Errno.failure("open /dev/net/tun", fd);
        }
        boolean virtioHeader = options.virtioHeader();
        int result = setInterface(fd, name, virtioHeader);
        if (result == -Errno.EINVAL && virtioHeader) {
            virtioHeader = false;
            result = setInterface(fd, name, false);
        }
        if (result < 0) {
            FileDescriptors.close(fd);
            throw Errno.failure("create TUN " + name, result);
        }
        return agree(fd, virtioHeader, options);
    }

    /** Takes over a descriptor on which someone else has attached a device. It is closed if this fails. */
    static TunDevice inherit(int fd, TunOptions options) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
            final int result = FileDescriptors.ioctl(fd, TUNGETIFF, request);
            if (result < 0) {
                FileDescriptors.close(fd);
                throw Errno.failure("file descriptor " + fd + " is not an attached TUN device", result);
            }
            final int flags = request.get(ValueLayout.JAVA_SHORT, NAME_BYTES) & 0xffff;
            if ((flags & IFF_TYPE) != IFF_TUN || (flags & IFF_NO_PI) == 0) {
                FileDescriptors.close(fd);
                throw new IOException("file descriptor " + fd + ": a TUN device (not TAP) with IFF_NO_PI is needed");
            }
            FileDescriptors.setNonBlocking(fd, true);
            return agree(fd, (flags & IFF_VNET_HDR) != 0, options);
        }
    }

    /**
     * Takes over a descriptor from the process whose place this one takes, as it was agreed upon there: {@link #agreed()}. Nothing is
     * changed, for that process may go on after all. The descriptor is closed if this fails.
     */
    static TunDevice takeOver(int fd, int agreed) throws IOException {
        final TunDevice device = new TunDevice(fd, (agreed & VIRTIO) != 0, (agreed & TSO) != 0, (agreed & USO) != 0);
        boolean done = false;
        try {
            device.currentName();
            done = true;
            return device;
        } finally {
            if (!done) {
                FileDescriptors.close(fd);
            }
        }
    }

    /** What was agreed with the kernel, as bits for {@link #takeOver}. */
    int agreed() {
        return (virtioHeader ? VIRTIO : 0) | (tso ? TSO : 0) | (uso ? USO : 0);
    }

    private static int setInterface(int fd, String name, boolean virtioHeader) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
            request.setString(0, name);
            request.set(ValueLayout.JAVA_SHORT, NAME_BYTES, (short) (IFF_TUN | IFF_NO_PI | (virtioHeader ? IFF_VNET_HDR : 0)));
            return FileDescriptors.ioctl(fd, TUNSETIFF, request);
        }
    }

    /** Asks for the offloads, the most first. */
    private static TunDevice agree(int fd, boolean virtioHeader, TunOptions options) {
        if (!virtioHeader) {
            return new TunDevice(fd, false, false, false);
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment size = arena.allocate(ValueLayout.JAVA_INT);
            size.set(ValueLayout.JAVA_INT, 0, VirtioHeader.BYTES);
            FileDescriptors.ioctl(fd, TUNSETVNETHDRSZ, size);
        }
        final int tcp = options.tso() ? TSO4_TSO6_ECN : 0;
        if (options.uso() && FileDescriptors.ioctl(fd, TUNSETOFFLOAD, CSUM | tcp | USO4_USO6) >= 0) {
            return new TunDevice(fd, true, options.tso(), true);
        }
        if (options.tso() && FileDescriptors.ioctl(fd, TUNSETOFFLOAD, CSUM | tcp) >= 0) {
            return new TunDevice(fd, true, true, false);
        }
        FileDescriptors.ioctl(fd, TUNSETOFFLOAD, 0);
        return new TunDevice(fd, true, false, false);
    }

    /** The name that the device has now. */
    String currentName() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
            final int result = FileDescriptors.ioctl(fd, TUNGETIFF, request);
            if (result < 0) {
                throw Errno.failure("name of the TUN device", result);
            }
            return request.getString(0);
        }
    }

    /** Opens the network namespace in which the device is now. Returns a descriptor, or {@code -errno}: EPERM without CAP_NET_ADMIN. */
    int openNamespace() {
        return FileDescriptors.ioctl(fd, TUNGETDEVNETNS, 0);
    }
}
