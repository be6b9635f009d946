package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** Running devices, reached by name through their sockets. */
final class Devices {
    private Devices() {}

    static DeviceSnapshot get(Surroundings around, String name) throws CommandException {
        try (UapiClient client = connect(around, name)) {
            return client.get();
        } catch (IOException e) {
            throw new CommandException("Unable to access interface " + name + ": " + e.getMessage());
        }
    }

    static void set(Surroundings around, String name, DeviceChange change) throws CommandException {
        try (UapiClient client = connect(around, name)) {
            client.set(change);
        } catch (IOException e) {
            throw new CommandException("Unable to modify interface " + name + ": " + e.getMessage());
        }
    }

    private static UapiClient connect(Surroundings around, String name) throws IOException, CommandException {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new CommandException("`" + name + "' is not the name of an interface");
        }
        final Path socket = UapiSocket.path(around.sockets(), name);
        if (Files.isDirectory(around.sockets()) && !Files.isReadable(around.sockets())) {
            throw new IOException("Permission denied for " + around.sockets() + " (are you root?)");
        }
        if (!Files.exists(socket)) {
            throw new IOException("No such device (there is no " + socket + ")");
        }
        try {
            return UapiClient.connect(socket);
        } catch (ConnectException e) {
            throw new IOException("No such device (nobody listens on " + socket + ")", e);
        }
    }
}
