package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * From a tree to what may be committed. A router whose own part is wrong keeps what it had, and the others go on without it; what all
 * routers share is right or nothing is committed.
 */
final class Compiler {
    private final Authority running;
    private final CommitSurroundings around;

    Compiler(Authority running, CommitSurroundings around) {
        this.running = running;
        this.around = around;
    }

    /** What would be in effect after a commit of {@code tree}; without a number. */
    CommitReport compile(ConfigNode tree) {
        final ModelReader.Result read = ModelReader.read(tree);
        final Authority wanted = Generator.strip(read.authority());
        final Authority before = Generator.strip(running);
        final List<ConfigError> errors = new ArrayList<>(read.errors());
        final Set<String> bad = new LinkedHashSet<>();
        if (!blame(errors, bad)) {
            return new CommitReport(0, running, Set.of(), errors, List.of());
        }
        while (true) {
            final Authority whole = Generator.generate(withPrevious(wanted, before, bad), running);
            final Validator.Findings found = Validator.validate(whole, around, tree);
            final Set<String> more = new HashSet<>();
            final boolean shared = blame(found.errors(), more);
            if (!shared) {
                errors.addAll(found.errors());
                return new CommitReport(0, running, Set.of(), errors, found.warnings());
            }
            more.removeAll(bad);
            found.errors().stream().filter(e -> more.contains(e.router())).forEach(errors::add);
            if (more.isEmpty()) {
                return new CommitReport(0, whole, bad, errors, found.warnings());
            }
            bad.addAll(more);
        }
    }

    /** Collects the routers with errors; false when something that all share is wrong. */
    private static boolean blame(List<ConfigError> errors, Set<String> routers) {
        boolean shared = true;
        for (final ConfigError error : errors) {
            if (error.router() == null) {
                shared = false;
            } else {
                routers.add(error.router());
            }
        }
        return shared;
    }

    private static Authority withPrevious(Authority wanted, Authority before, Set<String> bad) {
        final List<Router> routers = new ArrayList<>();
        for (final Router router : wanted.routers()) {
            final Router effective = bad.contains(router.name()) ? before.router(router.name()) : router;
            if (effective != null) {
                routers.add(effective);
            }
        }
        return new Authority(wanted.tenants(), wanted.serviceClasses(), wanted.sessionTypes(), wanted.services(), routers);
    }
}
