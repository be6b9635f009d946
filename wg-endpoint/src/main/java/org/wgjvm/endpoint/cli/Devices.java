package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.config.HostPort;
import org.wgjvm.endpoint.control.ControlClient;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.names.EndpointNames;
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

    /** Tells the daemon the names of endpoints that were just set. One that is not ours has no use for them, and keeps the addresses. */
    static void names(Surroundings around, String name, Map<PublicKey, HostPort> names) {
        final Path socket = ControlServer.path(around.sockets(), name);
        if (names.isEmpty() || !Files.exists(socket)) {
            return;
        }
        final List<String> lines = new ArrayList<>();
        names.forEach((key, host) -> lines.add(key.toBase64() + '\t' + host));
        try (ControlClient client = ControlClient.connect(socket)) {
            client.ask(new ControlRequest(EndpointNames.COMMAND, List.of(), lines));
        } catch (IOException e) {
            around.err().println("The daemon of " + name + " does not learn the names of endpoints: " + e.getMessage());
        }
    }

    /** The control channel of a daemon of ours. */
    static ControlClient control(Surroundings around, String name) throws CommandException {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw new CommandException("`" + name + "' is not the name of an interface");
        }
        final Path socket = ControlServer.path(around.sockets(), name);
        try {
            return ControlClient.connect(socket);
        } catch (IOException e) {
            throw new CommandException("no daemon of ours answers at " + socket + ": " + e.getMessage());
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
