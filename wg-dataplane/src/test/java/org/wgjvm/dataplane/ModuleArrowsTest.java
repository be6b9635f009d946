package org.wgjvm.dataplane;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the modules point one way, and the protocol stays sans I/O: what docs/architecture.md says, held by a test. */
final class ModuleArrowsTest {
    /** wg-core's tests are an artifact too, the simulator, and then come in a jar that the first option does not know for tests. */
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.wgjvm");

    /** Every other rule here would hold for an empty module, so each module must be seen. */
    @ParameterizedTest
    @ValueSource(strings = {"crypto", "core", "sys", "tun", "transport"})
    void theModuleIsLookedAt(String module) {
        assertTrue(OURS.stream().anyMatch(resideInAnyPackage(packagesOf(module))), module + " has no class on the class path");
    }

    @ParameterizedTest(name = "{0} uses, of ours, only: {1}")
    @CsvSource({
        "crypto,",
        "core, crypto",
        "sys,",
        "tun, crypto core sys",
        "transport, crypto core sys",
        "dataplane, crypto core sys tun transport",
    })
    void arrowsPointOneWay(String module, String allowed) {
        final String[] allowedModules = allowed == null ? new String[0] : allowed.split(" ");
        final String[] allowedPackages = Arrays.stream(allowedModules).map(ModuleArrowsTest::packagesOf).toArray(String[]::new);
        final DescribedPredicate<JavaClass> foreign = describe(
                "another module of ours",
                c -> resideInAnyPackage("org.wgjvm..").test(c)
                        && !resideInAnyPackage(packagesOf(module)).test(c)
                        && !resideInAnyPackage(allowedPackages).test(c));
        noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .dependOnClassesThat(foreign)
                .allowEmptyShould(true)
                .check(OURS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crypto", "core"})
    void theProtocolHasNoSocketNoThreadAndNoNetty(String module) {
        noClasses()
                .that()
                .resideInAPackage(packagesOf(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "java.nio.channels..", "java.nio.file..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.net\\.(Multicast|Server|Datagram)?Socket")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.concurrent\\.(.*Executor.*|.*Pool|Timer)")
                .check(OURS);
    }

    @Test
    void theProtocolReadsNoClockAndDrawsNoRandomness() {
        final Set<String> clocksAndDice = Set.of(
                "java.lang.System.nanoTime",
                "java.lang.System.currentTimeMillis",
                "java.time.Instant.now",
                "java.time.Clock.systemUTC",
                "java.lang.Math.random");
        final DescribedPredicate<JavaAccess<?>> clockOrDice = describe("a clock or randomness", a -> {
            final String owner = a.getTargetOwner().getName();
            return clocksAndDice.contains(owner + "." + a.getName())
                    || owner.equals("java.security.SecureRandom")
                    || owner.equals("java.util.Random")
                    || owner.equals("java.util.concurrent.ThreadLocalRandom");
        });
        noClasses().that().resideInAPackage(packagesOf("core")).should().accessTargetWhere(clockOrDice).check(OURS);
    }

    private static String packagesOf(String module) {
        return "org.wgjvm." + module + "..";
    }
}
