package org.wgjvm.endpoint.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands as mdoc(7), for the manual page: made from what {@code --help} is made from, so that the page cannot be out of date. */
final class ManPage {
    private final StringBuilder out = new StringBuilder();

    private ManPage() {}

    /** A list of all commands that are not hidden. */
    static String commands(CommandLine root) {
        final ManPage page = new ManPage();
        page.line(".Bl -tag -width Ds");
        root.getSubcommands().forEach((name, sub) -> {
            if (!sub.getCommandSpec().usageMessage().hidden()) {
                page.command(sub.getCommandSpec());
            }
        });
        page.line(".El");
        return page.out.toString();
    }

    private void command(CommandSpec spec) {
        final String options = spec.options().stream().filter(o -> !o.hidden() && !o.usageHelp()).map(ManPage::synopsis)
                .collect(Collectors.joining(" "));
        final String parameters = spec.positionalParameters().stream().filter(p -> !p.hidden()).map(ManPage::synopsis)
                .collect(Collectors.joining(" "));
        line((".It Cm " + escape(spec.name()) + " " + options + " " + parameters).replaceAll(" +", " ").strip());
        text(spec.usageMessage().description());
        final List<OptionSpec> shown = spec.options().stream().filter(o -> !o.hidden() && !o.usageHelp()).toList();
        if (!shown.isEmpty()) {
            line(".Bl -tag -width Ds");
            for (final OptionSpec option : shown) {
                line(".It " + names(option));
                text(Arrays.stream(option.description())
                        .map(d -> d.replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))).toArray(String[]::new));
            }
            line(".El");
        }
    }

    private static String synopsis(OptionSpec option) {
        return "Oo " + flag(option.longestName()) + argument(option) + " Oc";
    }

    private static String names(OptionSpec option) {
        return Arrays.stream(option.names()).map(ManPage::flag).collect(Collectors.joining(" , ")) + argument(option);
    }

    private static String argument(OptionSpec option) {
        return option.arity().max() == 0 ? "" : " Ar " + escape(option.paramLabel().replaceAll("[<>]", ""));
    }

    private static String synopsis(PositionalParamSpec parameter) {
        final String name = "Ar " + escape(parameter.paramLabel().replaceAll("[<>]", ""));
        return parameter.arity().min() == 0 ? "Oo " + name + " Oc" : name;
    }

    /** {@code Fl} puts one hyphen before its argument. */
    private static String flag(String name) {
        return "Fl " + escape(name.substring(1));
    }

    private void text(String... lines) {
        for (final String line : String.join(" ", lines).split("(?<=[.:]) ")) {
            // %n is for --help; a full stop at the beginning of a line would be a macro.
            final String plain = line.replace("%n", " ").strip();
            if (!plain.isEmpty()) {
                line((plain.startsWith(".") || plain.startsWith("'") ? "\\&" : "") + plain.replace("\\", "\\e").replace(" -", " \\-"));
            }
        }
    }

    private static String escape(String word) {
        return word.replace("\\", "\\e").replace("-", "\\-").replace("|", "\\*(Ba");
    }

    private void line(String line) {
        out.append(line).append('\n');
    }
}
