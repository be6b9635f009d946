package org.wgjvm.endpoint.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.wgjvm.core.config.DeviceChange;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.config.HostPort;
import org.wgjvm.endpoint.quick.DeviceLink;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** Devices by way of their sockets; new ones are started with our own launcher. */
final class SocketLink implements DeviceLink {
    private final Surroundings around;
    private final Path configuration;

    SocketLink(Surroundings around) {
        this(around, null);
    }

    /** New ones take the names of peers from {@code configuration}. */
    SocketLink(Surroundings around, Path configuration) {
        this.around = around;
        this.configuration = configuration;
    }

    @Override
    public void start(String interfaceName) throws IOException {
        final String launcher = around.environment().getOrDefault("WG_QUICK_USERSPACE_IMPLEMENTATION", System.getProperty("wgjvm.launcher",
                ""));
        if (launcher.isEmpty()) {
            throw new IOException("no launcher is known: run bin/wg-jvm rather than java");
        }
        around.err().println("[#] " + launcher + " " + interfaceName);
        final ProcessBuilder builder = new ProcessBuilder(launcher, interfaceName);
        if (configuration != null) {
            builder.environment().putIfAbsent("WGJVM_CONFIG", configuration.toString());
        }
        final Process process = builder
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Not to the end of the stream, which a daemon with a log keeps open.
        try {
            final int code = process.waitFor();
            final byte[] said = new byte[process.getErrorStream().available()];
            final int length = process.getErrorStream().read(said);
            if (code != 0) {
                final String why = length <= 0 ? "it ended with " + code : new String(said, 0, length, StandardCharsets.UTF_8).strip();
                throw new IOException("the daemon did not start: " + why);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public boolean exists(String interfaceName) {
        return UapiSocket.isLive(UapiSocket.path(around.sockets(), interfaceName));
    }

    @Override
    public void set(String interfaceName, DeviceChange change) throws IOException {
        try (UapiClient client = UapiClient.connect(UapiSocket.path(around.sockets(), interfaceName))) {
            client.set(change);
        }
    }

    @Override
    public void names(String interfaceName, Map<PublicKey, HostPort> names) {
        Devices.names(around, interfaceName, names);
    }

    @Override
    public DeviceSnapshot get(String interfaceName) throws IOException {
        try (UapiClient client = UapiClient.connect(UapiSocket.path(around.sockets(), interfaceName))) {
            return client.get();
        }
    }
}
