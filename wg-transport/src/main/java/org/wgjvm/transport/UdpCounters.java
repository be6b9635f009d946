package org.wgjvm.transport;

/** What a bind counts. Written by its event loop alone. */
final class UdpCounters {
    long receivedDatagrams;
    long receivedBytes;
    long receiveCalls;
    long receivedJoined;
    long receiveTruncated;
    long receiveErrors;

    long sentDatagrams;
    long sentBytes;
    long sendCalls;
    long sentSegmented;
    long stickySourcesDropped;
    long gsoRetreats;

    long dropsNoSocket;
    long dropsUnreachable;
    long dropsTooLong;
    long dropsRefused;
    long dropsCongested;
    long dropsOther;

    UdpStatistics snapshot() {
        return new UdpStatistics(
                new UdpStatistics.Received(receivedDatagrams, receivedBytes, receiveCalls, receivedJoined, receiveTruncated, receiveErrors),
                new UdpStatistics.Sent(sentDatagrams, sentBytes, sendCalls, sentSegmented, stickySourcesDropped, gsoRetreats),
                new UdpStatistics.Drops(
                        dropsNoSocket, dropsUnreachable, dropsTooLong, dropsRefused, dropsCongested, dropsOther));
    }
}
