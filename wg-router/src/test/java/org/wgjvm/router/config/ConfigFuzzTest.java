package org.wgjvm.router.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.StringReader;

/** Whatever text is given: it is read, or refused with a reason, and what was read can be written and read again. */
final class ConfigFuzzTest {
    @FuzzTest(maxDuration = "10s")
    void anyText(byte[] input) throws Exception {
        final String text = new String(input, java.nio.charset.StandardCharsets.UTF_8);
        final CommitReport report;
        try {
            report = Configuration.check(new StringReader(text));
        } catch (ConfigException refused) {
            if (refused.errors().isEmpty() || refused.getMessage().isEmpty()) {
                throw new AssertionError("refused without a reason", refused);
            }
            return;
        }
        final CommitReport again = Configuration.check(new StringReader(Configuration.textOf(report.committed())));
        if (!again.committed().equals(report.committed())) {
            throw new AssertionError("read back as something else");
        }
    }
}
