package org.wgjvm.router.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.wgjvm.router.config.Transport.PortRange;

/**
 * Writes the text form of a model: what {@link TextReader} reads, with nothing left out but what is the default. Preshared keys included.
 */
final class TextWriter {
    private static final int VALUE_COLUMN = 21;

    private final Appendable out;
    private int depth;

    private TextWriter(Appendable out) {
        this.out = out;
    }

    /** The whole configuration as text. A secret when peers have preshared keys. */
    static String write(Authority authority) {
        final StringBuilder text = new StringBuilder();
        write(authority, text);
        return text.toString();
    }

    static void write(Authority authority, Appendable out) {
        final TextWriter writer = new TextWriter(out);
        writer.open("config");
        writer.open("authority");
        authority.tenants().forEach(writer::tenant);
        authority.serviceClasses().forEach(writer::serviceClass);
        authority.sessionTypes().forEach(writer::sessionType);
        authority.services().forEach(writer::service);
        authority.routers().forEach(new RouterWriter(writer)::router);
        writer.close();
        writer.close();
    }

    private void tenant(Tenant tenant) {
        openNamed("tenant", tenant.name());
        leaf("description", tenant.description());
        generated(tenant.generated());
        for (final TenantMember member : tenant.members()) {
            open("member", member.neighborhood());
            leaf("neighborhood", member.neighborhood());
            member.addresses().forEach(address -> leaf("address", address));
            generated(member.generated());
            close();
        }
        close();
    }

    private void serviceClass(ServiceClass serviceClass) {
        openNamed("service-class", serviceClass.name());
        leaf("dscp", serviceClass.dscp());
        close();
    }

    private void sessionType(SessionType type) {
        openNamed("session-type", type.name());
        leaf("service-class", type.serviceClass());
        leaf("timeout", type.timeoutMs());
        generated(type.generated());
        type.transports().forEach(this::transport);
        close();
    }

    private void service(Service service) {
        openNamed("service", service.name());
        leaf("description", service.description());
        if (!service.enabled()) {
            leaf("enabled", false);
        }
        if (service.scope() == Service.Scope.PUBLIC) {
            leaf("scope", "public");
        }
        service.addresses().forEach(address -> leaf("address", address));
        generated(service.generated());
        service.transports().forEach(this::transport);
        service.accessPolicies().forEach(this::accessPolicy);
        close();
    }

    private void transport(Transport transport) {
        open("transport", transport.protocol().keyword());
        leaf("protocol", transport.protocol().keyword());
        for (final PortRange range : transport.ports()) {
            open("port-range", Integer.toString(range.first()));
            leaf("start-port", range.first());
            leaf("end-port", range.last());
            close();
        }
        close();
    }

    void accessPolicy(AccessPolicy policy) {
        open("access-policy", policy.key());
        leaf("source", policy.source());
        leaf("permission", policy.allow() ? "allow" : "deny");
        close();
    }

    void generated(boolean generated) {
        if (generated) {
            leaf("generated", true);
        }
    }

    void openNamed(String keyword, String name) {
        open(keyword, name);
        leaf("name", name);
    }

    void open(String keyword, String... keys) {
        final StringBuilder line = new StringBuilder(keyword);
        for (final String key : keys) {
            pad(line).append(word(key));
        }
        line(line);
        depth++;
    }

    void close() {
        depth--;
        line("exit");
    }

    /** A leaf, left out when the value is null. */
    void leaf(String keyword, Object value) {
        if (value != null) {
            line(pad(new StringBuilder(keyword)).append(word(value.toString())));
        }
    }

    private static StringBuilder pad(StringBuilder line) {
        return line.append(" ".repeat(Math.max(1, VALUE_COLUMN - line.length())));
    }

    static String word(String text) {
        boolean plain = !text.isEmpty() && text.charAt(0) != '#';
        for (int i = 0; i < text.length() && plain; i++) {
            final char c = text.charAt(i);
            plain = c > ' ' && c != '"' && !Character.isISOControl(c);
        }
        if (plain) {
            return text;
        }
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t") + '"';
    }

    private void line(CharSequence text) {
        try {
            out.append("  ".repeat(depth)).append(text).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
