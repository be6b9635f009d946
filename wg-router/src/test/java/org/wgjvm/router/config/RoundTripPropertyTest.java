package org.wgjvm.router.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.wgjvm.core.routing.IpPrefix;
import org.wgjvm.crypto.PresharedKey;
import org.wgjvm.crypto.PublicKey;
import org.wgjvm.router.config.PeerEntry.PeerEndpoint;
import org.wgjvm.router.config.Transport.PortRange;
import org.wgjvm.router.config.Transport.Protocol;

/** What is written is read as what it was, for any model; and what is written of that is the same text. */
final class RoundTripPropertyTest {
    @Property(tries = 300)
    void whatIsWrittenIsReadAsItWas(@ForAll long seed) throws ConfigException {
        final Authority authority = new RandomModel(seed).authority();
        final String text = TextWriter.write(authority);
        final ModelReader.Result read = ModelReader.read(TextReader.read(text));
        assertEquals(List.of(), read.errors());
        assertEquals(authority, read.authority());
        assertEquals(text, TextWriter.write(read.authority()));
    }

    @Property(tries = 100)
    void aTreeIsWrittenAsItWasRead(@ForAll long seed) throws ConfigException {
        final String text = TextWriter.write(new RandomModel(seed).authority());
        final ConfigNode tree = TextReader.read(text);
        assertEquals(
                ModelReader.read(tree).authority(),
                ModelReader.read(TextReader.read(TreeWriter.write(tree))).authority());
    }

    @Property(tries = 100)
    void layingATextOverItselfChangesNothing(@ForAll long seed) throws ConfigException {
        final String text = TextWriter.write(new RandomModel(seed).authority());
        final ConfigNode tree = TextReader.read(text);
        tree.merge(TextReader.read(text));
        assertEquals(text, TextWriter.write(ModelReader.read(tree).authority()));
    }

    @Property(tries = 100)
    void nothingDiffersFromItself(@ForAll long seed) {
        final Authority authority = new RandomModel(seed).authority();
        assertEquals("", Difference.between(authority, authority));
    }

    @Property(tries = 100)
    void whatIsGeneratedIsStrippedAgain(@ForAll long seed) {
        final Authority stripped = Generator.strip(new RandomModel(seed).authority());
        final Authority generated = Generator.generate(stripped, Authority.EMPTY);
        assertEquals(stripped, Generator.strip(generated));
        assertEquals(generated, Generator.generate(stripped, generated));
    }

    /** A model with everything in it that there can be, well-formed but without sense. */
    private static final class RandomModel {
        private final Random random;

        RandomModel(long seed) {
            random = new Random(seed);
        }

        Authority authority() {
            return new Authority(
                    some(n -> new Tenant(n, text(), some(m -> new TenantMember(m, prefixes(), random.nextBoolean())),
                            random.nextBoolean())),
                    some(n -> new ServiceClass(n, random.nextInt(64))),
                    some(n -> new SessionType(n, maybe("class"), maybe(1L + random.nextInt(1_000_000)), transports(),
                            random.nextBoolean())),
                    some(n -> new Service(
                            n,
                            text(),
                            random.nextBoolean(),
                            random.nextBoolean() ? Service.Scope.PUBLIC : Service.Scope.PRIVATE,
                            prefixes(),
                            transports(),
                            policies(),
                            random.nextBoolean())),
                    some(n -> new Router(n, text(), nodes(), some(this::profile), routes())));
        }

        private List<Node> nodes() {
            return some(n -> new Node(n, some(d -> new DeviceInterface(
                    d,
                    text(),
                    random.nextBoolean() ? DeviceInterface.Type.HOST : DeviceInterface.Type.ETHERNET,
                    random.nextBoolean(),
                    maybe("eth" + random.nextInt(9)),
                    some(i -> new NetworkInterface(
                            i, text(), some(h -> h), maybe("tenant"), random.nextBoolean(), maybe("p"), addresses(), random.nextBoolean())),
                    random.nextBoolean()))));
        }

        private List<InterfaceAddress> addresses() {
            return some(n -> new InterfaceAddress(IpAddress.v4(random.nextInt()), maybe(random.nextInt(33)), maybe(address()), maybe("p")))
                    .stream().distinct().toList();
        }

        private List<ServiceRoute> routes() {
            return some(n -> new ServiceRoute(
                    n, "service", maybe(address()), some(h -> new NextHop("n", h, maybe(address()))), random.nextBoolean()));
        }

        private WireguardProfile profile(String name) {
            final HostPrefix loopback = new HostPrefix(IpAddress.v4(random.nextInt()), 1 + random.nextInt(30));
            return new WireguardProfile(
                    name,
                    text(),
                    random.nextBoolean(),
                    maybe(loopback),
                    maybe(1 + random.nextInt(65535)),
                    maybe(1L + random.nextInt(1_000_000)),
                    maybe("class"),
                    policies(),
                    maybe(new PrivateNetwork(
                            maybe("remote"), maybe("tenant"), maybe(new HostPrefix(IpAddress.v4(random.nextInt()), random.nextInt(33))))),
                    some(n -> new PeerEntry(
                            n,
                            PublicKey.of(bytes(), 0),
                            maybe(SharedSecret.parse(PresharedKey.of(bytes(), 0).toBase64())),
                            random.nextInt(65536),
                            prefixes(),
                            maybe(new PeerEndpoint(address(), 1 + random.nextInt(65535))))));
        }

        private byte[] bytes() {
            final byte[] key = new byte[32];
            random.nextBytes(key);
            return key;
        }

        private List<AccessPolicy> policies() {
            return some(n -> {
                final int kind = random.nextInt(3);
                return new AccessPolicy(n, kind == 0 ? null : "t." + n, kind == 1 ? null : prefixes(1).getFirst(), random.nextBoolean());
            });
        }

        private List<Transport> transports() {
            final List<Transport> all = new ArrayList<>();
            for (final Protocol protocol : Protocol.values()) {
                if (random.nextBoolean()) {
                    final int first = random.nextInt(60_000);
                    all.add(new Transport(
                            protocol, protocol == Protocol.ICMP ? List.of()
                                    : List.of(new PortRange(first, first + random.nextInt(5_000)))));
                }
            }
            return all;
        }

        private List<IpPrefix> prefixes() {
            return prefixes(random.nextInt(3));
        }

        private List<IpPrefix> prefixes(int count) {
            final List<IpPrefix> all = new ArrayList<>();
            while (all.size() < count) {
                final IpAddress a = address();
                final IpPrefix prefix = new IpPrefix(a.v6(), a.high(), a.low(), random.nextInt(a.width() + 1));
                if (!all.contains(prefix)) {
                    all.add(prefix);
                }
            }
            return all;
        }

        private IpAddress address() {
            return random.nextBoolean()
                    ? IpAddress.v4(random.nextInt())
                    : new IpAddress(true, 0x2001_0db8L << 32 | random.nextInt(3), random.nextInt(3));
        }

        private String text() {
            final String[] texts = {null, "plain", "two words", "#", "", "\"", "a\\b", "line\nline\t", "\u00e9\u4e16"};
            return texts[random.nextInt(texts.length)];
        }

        private <T> T maybe(T value) {
            return random.nextInt(3) == 0 ? null : value;
        }

        private <T> List<T> some(java.util.function.Function<String, T> make) {
            final List<T> all = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                all.add(make.apply("n" + i + (random.nextBoolean() ? "-x" : "_y.z")));
            }
            return all;
        }
    }
}
