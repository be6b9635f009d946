package org.wgjvm.endpoint.top;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.endpoint.config.NameFile;
import org.wgjvm.endpoint.control.ControlClient;
import org.wgjvm.endpoint.control.ControlRequest;
import org.wgjvm.endpoint.control.ControlServer;
import org.wgjvm.endpoint.control.StatisticsLines;
import org.wgjvm.endpoint.uapi.UapiClient;
import org.wgjvm.endpoint.uapi.UapiSocket;

/** Asks daemons, over the sockets in one directory. Of one thread. */
final class SampleSource {
    private final Path sockets;
    private final Path configurations;
    private final List<String> only;
    private final Map<String, NameFile> names = new HashMap<>();

    /** {@code only} are the interfaces to ask; none means all. */
    SampleSource(Path sockets, Path configurations, List<String> only) {
        this.sockets = sockets;
        this.configurations = configurations;
        this.only = List.copyOf(only);
    }

    /** The interfaces that answer, by name. */
    Map<String, Sample> read() throws IOException {
        final Map<String, Sample> samples = new TreeMap<>();
        for (final String name : only.isEmpty() ? UapiSocket.interfaces(sockets) : only) {
            try (UapiClient client = UapiClient.connect(UapiSocket.path(sockets, name))) {
                final DeviceSnapshot snapshot = client.get();
                final NameFile file = names.computeIfAbsent(name, n -> NameFile.of(n, Map.of(), configurations));
                samples.put(name, new Sample(snapshot, counts(name), file.names()));
            } catch (IOException e) {
                // It ended, or has not begun: it is not there.
            }
        }
        return samples;
    }

    private StatisticsLines.Counts counts(String name) {
        final Path socket = ControlServer.path(sockets, name);
        if (!Files.exists(socket)) {
            return null;
        }
        try (ControlClient client = ControlClient.connect(socket)) {
            return StatisticsLines.read(client.ask(ControlRequest.of(StatisticsLines.COMMAND)));
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
