package org.wgjvm.endpoint.cli;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wgjvm.core.config.DeviceSnapshot;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.endpoint.config.NameFile;
import org.wgjvm.endpoint.uapi.UapiSocket;
import org.wgjvm.endpoint.wg.ShowField;
import org.wgjvm.endpoint.wg.ShowJson;
import org.wgjvm.endpoint.wg.ShowText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "show",
        description = {
            "Shows the configuration and state of interfaces, as `wg show' does.",
            "A field is one of public-key, private-key, listen-port, fwmark, peers, preshared-keys, endpoints, allowed-ips,",
            "latest-handshakes, transfer, persistent-keepalive and dump."
        })
final class ShowCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(index = "0", arity = "0..1", paramLabel = "INTERFACE", defaultValue = "all",
            description = "an interface, all, or interfaces")
    private String which;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FIELD", description = "only this, for scripts")
    private String field;

    @Option(names = "--json", description = "everything as JSON, for programs; docs/operations/top.md lists the fields")
    private boolean json;

    ShowCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws Exception {
        final ShowField wanted = field == null ? null : ShowField.of(field);
        if (field != null && wanted == null) {
            throw new CommandException("Invalid parameter: `" + field + "' (one of " + ShowField.names() + ")");
        }
        if (json) {
            return json();
        }
        return switch (which) {
            case "interfaces" -> interfaces();
            case "all" -> all(wanted);
            default -> {
                final DeviceSnapshot device = Devices.get(around, which);
                around.out().print(wanted == null ? text(which, device) : wanted.print(device, ""));
                yield 0;
            }
        };
    }

    private Integer json() throws IOException, CommandException {
        if (field != null || which.equals("interfaces")) {
            throw new CommandException("--json shows everything: it takes an interface or all, and no field");
        }
        final Map<String, DeviceSnapshot> devices = new LinkedHashMap<>();
        final Map<String, Map<PublicKey, String>> peers = new HashMap<>();
        final boolean all = which.equals("all");
        for (final String name : all ? UapiSocket.interfaces(around.sockets()) : List.of(which)) {
            try {
                devices.put(name, Devices.get(around, name));
                peers.put(name, NameFile.of(name, around.environment(), around.configurations()).names());
            } catch (CommandException e) {
                if (!all) {
                    throw e;
                }
                around.err().println(e.getMessage());
            }
        }
        around.out().print(ShowJson.of(devices, around.showKeys(), peers));
        return 0;
    }

    private Integer interfaces() throws IOException, CommandException {
        if (field != null) {
            throw new CommandException("`show interfaces' takes no field");
        }
        final List<String> names = UapiSocket.interfaces(around.sockets());
        if (!names.isEmpty()) {
            around.out().println(String.join(" ", names));
        }
        return 0;
    }

    private Integer all(ShowField wanted) throws IOException {
        final List<String> names = UapiSocket.interfaces(around.sockets());
        int failed = 0;
        for (int i = 0; i < names.size(); i++) {
            final String name = names.get(i);
            try {
                final DeviceSnapshot device = Devices.get(around, name);
                around.out().print(wanted == null ? text(name, device) : wanted.print(device, name + "\t"));
                if (wanted == null && i < names.size() - 1) {
                    around.out().println();
                }
            } catch (CommandException e) {
                around.err().println(e.getMessage());
                failed++;
            }
        }
        return names.isEmpty() || failed < names.size() ? 0 : 1;
    }

    private String text(String name, DeviceSnapshot device) {
        return ShowText.of(name, device, around.colour(), around.showKeys(), System.currentTimeMillis() / 1000);
    }
}
