package org.wgjvm.router.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, and everything that is known to be wrong with it. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigError> errors;

    /** At least one error. */
    public ConfigException(List<ConfigError> errors) {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")));
        this.errors = List.copyOf(errors);
    }

    ConfigException(ConfigError error) {
        this(List.of(error));
    }

    /** What is wrong. */
    public List<ConfigError> errors() {
        return errors;
    }
}
