"""wire-counters.py INTERFACE ADDRESS - watches the transport messages from ADDRESS on INTERFACE until SIGTERM.

Prints how many there were, under how many receiver indices, and how many had a (receiver index, counter) that was there before: those are
nonces used twice, unless the network doubles packets. Exit code 1 when there was one, or when nothing was seen. The sender must not use
UDP_SEGMENT (WGJVM_UDP_GSO=off): what is not cut yet is seen as one message.
"""

import signal
import socket
import struct
import sys

ETH_P_IP = 0x0800
UDP = 17
TRANSPORT = 4


def main(interface: str, address: str) -> int:
    source = socket.inet_aton(address)
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    tap.bind((interface, ETH_P_IP))
    tap.settimeout(0.2)
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    seen: dict[int, set[int]] = {}
    messages = repeated = 0
    print("ready", flush=True)
    while not stopped:
        try:
            packet = tap.recv(65536)
        except (TimeoutError, InterruptedError):
            continue
        header = (packet[0] & 0xF) * 4
        if packet[9] != UDP or packet[12:16] != source or len(packet) < header + 24:
            continue
        kind, receiver, counter = struct.unpack_from("<IIQ", packet, header + 8)
        if kind != TRANSPORT:
            continue
        messages += 1
        counters = seen.setdefault(receiver, set())
        if counter in counters:
            repeated += 1
            print(f"counter {counter} twice for receiver {receiver:#010x}", flush=True)
        counters.add(counter)
    print(f"{messages} messages under {len(seen)} receiver indices, {repeated} repeated", flush=True)
    return 1 if repeated or not messages else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
