package org.wgjvm.endpoint.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "9586, 127.0.0.1:9586",
        "localhost:1, 127.0.0.1:1",
        "0.0.0.0:65535, 0.0.0.0:65535",
        "[::1]:0, [0:0:0:0:0:0:0:1]:0",
        "10.1.2.3:80, 10.1.2.3:80",
    })
    void isLoopbackUnlessToldOtherwise(String text, String expected) {
        assertEquals(expected, ListenAddress.text(ListenAddress.of(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", ":", ":80", "x", "80x", "65536", "-1", "::1:80", "[::1]",
            "example.org:80", "1.2.3:80", "[1::2::3]:4", "1 :2"})
    void whatIsNoneIsRefusedByName(String text) {
        final IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ListenAddress.of(text));
        assertTrue(e.getMessage().contains("[ADDRESS:]PORT"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:80", "127.0.0.1:9586", "[::1]:1", "192.0.2.1"})
    void addressesAndLocalhostNameUs(String host) {
        assertTrue(WebServer.namesUs(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "evil@127.0.0.1",
            "[::1].x", "LOCALHOST:1:2"})
    void namesOfOthersDoNot(String host) {
        assertFalse(WebServer.namesUs(host));
        assertFalse(WebServer.namesUs(null));
    }
}
