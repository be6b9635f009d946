package org.wgjvm.core.noise;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.wgjvm.crypto.PublicKey;

/** The memory behind an object's fields in which it keeps secrets, to see later whether it was wiped. */
final class Secrets {
    private final List<byte[]> arrays = new ArrayList<>();
    private final List<MemorySegment> segments = new ArrayList<>();

    /** Everything that {@code root} reaches through objects of ours, but for public keys, and for identities inside others. */
    static Secrets of(Object root) {
        final Secrets found = new Secrets();
        found.visit(root, Collections.newSetFromMap(new IdentityHashMap<>()), true);
        return found;
    }

    private void visit(Object object, Set<Object> seen, boolean root) {
        final boolean skip = object == null || object instanceof PublicKey || object instanceof MacKeys
                || object instanceof Enum || object instanceof StaticIdentity && !root;
        if (skip || !seen.add(object)) {
            return;
        }
        if (object instanceof byte[] array) {
            arrays.add(array);
        } else if (object instanceof MemorySegment segment) {
            segments.add(segment);
        } else if (object.getClass().getName().startsWith("org.wgjvm.") && !object.getClass().isSynthetic()) {
            for (Field field : object.getClass().getDeclaredFields()) {
                // The public half of an identity, and the public ephemeral of the other side, are no secrets.
                if (!Modifier.isStatic(field.getModifiers()) && !field.getName().equals("publicBytes")
                        && !field.getName().equals("remoteEphemeral")) {
                    visit(valueOf(field, object), seen, false);
                }
            }
        }
    }

    private static Object valueOf(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** How many places hold something other than zero. */
    int alive() {
        int n = 0;
        for (byte[] array : arrays) {
            n += isZero(MemorySegment.ofArray(array)) ? 0 : 1;
        }
        for (MemorySegment segment : segments) {
            n += isZero(segment) ? 0 : 1;
        }
        return n;
    }

    private static boolean isZero(MemorySegment segment) {
        for (long i = 0; i < segment.byteSize(); i++) {
            if (segment.get(ValueLayout.JAVA_BYTE, i) != 0) {
                return false;
            }
        }
        return true;
    }
}
