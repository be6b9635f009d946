package org.wgjvm.router.config;

import java.util.List;

/**
 * A tenant. {@code child.parent} names a child: what its parent may use, it may use too.
 *
 * @param name such as {@code engineering} or {@code lab.engineering}
 * @param description or null
 * @param members which source addresses are this tenant's, by neighborhood
 * @param generated whether a commit made it
 */
public record Tenant(String name, String description, List<TenantMember> members, boolean generated) implements Named {
    /** Copies the list. */
    public Tenant {
        members = List.copyOf(members);
    }

    /** The parent's name, or null at the top. */
    public String parentName() {
        final int dot = name.indexOf('.');
        return dot < 0 ? null : name.substring(dot + 1);
    }
}
