package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wgjvm.endpoint.config.QuickOptions;

/** Name servers by way of {@code resolvconf(8)}. */
final class NameServers {
    private static final Path ORDER = Path.of("/etc/resolvconf/interface-order");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9-]+)\\*");

    private final String interfaceName;
    private final Shell shell;

    NameServers(String interfaceName, Shell shell) {
        this.interfaceName = interfaceName;
        this.shell = shell;
    }

    void set(QuickOptions options) throws QuickException {
        set(text(options));
    }

    /** What resolvconf is to be told; empty for nothing. */
    static String text(QuickOptions options) {
        final StringBuilder text = new StringBuilder();
        options.dnsServers().forEach(s -> text.append("nameserver ").append(s).append('\n'));
        if (!options.dnsSearch().isEmpty()) {
            text.append("search ").append(String.join(" ", options.dnsSearch())).append('\n');
        }
        return text.toString();
    }

    void set(String text) throws QuickException {
        if (!shell.has("resolvconf")) {
            throw new QuickException("DNS is set, and resolvconf is missing: install the package openresolv or resolvconf");
        }
        shell.feed(text, "resolvconf", "-a", record(), "-m", "0", "-x");
    }

    void unset() throws QuickException {
        shell.run("resolvconf", "-d", record(), "-f");
    }

    /** The name servers in force, for SaveConfig. */
    String current() throws QuickException {
        return shell.has("resolvconf") ? shell.ask("resolvconf", "-l", record()) : "";
    }

    /** Debian's resolvconf orders interfaces by prefixes of their names; openresolv, where the program is a link, does not. */
    private String record() {
        if (Files.isRegularFile(ORDER) && shell.has("resolvconf")) {
            try {
                for (final String line : Files.readAllLines(ORDER)) {
                    final Matcher matcher = PREFIX.matcher(line.strip());
                    if (matcher.matches()) {
                        return matcher.group(1) + "." + interfaceName;
                    }
                }
            } catch (IOException e) {
                return interfaceName;
            }
        }
        return interfaceName;
    }
}
