"""reply-gaps.py INTERFACE ADDRESS [LEAST_MS] - watches the echo replies from ADDRESS that come in on INTERFACE until SIGTERM.

Prints a line "SECONDS.FRACTION MILLISECONDS" (since 1970, and how long) for the end of every time of at least LEAST_MS (5) without a reply. The
kernel's clock says when a packet arrived, so that it does not matter how soon this program, or ping, gets a processor.
"""

import signal
import socket
import struct
import sys

ETH_P_IP = 0x0800
SO_TIMESTAMPNS = 35
ICMP = 1
ECHO_REPLY = 0


def main(interface: str, address: str, least_ms: float) -> int:
    source = socket.inet_aton(address)
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    tap.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    tap.bind((interface, ETH_P_IP))
    tap.settimeout(0.2)
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    print("ready", flush=True)
    last = None
    while not stopped:
        try:
            packet, ancillary, _, _ = tap.recvmsg(64, 64)
        except (TimeoutError, InterruptedError):
            continue
        header = (packet[0] & 0xF) * 4
        if packet[9] != ICMP or packet[12:16] != source or packet[header] != ECHO_REPLY:
            continue
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", data[:16])
                now = seconds * 1_000_000_000 + nanoseconds
                if last is not None and now - last >= least_ms * 1e6:
                    print(f"{now / 1e9:.4f} {(now - last) / 1e6:.1f}", flush=True)
                last = now
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 5))
