package org.wgjvm.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PublicKey;

/** What well-formed configurations may not say: each is an error by path, of one router. */
final class ValidatorTest {
    private static final String P1 = "public-key cScVKF4nTbdDcGoZgbkNMRFhSEC0dVqdufIBBnCNvCk=";
    private static final String P2 = "public-key 4uXibv7XeeTxYhc5clp0G4cIYicvY03RQGxLwDNCCEY=";

    private static final CommitSurroundings AROUND = new CommitSurroundings() {
        @Override
        public PublicKey publicKey(String router, String profile) {
            return PublicKey.fromBase64("lV8egtiC8AKNh+DawkSM6G8t4x6BMFCsz8m48ToxHyA=");
        }

        @Override
        public String busy(String router, String profile, IpAddress address, int port) {
            return port == 53 ? "another program listens there" : null;
        }
    };

    private static CommitReport compile(String text) throws ConfigException {
        return new Compiler(Authority.EMPTY, AROUND).compile(TextReader.read(text));
    }

    private static List<String> errors(String text) throws ConfigException {
        return compile(text).errors().stream().map(ConfigError::toString).toList();
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(delimiter = '|', quoteCharacter = '`', resources = "wrong-profiles.csv")
    void inAProfile(String statements, String message) throws ConfigException {
        final String text = ConfigurationTest.twoRouters(statements.replace("P1", P1).replace("P2", P2).replace(';', '\n'));
        assertEquals(List.of(message.replace("W >", "authority > router r1 > wireguard-profile wg0 >")), errors(text));
        assertEquals(Set.of("r1"), compile(text).rejected());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "thirteenchars, 'the name of a profile has at most 12 characters, not 13'",
        "wg.0, 'the name of a profile has only A-Z a-z 0-9 _ and -'",
        "w/g, 'the name of a profile has only A-Z a-z 0-9 _ and -'",
    })
    void namesOfProfiles(String name, String reason) throws ConfigException {
        final String text = ConfigurationTest.twoRouters("").replaceAll("wireguard-profile wg0(?s)(.*)router r2", "wireguard-profile "
                + name + "$1router r2")
                .replaceFirst("wireguard-profile wg0", "wireguard-profile " + name);
        assertEquals(
                "line 4: authority > router r1 > wireguard-profile " + name + ": '" + name + "': " + reason, errors(text).getFirst());
        assertEquals(List.of(), errors(ConfigurationTest.twoRouters("").replace("wg0", "twelve-Ch_rs")));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvFileSource(delimiter = '|', quoteCharacter = '`', resources = "wrong-routers.csv")
    void inARouter(String pattern, String replacement, String message) throws ConfigException {
        final String text = ConfigurationTest.twoRouters("").replaceFirst(pattern, replacement.equals("<nothing>") ? ""
                : replacement.replace("\\n", "\n"));
        assertEquals(message.replace("R >", "authority > router r1 >"), errors(text).getFirst());
        assertEquals(Set.of("r1"), compile(text).rejected());
    }

    @Test
    void twoProfilesOnOneAddressAndPortAreRefused() throws ConfigException {
        final String text = ConfigurationTest.twoRouters(
                        "exit\nwireguard-profile wg1\nprivate-network\nneighborhood x\naddress 10.9.9.1/24\nexit")
                .replaceFirst("network-interface eth1-net", "network-interface eth2-net\ndhcp v4\nwireguard-profile wg0\nexit\n"
                        + "network-interface eth3-net\naddress 192.0.2.1\nwireguard-profile wg1\nexit\nexit\nnetwork-interface eth1-net");
        assertTrue(errors(text).stream().anyMatch(e -> e.contains(
                        "wg0 > port: '192.0.2.1 port 12800': is busy: wireguard-profile wg1 listens there")),
                errors(text).toString());
    }

    @Test
    void anAddressOfANeighborhoodHasOneTenant() throws ConfigException {
        final String tenants = "tenant a\nmember n\naddress 10.0.0.0/8\nexit\nexit\ntenant b\nmember n\naddress 10.0.0.0/8\nexit\nexit\n";
        assertEquals(
                List.of("line 10: authority > tenant b > member n > address: '10.0.0.0/8': is a member of tenant a already"),
                errors("config\nauthority\n" + tenants + "exit\nexit"));
    }

    @Test
    void tenThousandPeersAreValidated() throws ConfigException {
        final StringBuilder peers = new StringBuilder();
        for (int i = 1; i <= 10_000; i++) {
            final byte[] key = new byte[PublicKey.LENGTH];
            key[0] = (byte) i;
            key[1] = (byte) (i >> 8);
            peers.append("peer p").append(i).append("\npublic-key ").append(PublicKey.of(key, 0)).append("\nallowed-ip 10.99.")
                    .append(i >> 8)
                    .append('.').append(i & 255).append("/32\nexit\n");
        }
        assertEquals(List.of(), errors(ConfigurationTest.twoRouters(peers.toString())));
    }

    /** Against the naive twin: every pair. */
    @Property(tries = 300)
    void overlapsAreThoseThatEveryPairTells(@ForAll @Size(max = 12) List<@IntRange(max = 1023) Integer> seeds) {
        final Overlaps<Integer> overlaps = new Overlaps<>();
        final List<IpPrefix> prefixes = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            final int seed = seeds.get(i);
            prefixes.add((seed & 512) == 0 ? IpPrefix.v4(seed << 28, seed >> 4 & 7) : IpPrefix.v6((long) seed << 60, 0, seed >> 4 & 7));
            overlaps.add(prefixes.get(i), i);
        }
        final Set<Integer> expected = new TreeSet<>();
        for (int i = 0; i < prefixes.size(); i++) {
            for (int j = 0; j < prefixes.size(); j++) {
                if (i != j && Overlaps.contains(prefixes.get(j), prefixes.get(i)) && (!prefixes.get(i).equals(prefixes.get(j)) || j < i)) {
                    expected.add(i);
                }
            }
        }
        final Set<Integer> found = new TreeSet<>();
        overlaps.forEach((inner, outer) -> {
            assertTrue(Overlaps.contains(outer.prefix(), inner.prefix()));
            found.add(inner.owner());
        });
        assertEquals(expected, found);
    }
}
