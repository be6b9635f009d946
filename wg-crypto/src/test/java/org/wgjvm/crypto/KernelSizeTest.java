package org.wgjvm.crypto;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
