package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import jdk.internal.vm.vector.VectorSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ladder runs, in this JVM and in ones with other flags. */
class X25519LadderTest {
    private static final String EXPORT =
            "--add-exports=java.base/jdk.internal.vm.vector=ALL-UNNAMED --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED ";
    private static final String VECTORS = "-XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport " + EXPORT;

    /** 1000 iterations of RFC 7748, section 5.2. */
    private static final String THOUSAND = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51";

    /** Run in a JVM of its own: warms up, iterates, and says which ladder it was. */
    public static void main(String[] args) {
        X25519.warmUpTask().run();
        byte[] k = new byte[32];
        k[0] = 9;
        byte[] u = k.clone();
        for (int i = 0; i < 1000; i++) {
            final byte[] out = new byte[32];
            X25519.scalarMult(out, k, u);
            u = k;
            k = out;
        }
        System.out.println(X25519.ladder().label() + " " + HexFormat.of().formatHex(k));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--enable-native-access=ALL-UNNAMED",
                VECTORS + "--illegal-native-access=deny",
                VECTORS + "--enable-native-access=ALL-UNNAMED -XX:MaxVectorSize=32",
                EXPORT + "--enable-native-access=ALL-UNNAMED",
            })
    void withoutTheFlagsNativeAccessOrVectorsOf512BitsItIsTheScalarOne(String flags) throws Exception {
        assertEquals("scalar " + THOUSAND, AeadsTest.run(X25519LadderTest.class, List.of(flags.split(" ")), "", 0));
    }

    @Test
    void theVectorsAreAvailableWhereTheProcessorHasThem() {
        assertEquals(VectorSupport.getMaxLaneCount(long.class) >= 8, X25519Ladder.VECTOR.isAvailable());
    }

    /** Whichever ladder an agreement meets, the bytes are the same: before the change-over and after. */
    @Test
    void warmingUpChangesNothing() throws InterruptedException {
        assertEquals(X25519Ladder.SCALAR, X25519.ladder());
        final Runnable warmUp = X25519.warmUpTask();
        assertNull(X25519.warmUpTask(), "it is given out once");
        final Thread background = new Thread(warmUp);
        background.setDaemon(true);
        background.start();
        final Random random = new Random(7);
        int after = 0;
        for (int n = 0; background.isAlive() || after++ < 100; n++) {
            final byte[] scalar = new byte[32];
            final byte[] point = new byte[32];
            random.nextBytes(scalar);
            random.nextBytes(point);
            final byte[] scalars = new byte[32];
            X25519.scalarMult(X25519Ladder.SCALAR, scalars, scalar, point);
            // In place, as the interface allows.
            X25519.scalarMult(point, scalar, point);
            assertArrayEquals(scalars, point, "after " + n);
        }
        background.join();
    }
}
