package org.wgjvm.router.config;

import java.util.List;
import java.util.Set;

/**
 * What came of a commit, or would come of it.
 *
 * @param number the version that was committed, or 0 when none was
 * @param committed what is in effect then, generated elements included
 * @param rejected routers that keep what they had, because their own part has errors
 * @param errors why
 * @param warnings what is allowed but hardly meant
 */
public record CommitReport(int number, Authority committed, Set<String> rejected, List<ConfigError> errors, List<ConfigError> warnings) {
    /** Copies the collections. */
    public CommitReport {
        rejected = Set.copyOf(rejected);
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }

    /** Whether nothing at all was wrong. */
    public boolean isClean() {
        return errors.isEmpty();
    }
}
