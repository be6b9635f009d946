package org.wgjvm.endpoint.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DnsLookupTest {
    private DnsServer server;
    private DnsLookup lookup;

    @BeforeEach
    void start() throws IOException {
        server = new DnsServer();
        lookup = DnsLookup.of("127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() {
        lookup.close();
        server.close();
    }

    private NameAnswer ask(String name) throws Exception {
        return lookup.lookUp(name).toCompletableFuture().get(50, TimeUnit.SECONDS);
    }

    @Test
    void bothFamiliesAndTheTimeToLiveAreFoundAndNothingIsRemembered() throws Exception {
        server.put("hub.test", 7, "192.0.2.1", "2001:db8::1");
        final NameAnswer first = ask("hub.test");
        assertEquals(Set.of(InetAddress.ofLiteral("192.0.2.1"), InetAddress.ofLiteral("2001:db8::1")), new HashSet<>(first.addresses()));
        assertEquals(7, first.ttlSeconds());
        server.put("hub.test", 8, "192.0.2.2");
        final NameAnswer second = ask("hub.test");
        assertEquals(Set.of(InetAddress.ofLiteral("192.0.2.2")), new HashSet<>(second.addresses()));
        assertEquals(8, second.ttlSeconds());
    }

    @Test
    void whatNobodyKnowsIsAFailure() {
        assertThrows(ExecutionException.class, () -> ask("nobody.invalid"));
    }

    @Test
    void theHostsFileComesFirst() throws Exception {
        server.put("localhost", 7, "192.0.2.1");
        assertEquals(true, ask("localhost").addresses().stream().allMatch(InetAddress::isLoopbackAddress));
        assertEquals(0, server.questions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "192.0.2.1:53, [2001:db8::1]:5353", "2001:db8::1", "[2001:db8::1]", ""})
    void serversAreAddressesWithOrWithoutAPort(String list) throws IOException {
        DnsLookup.of(list).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name.example", "1.2.3.4:x", "[::1", "1.2.3.4,,", "[::1]53", "hub.example:53", "1.2.3.4:99999"})
    void aServerThatIsNoneIsRefused(String list) {
        assertThrows(IOException.class, () -> DnsLookup.of(list));
    }
}
