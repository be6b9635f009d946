package org.wgjvm.hub;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrow from the hub to the data plane points one way, and so do those between its own packages. */
final class HubArrowsTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.wgjvm");
    private static final Set<String> BELOW = Set.of("crypto", "core", "sys", "tun", "transport", "dataplane");

    @ParameterizedTest
    @ValueSource(strings = {"crypto", "core", "sys", "tun", "transport", "dataplane"})
    void nothingBelowKnowsTheHub(String module) {
        assertTrue(OURS.stream().anyMatch(resideInAnyPackage("org.wgjvm." + module + "..")), module + " has no class on the class path");
        noClasses().that().resideInAPackage("org.wgjvm." + module + "..").should().dependOnClassesThat()
                .resideInAPackage("org.wgjvm.hub..").check(OURS);
    }

    @Test
    void theHubKnowsOfOursOnlyWhatIsBelowIt() {
        noClasses().that().resideInAPackage("org.wgjvm.hub..").should().dependOnClassesThat(describe(
                "a module of ours that is not below the hub",
                c -> c.getPackageName().startsWith("org.wgjvm.")
                        && !c.getPackageName().startsWith("org.wgjvm.hub")
                        && BELOW.stream().noneMatch(m -> c.getPackageName().startsWith("org.wgjvm." + m))))
                .check(OURS);
    }

    @Test
    void whoSpeaksToEtcdIsOneClassAndWhoConfiguresItAnother() {
        noClasses().that().haveNameNotMatching(".*\\.(EtcdStore|EtcdOptions)(\\$.*)?")
                .and().resideInAPackage("org.wgjvm..").should().dependOnClassesThat()
                .resideInAnyPackage("io.etcd..", "io.grpc..", "io.vertx..").check(OURS);
    }

    @ParameterizedTest(name = "{0} uses, of the hub, only: {1}")
    @CsvSource({
        "port,",
        "state, port",
        "machine, port",
        "share, port state",
        "agent, port state machine share",
        "http, port state agent",
        "neutron, port state agent http",
        "page, port agent http",
    })
    void withinTheHubToo(String part, String allowed) {
        final String[] known = allowed == null ? new String[0] : allowed.split(" ");
        noClasses().that().resideInAPackage("org.wgjvm.hub." + part + "..").should().dependOnClassesThat(describe(
                "another part of the hub",
                c -> c.getPackageName().startsWith("org.wgjvm.hub.")
                        && !c.getPackageName().startsWith("org.wgjvm.hub." + part)
                        && Arrays.stream(known).noneMatch(k -> c.getPackageName().startsWith("org.wgjvm.hub." + k))))
                .allowEmptyShould(true)
                .check(OURS);
    }
}
