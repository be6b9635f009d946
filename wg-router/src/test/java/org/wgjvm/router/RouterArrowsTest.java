package org.wgjvm.router;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrow from the router to the data plane points one way, and within the router nothing but the model is known to all. */
final class RouterArrowsTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.wgjvm");
    private static final Set<String> BELOW = Set.of("crypto", "core", "sys", "tun", "transport", "dataplane");

    @ParameterizedTest
    @ValueSource(strings = {"crypto", "core", "sys", "tun", "transport", "dataplane"})
    void nothingBelowKnowsTheRouter(String module) {
        assertTrue(OURS.stream().anyMatch(resideInAnyPackage("org.wgjvm." + module + "..")), module + " has no class on the class path");
        noClasses().that().resideInAPackage("org.wgjvm." + module + "..").should().dependOnClassesThat()
                .resideInAPackage("org.wgjvm.router..").check(OURS);
    }

    @Test
    void theRouterKnowsOfOursOnlyWhatIsBelowIt() {
        noClasses().that().resideInAPackage("org.wgjvm.router..").should().dependOnClassesThat(describe(
                "a module of ours that is not below the router",
                c -> c.getPackageName().startsWith("org.wgjvm.")
                        && !c.getPackageName().startsWith("org.wgjvm.router")
                        && BELOW.stream().noneMatch(m -> c.getPackageName().startsWith("org.wgjvm." + m))))
                .check(OURS);
    }

    @Test
    void theModelKnowsNoOtherPartOfTheRouter() {
        noClasses().that().resideInAPackage("org.wgjvm.router.config..").should().dependOnClassesThat()
                .resideInAnyPackage(
                        "org.wgjvm.router.plane..", "org.wgjvm.router.profile..", "org.wgjvm.router.show..", "org.wgjvm.router.metrics..",
                        "org.wgjvm.router.cli..")
                .check(OURS);
    }
}
