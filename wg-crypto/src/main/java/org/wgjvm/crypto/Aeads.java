package org.wgjvm.crypto;

import java.util.Locale;

/**
 * Chooses the {@link Aead} implementation of this process, once: the first of {@code vector}, {@code scalar}, {@code jca} and {@code bc}
 * that this JVM can load and that passes its known-answer test.
 *
 * <p>The system property {@code wgjvm.aead}, or else the environment variable {@code WGJVM_AEAD}, names one of them to be used instead; it
 * must then work. {@code vector} needs {@code --add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED} and
 * {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}, and either
 * {@code -XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport -XX:+EnableVectorReboxing -XX:+EnableVectorAggressiveReboxing} or
 * {@code --add-modules jdk.incubator.vector}, which implies them; a JVM starts sooner with the former ({@link Longs}).
 */
public final class Aeads {
    private static final String PROPERTY = "wgjvm.aead";
    private static final String VARIABLE = "WGJVM_AEAD";

    private Aeads() {}

    /** Makes instances of one implementation. */
    private interface Maker {
        Aead make();
    }

    private enum Kind implements Maker {
        VECTOR {
            @Override
            public Aead make() {
                return new VectorAead();
            }
        },
        SCALAR {
            @Override
            public Aead make() {
                return new ScalarAead();
            }
        },
        JCA {
            @Override
            public Aead make() {
                return new JcaAead();
            }
        },
        BC {
            @Override
            public Aead make() {
                return new BouncyCastleAead();
            }
        };

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The choice, made when first asked for. */
    private static final class Choice {
        static final Kind KIND;
        static final String DESCRIPTION;

        static {
            final StringBuilder log = new StringBuilder();
            Kind chosen = null;
            final String asked = asked();
            for (Kind kind : Kind.values()) {
                if (chosen != null || asked != null && !asked.equals(kind.label())) {
                    continue;
                }
                final String failure = failure(kind);
                if (failure == null) {
                    chosen = kind;
                } else {
                    log.append("; not ").append(kind.label()).append(": ").append(failure);
                }
            }
            if (chosen == null) {
                throw new IllegalStateException(
                        "no ChaCha20-Poly1305 implementation" + (asked == null ? "" : " called '" + asked + "'") + log);
            }
            KIND = chosen;
            DESCRIPTION = chosen.make().name() + (asked == null ? "" : " (asked for)") + log;
        }

        private Choice() {}
    }

    /** A new instance of the chosen implementation, for the calling thread. */
    public static Aead create() {
        return Choice.KIND.make();
    }

    /** The implementation chosen and why not a faster one, for logs: {@code vector-512}, {@code scalar; not vector: ...}. */
    public static String describe() {
        return Choice.DESCRIPTION;
    }

    /**
     * A new instance of a given implementation, for comparisons.
     *
     * @param name {@code vector}, {@code scalar}, {@code jca} or {@code bc}; anything else throws {@link IllegalArgumentException}
     */
    public static Aead create(String name) {
        return Kind.valueOf(name.toUpperCase(Locale.ROOT)).make();
    }

    /** Whether somebody asked for an implementation by name. */
    static boolean isAskedFor() {
        return asked() != null;
    }

    private static String asked() {
        final String property = System.getProperty(PROPERTY);
        final String value = property != null ? property : System.getenv(VARIABLE);
        return value == null || value.isBlank() ? null : value.strip().toLowerCase(Locale.ROOT);
    }

    /** Why {@code kind} cannot be used, or null. Whatever loading it throws is such a reason: the module may not be there. */
    private static String failure(Kind kind) {
        try {
            return AeadSelfTest.failure(kind.make());
        } catch (LinkageError e) {
            return kind == Kind.VECTOR ? missing(e) : e.toString();
        } catch (RuntimeException e) {
            return e.toString();
        }
    }

    private static String missing(LinkageError e) {
        if (!VectorFlag.isSet()) {
            return "no -XX:+EnableVectorSupport and no --add-modules jdk.incubator.vector";
        }
        for (String internals : new String[] {"jdk.internal.vm.vector", "jdk.internal.misc"}) {
            if (!Object.class.getModule().isExported(internals, Aeads.class.getModule())) {
                return "no --add-exports java.base/" + internals + "=ALL-UNNAMED";
            }
        }
        return e.toString();
    }
}
