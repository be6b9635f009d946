package org.wgjvm.endpoint.quick;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wgjvm.core.config.DeviceChange;

/**
 * Routes everything into the tunnel but the tunnel's own datagrams, as {@code wg-quick} does: those carry a mark, and what has no mark
 * looks up a table of its own, after routes of the main table other than its default. A firewall keeps packets for our address that come
 * from elsewhere out, and marks the answers to our datagrams for the reverse path filter.
 */
final class DefaultRoute {
    private static final int FIRST_TABLE = 51820;
    private static final String SUPPRESS = "from all lookup main suppress_prefixlength 0";
    private static final Pattern ADDRESS = Pattern.compile("inet6?\\s+([0-9a-f:.]+)/[0-9]+");

    private final String interfaceName;
    private final DeviceLink devices;
    private final Shell shell;

    DefaultRoute(String interfaceName, DeviceLink devices, Shell shell) {
        this.interfaceName = interfaceName;
        this.devices = devices;
        this.shell = shell;
    }

    /** Adds the route; every step it does is put on {@code undo} first. */
    void add(String prefix, Undo undo) throws QuickException, IOException {
        final boolean v6 = prefix.indexOf(':') >= 0;
        final String family = v6 ? "-6" : "-4";
        final String table = Integer.toUnsignedString(table());
        undo.push("rules", () -> removeRules(table));
        // A daemon that was killed leaves its rules behind, and they are as good as new ones.
        if (!shell.ask("ip", family, "rule", "show").contains("lookup " + table)) {
            shell.run("ip", family, "rule", "add", "not", "fwmark", table, "table", table);
        }
        if (!shell.ask("ip", family, "rule", "show").contains(SUPPRESS)) {
            shell.run("ip", family, "rule", "add", "table", "main", "suppress_prefixlength", "0");
        }
        shell.run("ip", family, "route", "add", prefix, "dev", interfaceName, "table", table);
        if (!v6 && !shell.ask("sysctl", "-n", "net.ipv4.conf.all.src_valid_mark").strip().equals("1") && shell.has("sysctl")) {
            shell.run("sysctl", "-q", "net.ipv4.conf.all.src_valid_mark=1");
        }
        undo.push("firewall", this::removeFirewall);
        addFirewall(v6, table);
    }

    /** Adds the firewall's rules for the addresses that the interface has now; those of nft replace the ones that were there. */
    void addFirewall(boolean v6, String table) throws QuickException {
        if (shell.has("nft")) {
            shell.feed(nftables(v6, table), "nft", "-f", "-");
        } else if (shell.has("iptables-restore")) {
            shell.feed(iptables(v6, table), v6 ? "ip6tables-restore" : "iptables-restore", "-n");
        }
    }

    /** The device's mark, or a fresh one that is no table yet. */
    private int table() throws QuickException, IOException {
        final int mark = devices.get(interfaceName).fwmark();
        if (mark != 0) {
            return mark;
        }
        int table = FIRST_TABLE;
        while (isTaken("-4", table) || isTaken("-6", table)) {
            table++;
        }
        devices.set(interfaceName, new DeviceChange(null, null, table, false, List.of()));
        return table;
    }

    private boolean isTaken(String family, int table) throws QuickException {
        return !shell.ask("ip", family, "route", "show", "table", Integer.toString(table)).isBlank();
    }

    /** Removes the rules that {@link #add} added for this table. */
    void removeRules(String table) throws QuickException {
        for (final String family : new String[] {"-4", "-6"}) {
            while (shell.ask("ip", family, "rule", "show").contains("lookup " + table)) {
                shell.run("ip", family, "rule", "delete", "table", table);
            }
            while (shell.ask("ip", family, "rule", "show").contains(SUPPRESS)) {
                shell.run("ip", family, "rule", "delete", "table", "main", "suppress_prefixlength", "0");
            }
        }
    }

    /** Removes the firewall's rules of this interface, whoever made them. */
    void removeFirewall() throws QuickException {
        if (shell.has("nft")) {
            final StringBuilder script = new StringBuilder();
            for (final String table : shell.ask("nft", "list", "tables").lines().toList()) {
                if (table.endsWith(" wg-quick-" + interfaceName)) {
                    script.append("delete ").append(table).append('\n');
                }
            }
            if (!script.isEmpty()) {
                shell.feed(script.toString(), "nft", "-f", "-");
            }
        }
        for (final String tables : new String[] {"iptables", "ip6tables"}) {
            if (shell.has(tables + "-save")) {
                removeIptables(tables);
            }
        }
    }

    private void removeIptables(String tables) throws QuickException {
        final StringBuilder script = new StringBuilder();
        boolean found = false;
        for (final String line : shell.ask(tables + "-save").lines().toList()) {
            final boolean ours = line.startsWith("-A ") && line.contains(comment());
            found |= ours;
            if (ours || line.startsWith("*") || line.equals("COMMIT")) {
                script.append(ours ? "-D" + line.substring(2) : line).append('\n');
            }
        }
        if (found) {
            shell.feed(script.toString(), tables + "-restore", "-n");
        }
    }

    private String comment() {
        return "-m comment --comment \"wg-quick(8) rule for " + interfaceName + "\"";
    }

    private Iterable<String> addresses(boolean v6) throws QuickException {
        final Matcher matcher = ADDRESS.matcher(shell.ask("ip", "-o", v6 ? "-6" : "-4", "addr", "show", "dev", interfaceName));
        return matcher.results().map(m -> m.group(1)).toList();
    }

    private String nftables(boolean v6, String table) throws QuickException {
        final String family = v6 ? "ip6" : "ip";
        final String name = family + " wg-quick-" + interfaceName;
        final StringBuilder s = new StringBuilder();
        s.append("add table ").append(name).append("\ndelete table ").append(name).append("\nadd table ").append(name).append('\n');
        s.append("add chain ").append(name).append(" preraw { type filter hook prerouting priority -300; }\n");
        s.append("add chain ").append(name).append(" premangle { type filter hook prerouting priority -150; }\n");
        s.append("add chain ").append(name).append(" postmangle { type filter hook postrouting priority -150; }\n");
        for (final String address : addresses(v6)) {
            s.append(String.format(
                    Locale.ROOT, "add rule %s preraw iifname != \"%s\" %s daddr %s fib saddr type != local drop%n", name, interfaceName,
                            family, address));
        }
        s.append("add rule ").append(name).append(" postmangle meta l4proto udp mark ").append(table).append(" ct mark set mark\n");
        s.append("add rule ").append(name).append(" premangle meta l4proto udp meta mark set ct mark\n");
        return s.toString();
    }

    private String iptables(boolean v6, String table) throws QuickException {
        final StringBuilder s = new StringBuilder("*raw\n");
        for (final String address : addresses(v6)) {
            s.append(String.format(
                    Locale.ROOT, "-I PREROUTING ! -i %s -d %s -m addrtype ! --src-type LOCAL -j DROP %s%n", interfaceName, address,
                            comment()));
        }
        s.append("COMMIT\n*mangle\n-I POSTROUTING -m mark --mark ").append(table);
        s.append(" -p udp -j CONNMARK --save-mark ").append(comment());
        s.append("\n-I PREROUTING -p udp -j CONNMARK --restore-mark ").append(comment()).append("\nCOMMIT\n");
        return s.toString();
    }
}
