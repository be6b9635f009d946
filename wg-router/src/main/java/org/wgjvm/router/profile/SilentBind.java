package org.wgjvm.router.profile;

import io.netty.channel.EventLoop;
import org.wgjvm.core.packet.PacketBatch;
import org.wgjvm.transport.UdpBind;

/** In place of sockets while a profile has no address, or is disabled: nothing comes in, and what goes out is dropped. */
final class SilentBind implements UdpBind {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public int open(EventLoop loop, int port, int fwmark, PacketBatch first, Handler handler) {
        return port;
    }

    @Override
    public void setFwmark(int fwmark) {
        // There is no socket to mark.
    }

    @Override
    public int send(PacketBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            batch.length[i] = 0;
        }
        return 0;
    }

    @Override
    public void close() {
        // There is no socket to close.
    }
}
