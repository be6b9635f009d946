package org.wgjvm.endpoint.config;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Comments of any bytes. */
final class FriendlyNamesFuzzTest {
    /** Nothing is thrown; names are short and printable. */
    @FuzzTest
    void comments(byte[] data) {
        FriendlyNames.in(new String(data, StandardCharsets.UTF_8)).values().forEach(name -> {
            assertTrue(!name.isEmpty() && name.codePointCount(0, name.length()) <= 64, name);
            assertTrue(name.chars().noneMatch(Character::isISOControl), name);
        });
    }
}
