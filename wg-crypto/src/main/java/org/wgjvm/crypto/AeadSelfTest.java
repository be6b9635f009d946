package org.wgjvm.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The known-answer test that an implementation of {@link Aead} must pass before it is chosen: RFC 8439, appendix A.5 in the handshake's
 * shape, and in the data path's shapes batches of all manner of lengths against {@link ScalarAead}, forgeries included.
 */
final class AeadSelfTest {
    private static final byte[] KEY = hex("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0");
    private static final long COUNTER = 0x0807060504030201L;
    private static final byte[] DATA = hex("f33388860000000000004e91");
    private static final byte[] SEALED =
            hex(
                    "64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c"
                            + "8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f03b7f"
                            + "355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b350638"
                            + "3606907b6a7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7"
                            + "f83fa1155b0047718cbc546a0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a10"
                            + "73a6727627097a1049e617d91d361094fa68f0ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709b"
                            + "eead9d67890cbb22392336fea1851f38");
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 48, 63, 64, 65, 80, 112, 127, 128, 129, 240, 255, 256, 257, 592, 1024, 1420};

    private AeadSelfTest() {}

    /** What is wrong with {@code aead}, or null when nothing is. It runs each kernel a few times, which begins to warm it up. */
    static String failure(Aead aead) {
        final byte[] plain = new byte[SEALED.length - Aead.TAG_LENGTH];
        if (!aead.open(KEY, COUNTER, DATA, SEALED, 0, SEALED.length, plain, 0)) {
            return "RFC 8439 A.5 does not open";
        }
        final byte[] sealed = new byte[SEALED.length];
        aead.seal(KEY, COUNTER, DATA, plain, 0, plain.length, sealed, 0);
        if (!Arrays.equals(sealed, SEALED)) {
            return "RFC 8439 A.5 does not seal";
        }
        final Aead reference = new ScalarAead();
        try (AeadKey one = new AeadKey(KEY, 0);
                AeadKey other = new AeadKey(SEALED, 7)) {
            for (int n = 1; n <= LENGTHS.length; n += 7) {
                final String wrong = batch(aead, reference, new AeadKey[] {one, n > 8 ? other : one}, n);
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        return null;
    }

    private static String batch(Aead aead, Aead reference, AeadKey[] keys, int n) {
        final int room = 1500;
        final MemorySegment slab = Arena.ofAuto().allocate((long) n * room);
        final byte[] expected = new byte[room];
        final byte[] plain = new byte[room];
        for (int i = 0; i < room; i++) {
            plain[i] = (byte) (i * 31 + (i >>> 5));
        }
        final AeadBatch batch = new AeadBatch(n);
        for (int i = 0; i < n; i++) {
            MemorySegment.copy(plain, i, slab, ValueLayout.JAVA_BYTE, (long) i * room, length(i, n));
            batch.add(keys[i & 1], counter(i), slab, (long) i * room, length(i, n), slab, (long) i * room);
        }
        aead.seal(batch);
        batch.clear();
        for (int i = 0; i < n; i++) {
            final int length = length(i, n);
            reference.seal(keys[i & 1], counter(i), MemorySegment.ofArray(plain), i, length, MemorySegment.ofArray(expected), 0);
            final MemorySegment sealed = slab.asSlice((long) i * room, length + Aead.TAG_LENGTH);
            if (sealed.mismatch(MemorySegment.ofArray(expected).asSlice(0, length + Aead.TAG_LENGTH)) >= 0) {
                return "sealing " + length + " bytes, packet " + i + " of " + n;
            }
            if (i % 5 == 4) {
                // Forged in the tag or in the ciphertext.
                final long at = i % 2 == 0 ? length + 3 : length / 2;
                sealed.set(ValueLayout.JAVA_BYTE, at, (byte) (sealed.get(ValueLayout.JAVA_BYTE, at) ^ 0x40));
            }
            batch.add(keys[i & 1], counter(i), slab, (long) i * room, length + Aead.TAG_LENGTH, slab, (long) i * room);
        }
        aead.open(batch);
        for (int i = 0; i < n; i++) {
            final boolean genuine = i % 5 != 4;
            final MemorySegment opened = slab.asSlice((long) i * room, length(i, n));
            final boolean same = opened.mismatch(MemorySegment.ofArray(plain).asSlice(i, length(i, n))) < 0;
            if (batch.verified(i) != genuine || genuine && !same) {
                return "opening " + length(i, n) + " bytes, packet " + i + " of " + n;
            }
        }
        return null;
    }

    private static int length(int i, int n) {
        return LENGTHS[(i * 5 + n) % LENGTHS.length];
    }

    private static long counter(int i) {
        return 0x1_0000_0000L * i + 0xffff_fff0L + i;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
