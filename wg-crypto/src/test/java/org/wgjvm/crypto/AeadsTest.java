package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice of implementation, in this JVM and in ones with other flags. */
class AeadsTest {
    /** What {@link #main} prints when the cipher it got works. */
    private static final String WORKS = "works: ";

    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    /** What the module's presence implies, by itself. */
    static final List<String> VECTORS = List.of(
            "-XX:+UnlockExperimentalVMOptions", "-XX:+EnableVectorSupport", "-XX:+EnableVectorReboxing",
            "-XX:+EnableVectorAggressiveReboxing");

    private static final String VECTOR_EXPORT = "--add-exports=java.base/jdk.internal.vm.vector=ALL-UNNAMED";
    private static final String MISC_EXPORT = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

    /** Run in a JVM of its own: describes the choice, and tests it. */
    public static void main(String[] args) {
        final String failure = AeadSelfTest.failure(Aeads.create());
        System.out.println(failure == null ? WORKS + Aeads.describe() : failure);
    }

    @Test
    void vectorsAreChosenWhereTheFlagsAre() {
        assertTrue(Aeads.create().name().startsWith("vector-"), Aeads.describe());
        assertTrue(Aeads.describe().startsWith("vector-"), Aeads.describe());
    }

    @Test
    void unknownNamesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Aeads.create("rot13"));
    }

    @Test
    void withoutTheFlagTheFallbackRunsAndSaysWhy() throws Exception {
        final String why = WORKS + "scalar; not vector: no -XX:+EnableVectorSupport and no --add-modules jdk.incubator.vector";
        assertEquals(why, run(List.of(), "", 0));
        assertEquals(why, run(List.of(VECTOR_EXPORT, MISC_EXPORT, "--enable-native-access=ALL-UNNAMED"), "", 0));
        assertEquals(why, run(List.of(VECTOR_EXPORT, MISC_EXPORT, "-XX:+UnlockExperimentalVMOptions"), "", 0));
    }

    /** That there are vectors is not enough: what there is no instruction for would be right, and slow for ever. */
    @Test
    void theJitKnowsTheVectorsByEitherFlag() throws Exception {
        for (final List<String> flags : List.of(VECTORS, List.of(MODULE))) {
            final String out = run(with(flags, VECTOR_EXPORT, MISC_EXPORT, "--enable-native-access=ALL-UNNAMED"), "", 0);
            assertTrue(out.startsWith(WORKS + "vector-"), out);
        }
    }

    @Test
    void withoutTheIntrinsicsTheFallbackRunsAndSaysWhy() throws Exception {
        final String out = run(with(VECTORS, "--enable-native-access=ALL-UNNAMED"), "", 0);
        assertEquals(WORKS + "scalar; not vector: no --add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED", out);
        final String other = run(with(VECTORS, VECTOR_EXPORT, "--enable-native-access=ALL-UNNAMED"), "", 0);
        assertEquals(WORKS + "scalar; not vector: no --add-exports java.base/jdk.internal.misc=ALL-UNNAMED", other);
    }

    @Test
    void withoutNativeAccessTheFallbackRuns() throws Exception {
        final String out = run(with(VECTORS, VECTOR_EXPORT, MISC_EXPORT, "--illegal-native-access=deny"), "", 0);
        assertTrue(out.startsWith(WORKS + "scalar; not vector: "), out);
    }

    @ParameterizedTest
    @CsvSource({"-XX:MaxVectorSize=16,vector-128", "-XX:MaxVectorSize=32,vector-256"})
    void narrowerVectorsWork(String flag, String name) throws Exception {
        final String out = run(with(VECTORS, VECTOR_EXPORT, MISC_EXPORT, "--enable-native-access=ALL-UNNAMED", flag), "", 0);
        assertEquals(WORKS + name, out);
    }

    @ParameterizedTest
    @CsvSource({"jca", "bc", "scalar"})
    void theChoiceCanBeOverridden(String name) throws Exception {
        assertEquals(WORKS + name + " (asked for)", run(List.of("-Dwgjvm.aead=" + name), "", 0));
        assertEquals(WORKS + name + " (asked for)", run(List.of(), name, 0));
    }

    @Test
    void anOverrideThatDoesNotWorkIsAnError() throws Exception {
        assertTrue(run(List.of("-Dwgjvm.aead=vector"), "", 1).contains("no ChaCha20-Poly1305 implementation called 'vector'"));
    }

    /** Flags, and some more. */
    static List<String> with(List<String> flags, String... more) {
        final List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return all;
    }

    private static String run(List<String> flags, String variable, int exitCode) throws IOException, InterruptedException {
        return run(AeadsTest.class, flags, variable, exitCode);
    }

    /** What the {@code main} of a test prints in a JVM of its own. */
    static String run(Class<?> test, List<String> flags, String variable, int exitCode) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), test.getName()));
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("WGJVM_AEAD", variable);
        builder.redirectError(exitCode == 0 ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.PIPE);
        builder.redirectErrorStream(exitCode != 0);
        final Process process = builder.start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(exitCode, process.waitFor(), out);
        return out;
    }
}
