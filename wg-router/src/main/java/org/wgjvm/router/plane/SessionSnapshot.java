package org.wgjvm.router.plane;

import org.wgjvm.router.config.IpAddress;

/**
 * A session at one moment. Immutable. Ports are 0 for protocols without them; of an ICMP echo the source port is the identifier.
 *
 * @param tenant whose it is
 * @param service which service admits it
 * @param protocol number of the transport protocol
 * @param ingress interface of the initiator
 * @param egress interface of the answering side
 * @param source address of the initiator
 * @param sourcePort its port
 * @param destination address as the initiator knows it
 * @param destinationPort port as the initiator knows it
 * @param natTarget the address that stands for the destination, or null
 * @param natSourcePort the port that stands for the initiator's, or the same
 * @param packets packets of the initiator, modulo 2^32
 * @param answers packets of the answering side, modulo 2^32
 * @param ageMs milliseconds since it began
 * @param idleMs milliseconds since its last packet
 * @param timeoutMs of how many idle milliseconds it ends
 * @param current whether it was looked at since the last commit; if not, its next packet decides whether it goes on
 */
public record SessionSnapshot(
        String tenant,
        String service,
        int protocol,
        InterfaceId ingress,
        InterfaceId egress,
        IpAddress source,
        int sourcePort,
        IpAddress destination,
        int destinationPort,
        IpAddress natTarget,
        int natSourcePort,
        long packets,
        long answers,
        long ageMs,
        long idleMs,
        long timeoutMs,
        boolean current) {}
