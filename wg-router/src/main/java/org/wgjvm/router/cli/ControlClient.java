package org.wgjvm.router.cli;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the router that runs in a state directory. */
final class ControlClient {
    private ControlClient() {}

    /** Whether a router answers there. */
    static boolean answers(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    static ControlMessage.Answer ask(Path socket, String[] arguments, String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ControlMessage.write(channel, new ControlMessage.Question(arguments, text));
            return ControlMessage.read(channel, ControlMessage.Answer.class);
        }
    }
}
