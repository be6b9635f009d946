/**
 * The seam to the outside: UDP sockets, batched. {@link org.wgjvm.transport.LinuxUdpBind} is the one to use on Linux,
 * {@link org.wgjvm.transport.NettyUdpBind} the portable one, {@link org.wgjvm.transport.MemoryUdpBind} the one without sockets.
 */
package org.wgjvm.transport;
