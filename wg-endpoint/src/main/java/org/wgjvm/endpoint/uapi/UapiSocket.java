package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The place of a device's socket: {@code /var/run/wireguard/IF.sock}. */
public final class UapiSocket {
    /** The directory that {@code wg(8)} looks in. */
    public static final Path DIRECTORY = Path.of("/var/run/wireguard");

    private static final String SUFFIX = ".sock";

    private UapiSocket() {}

    /** The socket of {@code interfaceName} in {@code directory}. */
    public static Path path(Path directory, String interfaceName) {
        return directory.resolve(interfaceName + SUFFIX);
    }

    /** The names of all devices in {@code directory} that answer, in the order in which the directory has them. */
    public static List<String> interfaces(Path directory) throws IOException {
        final List<String> names = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return names;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : (Iterable<Path>) files::iterator) {
                final String name = file.getFileName().toString();
                if (name.length() > SUFFIX.length() && name.endsWith(SUFFIX) && isLive(file)) {
                    names.add(name.substring(0, name.length() - SUFFIX.length()));
                }
            }
        }
        return names;
    }

    /** Whether something accepts connections at {@code socket}. */
    public static boolean isLive(Path socket) {
        if (!isSocket(socket)) {
            return false;
        }
        try (SocketChannel channel = connect(socket)) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Connects. */
    static SocketChannel connect(Path socket) throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Makes the directory, for its owner alone, unless it is there. */
    static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            try {
                if (directory.getParent() != null) {
                    Files.createDirectories(directory.getParent());
                }
                Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Another daemon was faster.
            }
        }
    }

    /** Removes a socket that nobody listens on; throws when somebody does, or when it is no socket. */
    static void removeStale(Path socket) throws IOException {
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(socket)) {
            throw new IOException(socket + " exists and is not a socket: remove it first");
        }
        try {
            connect(socket).close();
        } catch (ConnectException e) {
            Files.deleteIfExists(socket);
            return;
        }
        throw new IOException(socket + " is in use: another process already runs this interface");
    }

    /** What tells this file from another one of the same name; null when there is none. */
    public static Object identity(Path socket) {
        try {
            return Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isSocket(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther();
        } catch (IOException e) {
            return false;
        }
    }
}
