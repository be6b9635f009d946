package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A kernel and all that is inlined into it must stay below what the JIT inlines into one method: around a call beyond that every vector
 * becomes an object, and nothing but the speed says so.
 */
final class KernelSizeTest {
    /** DesiredMethodLimit of the JIT, which no flag changes. */
    private static final int LIMIT = 8000;

    private static final Set<String> OPERATIONS = Set.of("org/wgjvm/crypto/IntOps", "org/wgjvm/crypto/LongOps");

    /** What the operations themselves are made of, and who asks whether they are there. */
    private static final Set<String> LAYERS = Set.of(
            "org/wgjvm/crypto/IntOps", "org/wgjvm/crypto/LongOps", "org/wgjvm/crypto/Ints", "org/wgjvm/crypto/Longs",
            "org/wgjvm/crypto/Aeads");

    private static final Pattern EARLY = Pattern.compile("-XX:CompileCommand=CompileThresholdScaling,(.*),0\\.003");

    @ParameterizedTest
    @ValueSource(classes = {
        ChaChaLanes.class, ChaChaPairs.class, LaneRows.class, PolyBlocks.class, PolyLanes.class, Transpose.class, X25519Lanes.class
    })
    void kernelsAreInlinedWhole(Class<?> kernels) throws IOException {
        final Map<String, Integer> operations = OPERATIONS.stream()
                .flatMap(name -> code(model(name)).stream().map(c -> Map.entry(name + "." + signature(c), c.codeLength())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        int called = 0;
        for (final CodeAttribute kernel : code(model(kernels.getName().replace('.', '/')))) {
            int bytes = kernel.codeLength();
            for (final var element : kernel.elementList()) {
                if (element instanceof InvokeInstruction call && OPERATIONS.contains(call.owner().asInternalName())) {
                    bytes += operations.get(
                            call.owner().asInternalName() + "." + call.name().stringValue() + call.type().stringValue());
                    called++;
                }
            }
            assertTrue(bytes < LIMIT, signature(kernel) + " with what it calls has " + bytes + " bytes");
        }
        assertTrue(called > 0, "no kernel");
    }

    /** One that is not asked for is left to the first compiler until it is hot, and that has no vectors: each operation is a loop there. */
    @Test
    void everyMethodWithVectorsIsCompiledEarly() throws IOException {
        final List<String> early = flags().stream()
                .map(EARLY::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1))
                .toList();
        int methods = 0;
        for (final String name : classes()) {
            if (LAYERS.contains(name)) {
                continue;
            }
            for (final MethodModel method : model(name).methods()) {
                final boolean uses = method.code().stream().flatMap(c -> c.elementList().stream())
                        .anyMatch(e -> e instanceof InvokeInstruction call && OPERATIONS.contains(call.owner().asInternalName()));
                final String owner = name.replace('/', '.');
                // Static and instance initializers run once.
                if (uses && !method.methodName().stringValue().startsWith("<")) {
                    methods++;
                    assertTrue(early.contains(owner + "::*") || early.contains(owner + "::" + method.methodName().stringValue()),
                            owner + "::" + method.methodName().stringValue() + " is not among " + early);
                }
            }
        }
        assertTrue(methods > 20, methods + " methods");
    }

    /** Whoever waits may be the event loop, and the JIT's thread may get no time for seconds. */
    @Test
    void nobodyWaitsForTheJit() {
        assertTrue(flags().stream().anyMatch(f -> EARLY.matcher(f).matches()), "these are not the flags of jvm.flags: " + flags());
        assertEquals(List.of(), flags().stream().filter(f -> f.contains("BackgroundCompilation") || f.equals("-Xbatch")).toList());
    }

    private static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /** The classes of this module, as the class file format has their names. */
    private static List<String> classes() throws IOException {
        final Path root = Path.of(URI.create(IntOps.class.getProtectionDomain().getCodeSource().getLocation().toString()));
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(f -> root.relativize(f).toString())
                    .filter(f -> f.endsWith(".class") && !f.equals("module-info.class"))
                    .map(f -> f.substring(0, f.length() - ".class".length()))
                    .toList();
        }
    }

    private static ClassModel model(String name) {
        try (var in = KernelSizeTest.class.getResourceAsStream("/" + name + ".class")) {
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<CodeAttribute> code(ClassModel model) {
        return model.methods().stream().flatMap(m -> m.findAttribute(java.lang.classfile.Attributes.code()).stream()).toList();
    }

    private static String signature(CodeAttribute code) {
        final MethodModel method = code.parent().orElseThrow();
        return method.methodName().stringValue() + method.methodType().stringValue();
    }
}
