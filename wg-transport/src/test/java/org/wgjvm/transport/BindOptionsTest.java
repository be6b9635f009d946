package org.wgjvm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BindOptionsTest {
    @Test
    void anEmptyEnvironmentIsTheDefaults() {
        assertEquals(BindOptions.defaults(), BindOptions.fromEnvironment(Map.of()));
        assertTrue(BindOptions.defaults().gso());
        assertTrue(BindOptions.defaults().gro());
    }

    @Test
    void eachOffloadHasItsSwitch() {
        final BindOptions noGso = BindOptions.fromEnvironment(Map.of("WGJVM_UDP_GSO", "off"));
        assertFalse(noGso.gso());
        assertTrue(noGso.gro());
        final BindOptions noGro = BindOptions.fromEnvironment(Map.of("WGJVM_UDP_GRO", "off"));
        assertTrue(noGro.gso());
        assertFalse(noGro.gro());
    }

    @Test
    void addressesChooseTheFamilies() throws Exception {
        final BindOptions both = BindOptions.fromEnvironment(Map.of("WGJVM_BIND_ADDRESS", "192.0.2.1, 2001:db8::1"));
        assertEquals(InetAddress.ofLiteral("192.0.2.1"), both.v4());
        assertEquals(InetAddress.ofLiteral("2001:db8::1"), both.v6());
        assertNull(BindOptions.fromEnvironment(Map.of("WGJVM_BIND_ADDRESS", "192.0.2.1")).v6());
        assertNull(BindOptions.fromEnvironment(Map.of("WGJVM_BIND_ADDRESS", "::")).v4());
    }

    @Test
    void whatCannotBeReadNamesItsVariable() {
        for (final Map.Entry<String, String> bad : Map.of(
                        "WGJVM_UDP_GSO", "maybe", "WGJVM_UDP_GRO", "0", "WGJVM_BIND_ADDRESS", "example.org")
                .entrySet()) {
            final var e = assertThrows(
                    IllegalArgumentException.class, () -> BindOptions.fromEnvironment(Map.of(bad.getKey(), bad.getValue())));
            assertTrue(e.getMessage().contains(bad.getKey()), e.getMessage());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> BindOptions.fromEnvironment(Map.of("WGJVM_BIND_ADDRESS", "192.0.2.1,192.0.2.2")));
    }
}
