package org.wgjvm.router.cli;

import com.google.gson.GsonBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.wgjvm.router.show.ShowTime;
import org.wgjvm.router.show.Shown;
import org.wgjvm.router.show.Shows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code show ...}: words as operators of such routers type them. */
@Command(
        name = "show",
        description = {
            "Shows what the running router is at. WORDS are",
            "  device-interface [router ROUTER] [name PROFILE]",
            "  network-interface",
            "  tenant members",
            "  service",
            "  sessions",
            "  plugins state [router ROUTER] [node NODE] [summary|detail] [128T-wireguard]",
            "  log [PROFILE]      the journal of configuration, or of a profile's peers"
        })
final class ShowCommand extends RouterCommand {
    @Parameters(paramLabel = "WORDS", arity = "1..*", description = "What to show.")
    private List<String> words = new ArrayList<>();

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Option(names = "--limit", paramLabel = "N", description = "Sessions to show at most (${DEFAULT-VALUE}).")
    private int limit = 1000;

    @Override
    Place place() {
        return Place.ROUTER;
    }

    @Override
    public Integer call() throws Exception {
        final long beganNs = System.nanoTime();
        final List<String> left = new ArrayList<>(words);
        final Shows shows = new Shows(context().router());
        final Shown shown = switch (left.removeFirst()) {
            case "device-interface" -> deviceInterface(shows, left);
            case "network-interface" -> shows.networkInterface();
            case "tenant" -> {
                expect(left, "members");
                yield shows.tenantMembers();
            }
            case "service", "services" -> shows.service();
            case "session", "sessions" -> shows.sessions(limit);
            case "plugins" -> plugins(shows, left);
            case "log" -> log(left);
            default -> throw new CommandException("cannot show " + words.getFirst() + " (see show --help)");
        };
        if (!left.isEmpty()) {
            throw new CommandException("not understood: " + String.join(" ", left));
        }
        if (json) {
            context().out().println(new GsonBuilder().serializeNulls().setPrettyPrinting().disableHtmlEscaping()
                    .registerTypeHierarchyAdapter(org.wgjvm.router.config.IpAddress.class, new AddressJson())
                    .create()
                    .toJson(shown.data()));
        } else {
            context().out().print(new ShowTime(Instant.now(), System.nanoTime() - beganNs).around(shown.text()));
        }
        return 0;
    }

    private Shown deviceInterface(Shows shows, List<String> left) throws CommandException {
        router(left);
        final String name = option(left, "name");
        final Shown shown = shows.deviceInterface(name);
        if (shown == null) {
            throw new CommandException("no wireguard-profile " + name + " runs here");
        }
        return shown;
    }

    private Shown plugins(Shows shows, List<String> left) throws CommandException {
        expect(left, "state");
        router(left);
        option(left, "node");
        final boolean detail = left.remove("detail");
        left.remove("summary");
        left.remove("128T-wireguard");
        return shows.pluginsState(detail);
    }

    private Shown log(List<String> left) throws Exception {
        final String profile = left.isEmpty() ? null : left.removeFirst();
        if (profile != null && !profile.matches("[A-Za-z0-9_-]+")) {
            throw new CommandException("not the name of a profile: " + profile);
        }
        final List<String> lines =
                profile == null ? context().router().log().configLines() : context().router().log().peerLines(profile);
        return new Shown(String.join("\n", lines) + "\n", lines);
    }

    /** Whoever names a router names this one. */
    private void router(List<String> left) throws CommandException {
        final String router = option(left, "router");
        if (router != null && !router.equals(context().router().name())) {
            throw new CommandException("router " + router + " does not run here, but " + context().router().name());
        }
    }

    private static String option(List<String> left, String word) throws CommandException {
        final int at = left.indexOf(word);
        if (at < 0) {
            return null;
        }
        if (at + 1 == left.size()) {
            throw new CommandException(word + " wants a name");
        }
        left.remove(at);
        return left.remove(at);
    }

    private static void expect(List<String> left, String word) throws CommandException {
        if (left.isEmpty() || !left.removeFirst().equals(word)) {
            throw new CommandException(word + " is wanted (see show --help)");
        }
    }
}
