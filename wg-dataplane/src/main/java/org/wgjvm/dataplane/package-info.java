/** The assembly of a WireGuard data plane on a Netty event loop, and the API by which a program embeds one. */
package org.wgjvm.dataplane;
