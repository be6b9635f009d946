package org.wgjvm.endpoint.uapi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import org.wgjvm.sys.FileDescriptors;
import org.wgjvm.sys.UnixSocket;

/**
 * A listening unix socket in the file system, for its owner alone. It closes itself when its file is deleted or replaced, and deletes its
 * file, and never another's of the same name, when closed.
 */
public final class PathListener implements UapiListener {
    private final Path socket;
    private final ListeningDescriptor server;
    private final Object identity;

    /** Null where we cannot see. */
    private final WatchService watch;

    private boolean closed;

    private PathListener(Path socket, ListeningDescriptor server, WatchService watch) {
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
        return watched(socket, bind(socket, permissions));
    }

    /** Goes on listening at {@code socket} with the descriptor of another process, which has stopped. It is closed if this fails. */
    public static PathListener takeOver(Path socket, int fd) throws IOException {
        if (!Files.isReadable(socket.getParent())) {
            // That process had become another user when it saw into the directory already, and this one has never been any other.
            return new PathListener(socket, new ListeningDescriptor(fd), null);
        }
        return watched(socket, fd);
    }

    private static PathListener watched(Path socket, int fd) throws IOException {
        try {
            final WatchService watch = socket.getFileSystem().newWatchService();
            socket.getParent().register(watch, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_CREATE);
            final PathListener listener = new PathListener(socket, new ListeningDescriptor(fd), watch);
            Thread.ofPlatform().daemon().name("uapi-watch").start(listener::watch);
            return listener;
        } catch (IOException e) {
            FileDescriptors.close(fd);
            throw e;
        }
    }

    /**
     * Makes the socket appear only when it listens. Between {@code bind} and {@code listen} a connection is refused, and {@code wg}, which
     * takes a socket that refuses for a stale one, would delete it.
     */
    private static int bind(Path socket, String permissions) throws IOException {
        final Path unfinished = socket.resolveSibling("." + socket.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(unfinished);
        final int umask = FileDescriptors.umask(0077);
        final int fd;
        try {
            fd = UnixSocket.listen(unfinished.toString(), 128);
        } finally {
            FileDescriptors.umask(umask);
        }
        try {
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
            Files.move(unfinished, socket, StandardCopyOption.ATOMIC_MOVE);
            return fd;
        } catch (IOException e) {
            FileDescriptors.close(fd);
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    private void watch() {
        try {
            while (isOurs()) {
                final WatchKey key = watch.take();
                final boolean touched = key.pollEvents().stream().anyMatch(e -> socket.getFileName().equals(e.context()));
                if (!key.reset() || touched && !isVisible()) {
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

    /** Whether this process, which may have become another user, still sees into the directory. */
    private boolean isVisible() {
        return Files.isExecutable(socket.getParent());
    }

    /** Where we cannot see, we believe so. */
    private boolean isOurs() {
        return !isVisible() || identity != null && identity.equals(UapiSocket.identity(socket));
    }

    /** A process that has become another user leaves its file: whoever meets it finds that nobody listens, and replaces it. */
    private void deleteIfAllowed() throws IOException {
        try {
            Files.deleteIfExists(socket);
        } catch (AccessDeniedException e) {
            // As said.
        }
    }

    @Override
    public ByteChannel accept() throws IOException {
        try {
            return server.accept();
        } catch (ClosedChannelException e) {
            throw new IOException(socket + (isOurs() ? " is no longer served here" : " was deleted"), e);
        }
    }

    @Override
    public ListeningDescriptor listening() {
        return server;
    }

    @Override
    public Path path() {
        return socket;
    }

    @Override
    public void release() {
        end(false);
    }

    @Override
    public void close() {
        end(true);
    }

    private synchronized void end(boolean remove) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (remove && isOurs() && isVisible()) {
                deleteIfAllowed();
            }
            server.stop();
            FileDescriptors.close(server.descriptor());
            if (watch != null) {
                watch.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
