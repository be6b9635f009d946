package org.wgjvm.router.plane;

/**
 * Traffic of an interface of the packet path since it was attached, as the router sees it: in is what comes from there. Immutable.
 *
 * @param id which
 * @param up whether it can take packets
 * @param mtu in bytes
 * @param inPackets packets from there
 * @param inBytes bytes from there, IP headers included
 * @param outPackets packets sent there
 * @param outBytes bytes sent there
 * @param outDrops packets that the other side did not take
 */
public record InterfaceSnapshot(
        InterfaceId id, boolean up, int mtu, long inPackets, long inBytes, long outPackets, long outBytes, long outDrops) {}
