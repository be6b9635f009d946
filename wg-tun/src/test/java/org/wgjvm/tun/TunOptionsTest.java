package org.wgjvm.tun;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class TunOptionsTest {
    @Test
    void everythingIsOnUnlessItIsSwitchedOff() {
        assertEquals(TunOptions.ALL, TunOptions.fromEnvironment(Map.of("WGJVM_TUN_TSO", "on")));
        assertEquals(TunOptions.NONE, TunOptions.fromEnvironment(Map.of("WGJVM_TUN_OFFLOAD", "off")));
        assertEquals(new TunOptions(false, true, true), TunOptions.fromEnvironment(Map.of("WGJVM_TUN_TSO", "off")));
        assertEquals(new TunOptions(true, false, true), TunOptions.fromEnvironment(Map.of("WGJVM_TUN_USO", "OFF")));
        assertEquals(new TunOptions(true, true, false), TunOptions.fromEnvironment(Map.of("WGJVM_TUN_COALESCE", "off")));
    }
}
