package org.wgjvm.router.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.router.config.ConfigError.Path;

/** Finds what cannot be committed in a model whose every value is well-formed: what is missing, ambiguous, taken or refers to nothing. */
final class Validator {
    /** What was found: errors stop a commit, warnings do not. */
    record Findings(List<ConfigError> errors, List<ConfigError> warnings) {}

    private final Authority authority;
    private final CommitSurroundings around;
    private final ConfigNode text;
    private final List<ConfigError> errors = new ArrayList<>();
    private final List<ConfigError> warnings = new ArrayList<>();

    private Validator(Authority authority, CommitSurroundings around, ConfigNode text) {
        this.authority = authority;
        this.around = around;
        this.text = text;
    }

    /** Validates {@code authority}, generated elements included; {@code text} is what it was read from, for the lines. */
    static Findings validate(Authority authority, CommitSurroundings around, ConfigNode text) {
        final Validator validator = new Validator(authority, around, text);
        validator.all();
        return new Findings(List.copyOf(validator.errors), List.copyOf(validator.warnings));
    }

    private void all() {
        final Path top = Path.of("authority");
        members(top);
        for (final Tenant tenant : authority.tenants()) {
            if (tenant.parentName() != null && authority.tenant(tenant.parentName()) == null) {
                error(top.then("tenant " + tenant.name()), tenant.parentName(), "there is no such tenant to be the parent");
            }
        }
        for (final SessionType type : authority.sessionTypes()) {
            if (!type.generated()) {
                serviceClass(type.serviceClass(), top.then("session-type " + type.name()));
            }
        }
        for (final Service service : authority.services()) {
            final Path path = top.then("service " + service.name());
            if (service.addresses().isEmpty()) {
                error(path, null, "address is missing");
            }
            policies(service.accessPolicies(), path);
        }
        for (final Router router : authority.routers()) {
            new RouterChecks(this, router, top.then("router " + router.name())).all();
        }
    }

    /** An address of a neighborhood has one tenant. */
    private void members(Path top) {
        final Map<String, Map<IpPrefix, String>> owners = new HashMap<>();
        for (final Tenant tenant : authority.tenants()) {
            for (final TenantMember member : tenant.members()) {
                for (final IpPrefix address : member.addresses()) {
                    final String other = owners.computeIfAbsent(member.neighborhood(), n -> new HashMap<>())
                            .putIfAbsent(address, tenant.name());
                    if (other != null) {
                        error(
                                top.then("tenant " + tenant.name()).then("member " + member.neighborhood()).then("address"),
                                address.toString(),
                                "is a member of tenant " + other + " already");
                    }
                }
            }
        }
    }

    Authority authority() {
        return authority;
    }

    CommitSurroundings around() {
        return around;
    }

    void error(Path path, String value, String reason) {
        errors.add(new ConfigError(text.lineOf(path), path, value, reason));
    }

    void warning(Path path, String value, String reason) {
        warnings.add(new ConfigError(text.lineOf(path), path, value, reason));
    }

    void serviceClass(String name, Path path) {
        if (name != null && authority.serviceClass(name) == null) {
            error(path.then("service-class"), name, "there is no such service-class");
        }
    }

    /** A tenant that is not configured admits nobody: that may be meant, while a configuration grows. */
    void policies(List<AccessPolicy> policies, Path path) {
        for (final AccessPolicy policy : policies) {
            if (policy.tenant() != null && authority.tenant(policy.tenant()) == null) {
                warning(path.then("access-policy " + policy.key()), policy.tenant(), "there is no such tenant yet");
            }
        }
    }
}
