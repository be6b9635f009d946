package org.wgjvm.core.noise;

import org.wgjvm.core.packet.Endpoint;

/** Addresses of the documentation ranges (RFC 5737, RFC 3849). */
final class TestEndpoints {
    static final Endpoint A = Endpoint.v4(0xc0000201, 51820);
    static final Endpoint A_OTHER_PORT = Endpoint.v4(0xc0000201, 51821);
    static final Endpoint B = Endpoint.v4(0xc0000202, 51820);
    static final Endpoint SIX = Endpoint.v6(0x2001_0db8_0000_0001L, 1, 51820, 0);
    static final Endpoint SIX_OTHER_PORT = Endpoint.v6(0x2001_0db8_0000_0001L, 1, 51821, 0);
    static final Endpoint SIX_SAME_NET = Endpoint.v6(0x2001_0db8_0000_0001L, 2, 51820, 0);
    static final Endpoint SIX_OTHER_NET = Endpoint.v6(0x2001_0db8_0000_0002L, 1, 51820, 0);

    private TestEndpoints() {}
}
