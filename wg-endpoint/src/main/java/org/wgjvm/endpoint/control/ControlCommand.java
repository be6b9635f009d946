package org.wgjvm.endpoint.control;

import java.io.IOException;

/** Something that a daemon does when its control channel asks. On a thread of the connection, of which there may be several at once. */
@FunctionalInterface
public interface ControlCommand {
    /** Does it. A {@link ControlException} is the answer to whoever asked; any other failure is logged too. */
    ControlAnswer run(ControlRequest request) throws IOException;
}
