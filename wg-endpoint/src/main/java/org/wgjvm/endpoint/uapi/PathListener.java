package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import org.wgjvm.sys.FileDescriptors;

/**
 * A listening unix socket in the file system, for its owner alone. It closes itself when its file is deleted or replaced, and deletes its
 * file, and never another's of the same name, when closed.
 */
public final class PathListener implements UapiListener {
    private final Path socket;
    private final ServerSocketChannel server;
    private final Object identity;
    private final WatchService watch;

    private PathListener(Path socket, ServerSocketChannel server, WatchService watch) {
        this.socket = socket;
        this.server = server;
        this.watch = watch;
        identity = UapiSocket.identity(socket);
    }

    /** Listens at {@code socket}; a stale one is replaced, and one in use refused with an {@link IOException} that says so. */
    public static PathListener open(Path socket) throws IOException {
        return open(socket, "rwx------");
    }

    /** The same with other permissions than the UAPI's socket has. */
    public static PathListener open(Path socket, String permissions) throws IOException {
        UapiSocket.makeDirectory(socket.getParent());
        UapiSocket.removeStale(socket);
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(server, socket, permissions);
            final WatchService watch = socket.getFileSystem().newWatchService();
            socket.getParent().register(watch, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_CREATE);
            final PathListener listener = new PathListener(socket, server, watch);
            Thread.ofPlatform().daemon().name("uapi-watch").start(listener::watch);
            return listener;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /**
     * Makes the socket appear only when it listens. Between {@code bind} and {@code listen} a connection is refused, and {@code wg}, which
     * takes a socket that refuses for a stale one, would delete it.
     */
    private static void bind(ServerSocketChannel server, Path socket, String permissions) throws IOException {
        final Path unfinished = socket.resolveSibling("." + socket.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(unfinished);
        final int umask = FileDescriptors.umask(0077);
        try {
            server.bind(UnixDomainSocketAddress.of(unfinished), 128);
        } finally {
            FileDescriptors.umask(umask);
        }
        try {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
            Files.move(unfinished, socket, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    private void watch() {
        try {
            while (isOurs()) {
                final WatchKey key = watch.take();
                key.pollEvents();
                if (!key.reset()) {
                    break;
                }
            }
            close();
        } catch (ClosedWatchServiceException e) {
            // Closed by us.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOurs() {
        return identity != null && identity.equals(UapiSocket.identity(socket));
    }

    @Override
    public ByteChannel accept() throws IOException {
        try {
            return server.accept();
        } catch (ClosedChannelException e) {
            throw isOurs() ? e : new IOException(socket + " was deleted", e);
        }
    }

    @Override
    public synchronized void close() {
        if (!server.isOpen()) {
            return;
        }
        try {
            if (isOurs()) {
                Files.deleteIfExists(socket);
            }
            server.close();
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
