package org.wgjvm.hub.port;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.wgjvm.hub.Ports;

/** Whatever comes in as a port is a port or an error that names a field, and a port that was read is written and read again. */
final class PortReaderFuzzTest {
    @FuzzTest
    void anythingIsReadOrRefused(FuzzedDataProvider data) throws Exception {
        final Port port;
        try {
            port = PortReader.read(Fields.parse(data.consumeRemainingAsString()), Ports.hubId(1), null).port();
        } catch (FieldException e) {
            return;
        }
        if (!port.equals(PortReader.read(new Fields(PortWriter.write(port), ""), null, null).port())) {
            throw new AssertionError("read, written and read again it is another: " + port);
        }
    }
}
