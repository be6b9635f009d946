package org.wgjvm.router.config;

import java.util.List;

/** An element of the configuration that its siblings are told apart from by name. */
public interface Named {
    /** The name, unique among siblings of the kind. */
    String name();

    /** The one of that name, or null. */
    static <T extends Named> T find(List<T> among, String name) {
        for (final T each : among) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        return null;
    }
}
