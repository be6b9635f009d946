package org.wgjvm.hub.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that ask a running agent, each a request of its API. */
final class AskCommands {
    private static final Gson JSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private AskCommands() {}

    static List<Object> all(PrintStream out) {
        return List.of(new ListPorts(out), new Show(out), new Put(out), new Delete(out), new Attach(out), new Detach(out), new Device(out),
                new Status(out), new Log(out), new Diff(out), new Restore(out));
    }

    private abstract static class Ask implements Callable<Integer> {
        @Option(names = "--socket", paramLabel = "PATH", defaultValue = HubCli.DEFAULT_SOCKET,
                description = "The agent's. (${DEFAULT-VALUE})")
        private Path socket;

        final PrintStream out;

        Ask(PrintStream out) {
            this.out = out;
        }

        final String ask(String method, String path, String body) throws Exception {
            return new ApiClient(socket).ask(method, path, body);
        }

        final void show(String json) {
            out.println(JSON.toJson(JsonParser.parseString(json)));
        }
    }

    @Command(name = "list", description = "The ports, a line each.")
    private static final class ListPorts extends Ask {
        ListPorts(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            for (final JsonElement each : JsonParser.parseString(ask("GET", "/v1/ports", null)).getAsJsonObject().getAsJsonArray("ports")) {
                final JsonObject port = each.getAsJsonObject();
                final JsonObject state = port.getAsJsonObject("wireguard");
                out.println(port.get("id").getAsString() + "  " + String.format("%-5s", port.get("wireguard_kind").getAsString()) + "  "
                        + String.format("%-6s", port.get("status").getAsString()) + "  " + port.get("name").getAsString()
                        + (state == null ? "" : "  " + port.getAsJsonObject("binding:vif_details").get("endpoint").getAsString() + "  link "
                                + state.get("link").getAsString() + ", " + state.get("spokes").getAsInt() + " spokes"
                                + (state.has("error") ? "  " + state.get("error").getAsString() : "")));
            }
            return 0;
        }
    }

    @Command(name = "show", description = "A port, as the API has it.")
    private static final class Show extends Ask {
        @Parameters(paramLabel = "PORT", description = "Its id.")
        private String id;

        Show(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            show(ask("GET", "/v1/ports/" + id, null));
            return 0;
        }
    }

    @Command(name = "put", description = "Makes or changes a port: FILE is the port's JSON, - is standard input.")
    private static final class Put extends Ask {
        @Parameters(paramLabel = "FILE", description = "The port.")
        private String file;

        Put(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            final String text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            final JsonObject json;
            try {
                final JsonObject outer = JsonParser.parseString(text).getAsJsonObject();
                json = outer.has("port") ? outer.getAsJsonObject("port") : outer;
                show(ask("PUT", "/v1/ports/" + json.get("id").getAsString(), json.toString()));
            } catch (com.google.gson.JsonParseException | IllegalStateException | NullPointerException | ClassCastException e) {
                throw new CommandException(file + ": a JSON object with an id is wanted");
            }
            return 0;
        }
    }

    @Command(name = "delete", description = "Removes a port.")
    private static final class Delete extends Ask {
        @Parameters(paramLabel = "PORT", description = "Its id.")
        private String id;

        Delete(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            ask("DELETE", "/v1/ports/" + id, null);
            return 0;
        }
    }

    @Command(name = "attach", description = "Moves a hub to a router's namespace and brings it up.")
    private static final class Attach extends Ask {
        @Parameters(index = "0", paramLabel = "PORT", description = "A hub's id.")
        private String id;

        @Parameters(index = "1", paramLabel = "NAMESPACE", description = "A network namespace.")
        private String namespace;

        Attach(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            final JsonObject body = new JsonObject();
            body.addProperty("namespace", namespace);
            show(ask("PUT", "/v1/ports/" + id + "/attachment", body.toString()));
            return 0;
        }
    }

    @Command(name = "detach", description = "Moves a hub back to its project's namespace and brings it down.")
    private static final class Detach extends Ask {
        @Parameters(paramLabel = "PORT", description = "A hub's id.")
        private String id;

        Detach(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            show(ask("DELETE", "/v1/ports/" + id + "/attachment", null));
            return 0;
        }
    }

    @Command(
            name = "device",
            description = "The wg-quick file for a spoke's device, with a place for its private key, and the same as a QR code.")
    private static final class Device extends Ask {
        @Parameters(paramLabel = "PORT", description = "A spoke's id.")
        private String id;

        @Option(names = "--no-qr", description = "The file alone.")
        private boolean fileOnly;

        Device(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            out.print(ask("GET", "/v1/ports/" + id + "/config", null));
            if (!fileOnly) {
                out.print("\n" + ask("GET", "/v1/ports/" + id + "/qr", null));
            }
            return 0;
        }
    }

    @Command(name = "status", description = "Whether all is well, and what is not. Exit code 2 when something is not.")
    private static final class Status extends Ask {
        Status(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            final String health = ask("GET", "/healthz", null);
            show(health);
            return JsonParser.parseString(health).getAsJsonObject().get("status").getAsString().equals("ok") ? 0 : 2;
        }
    }

    @Command(name = "log", description = "What changed when, of all ports or of one.")
    private static final class Log extends Ask {
        @Parameters(arity = "0..1", paramLabel = "PORT", description = "Its id.")
        private String id;

        Log(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            final String path = id == null ? "/v1/history" : "/v1/ports/" + id + "/history";
            for (final JsonElement each : JsonParser.parseString(ask("GET", path, null)).getAsJsonObject().getAsJsonArray("history")) {
                final JsonObject entry = each.getAsJsonObject();
                out.println(entry.get("commit").getAsString().substring(0, 12) + "  " + entry.get("at").getAsString() + "  "
                        + entry.get("message").getAsString().lines().findFirst().orElse(""));
            }
            return 0;
        }
    }

    @Command(name = "diff", description = "What a commit of the log changed.")
    private static final class Diff extends Ask {
        @Parameters(paramLabel = "COMMIT", description = "As log has it.")
        private String commit;

        Diff(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            out.print(ask("GET", "/v1/history/" + commit, null));
            return 0;
        }
    }

    @Command(name = "restore", description = "Makes a port what it was after a commit of the log.")
    private static final class Restore extends Ask {
        @Parameters(index = "0", paramLabel = "PORT", description = "Its id.")
        private String id;

        @Parameters(index = "1", paramLabel = "COMMIT", description = "As log has it.")
        private String commit;

        Restore(PrintStream out) {
            super(out);
        }

        @Override
        public Integer call() throws Exception {
            final JsonObject body = new JsonObject();
            body.addProperty("commit", commit);
            show(ask("POST", "/v1/ports/" + id + "/restore", body.toString()));
            return 0;
        }
    }
}
