package org.wgjvm.router.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.wgjvm.core.routing.IpPrefix;

/** Which prefixes of different owners overlap, found in n log n. */
final class Overlaps<T> {
    private static final Comparator<IpPrefix> OUTER_FIRST = Comparator.comparing((IpPrefix p) -> p.v6())
            .thenComparing(IpPrefix::high, Long::compareUnsigned)
            .thenComparing(IpPrefix::low, Long::compareUnsigned)
            .thenComparingInt(IpPrefix::bits);

    /** A prefix and whose it is. */
    record Owned<T>(IpPrefix prefix, T owner) {}

    private final List<Owned<T>> all = new ArrayList<>();

    void add(IpPrefix prefix, T owner) {
        all.add(new Owned<>(prefix, owner));
    }

    /** Calls {@code found} with each prefix that lies within one of another owner, and with the innermost such one. */
    void forEach(BiConsumer<Owned<T>, Owned<T>> found) {
        all.sort(Comparator.comparing(Owned::prefix, OUTER_FIRST));
        final Deque<Owned<T>> around = new ArrayDeque<>();
        for (final Owned<T> each : all) {
            while (!around.isEmpty() && !contains(around.peek().prefix(), each.prefix())) {
                around.pop();
            }
            for (final Owned<T> outer : around) {
                if (!outer.owner().equals(each.owner())) {
                    found.accept(each, outer);
                    break;
                }
            }
            around.push(each);
        }
    }

    static boolean contains(IpPrefix outer, IpPrefix inner) {
        return outer.v6() == inner.v6()
                && outer.bits() <= inner.bits()
                && new IpPrefix(inner.v6(), inner.high(), inner.low(), outer.bits()).equals(outer);
    }

    static boolean overlap(IpPrefix a, IpPrefix b) {
        return contains(a, b) || contains(b, a);
    }
}
