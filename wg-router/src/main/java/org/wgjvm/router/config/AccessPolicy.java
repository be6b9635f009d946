package org.wgjvm.router.config;

import org.wgjvm.core.routing.IpPrefix;

/**
 * One line of who may use a service: sources of a tenant, of a prefix, or of a tenant within a prefix.
 *
 * @param key the name of the entry, which is the source unless the configuration says otherwise
 * @param tenant a tenant, children included, or null for any
 * @param prefix source addresses, or null for any; never both null
 * @param allow whether they may, or may not
 */
public record AccessPolicy(String key, String tenant, IpPrefix prefix, boolean allow) implements Named {
    @Override
    public String name() {
        return key;
    }

    /** As written: {@code tenant}, {@code prefix} or {@code tenant@prefix}. */
    public String source() {
        return tenant == null ? prefix.toString() : prefix == null ? tenant : tenant + "@" + prefix;
    }
}
