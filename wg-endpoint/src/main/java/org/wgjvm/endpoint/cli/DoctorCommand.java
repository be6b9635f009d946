package org.wgjvm.endpoint.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.wgjvm.endpoint.doctor.Doctor;
import org.wgjvm.endpoint.doctor.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "doctor",
        description = {
            "Looks for what keeps interfaces from working here, or from working well, and says what to do about it. Ends with 1",
            "when something does not work."
        })
final class DoctorCommand implements Callable<Integer> {
    private final Surroundings around;

    @Parameters(paramLabel = "INTERFACE", arity = "0..1", description = "the interface to look at besides the machine; all by default")
    private String name;

    @Option(names = "--json", description = "prints a JSON array of level, name, text and fix")
    private boolean json;

    DoctorCommand(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() throws CommandException {
        if (name != null && (name.isEmpty() || name.indexOf('/') >= 0)) {
            throw new CommandException("`" + name + "' is not the name of an interface");
        }
        final List<Finding> findings = Doctor.examine(around.sockets(), name);
        if (json) {
            around.out().println(findings.stream().map(Finding::toJson).collect(Collectors.joining(",\n ", "[", "]")));
        } else {
            findings.forEach(f -> around.out().println(f.toText()));
        }
        return findings.stream().anyMatch(f -> f.level() == Finding.Level.FAIL) ? 1 : 0;
    }
}
