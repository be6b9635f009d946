#!/usr/bin/env python3
"""A paced UDP source and a counting sink, cheap enough to leave the processor to what is measured: 64 datagrams a system call.

    udp.py sink ADDRESS PORT     commands on standard input: "reset", "count" (answered with the payload bytes since then)
    udp.py source ADDRESS PORT   command: "SIZE DATAGRAMS_PER_S SECONDS SEGMENTS", answered with "SENT SECONDS" (SENT: datagrams)

Each says "ready" first.

SEGMENTS above 1: that many datagrams a send with UDP_SEGMENT (generic segmentation offload). The source sends what is due every half
millisecond; when it was kept from running it makes up for at most 5 ms, so that it never sends a burst that nobody asked for. Both ends ask
for a real-time priority: they stand for other machines, which don't wait for the processor that the daemons are busy on.
"""
import contextlib, ctypes, os, select, socket, sys, time

BATCH = 64
TICK_S = 0.0005
CATCH_UP_S = 0.005
UDP_SEGMENT, SO_RCVBUFFORCE, SOL_UDP, MSG_DONTWAIT = 103, 33, 17, 0x40
RECEIVE_BUFFER_BYTES = 4 << 20


class IoVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class MessageHeader(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(IoVector)),
                ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Message(ctypes.Structure):
    _fields_ = [("header", MessageHeader), ("length", ctypes.c_uint32)]


class Batch:
    """BATCH messages of the same size. A source sends one buffer over and over; a sink receives into one each."""

    def __init__(self, size, apart):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.buffer = ctypes.create_string_buffer(size * (BATCH if apart else 1))
        self.vectors, self.messages = (IoVector * BATCH)(), (Message * BATCH)()
        for i in range(BATCH):
            self.vectors[i].base = ctypes.addressof(self.buffer) + (i * size if apart else 0)
            self.vectors[i].length = size
            self.messages[i].header.vectors = ctypes.pointer(self.vectors[i])
            self.messages[i].header.vector_count = 1

    def send(self, descriptor, count):
        """Datagrams sent; those that the socket refuses (a full queue) count as sent and will be missed by the sink."""
        sent = self.libc.sendmmsg(descriptor, self.messages, count, 0)
        return sent if sent > 0 else 1

    def receive(self, descriptor):
        return self.libc.recvmmsg(descriptor, self.messages, BATCH, MSG_DONTWAIT, None)


def sink(address, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        endpoint.bind((address, port))
        batch, total, descriptor = Batch(65536, apart=True), 0, endpoint.fileno()
        print("ready", flush=True)
        while True:
            readable = select.select([descriptor, sys.stdin], [], [])[0]
            if sys.stdin in readable:
                command = sys.stdin.readline().strip()
                if not command:
                    return
                total = total if command == "count" else 0
                print(total, flush=True)
            if descriptor in readable:
                while (count := batch.receive(descriptor)) > 0:
                    # All of a run have one size, which the first tells: without UDP_GRO the socket gives them one by one.
                    total += count * batch.messages[0].length
                    if count < BATCH:
                        break


def source(address, port):
    print("ready", flush=True)
    for line in sys.stdin:
        size, rate, seconds, segments = (float(word) for word in line.split())
        print(*send(address, port, int(size), rate, seconds, int(segments)), flush=True)


def send(address, port, size, rate, seconds, segments):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
        endpoint.connect((address, port))
        if segments > 1:
            endpoint.setsockopt(SOL_UDP, UDP_SEGMENT, size)
        batch, descriptor, per_s = Batch(size * segments, apart=False), endpoint.fileno(), rate / segments
        sent = forgiven = 0
        begun = now = time.monotonic()
        while now - begun < seconds:
            due = int((now - begun) * per_s) - sent - forgiven
            excess = due - int(CATCH_UP_S * per_s) - 1
            if excess > 0:
                forgiven += excess
                due -= excess
            while due > 0:
                done = batch.send(descriptor, min(due, BATCH))
                sent += done
                due -= done
            time.sleep(TICK_S)
            now = time.monotonic()
        return sent * segments, now - begun


if __name__ == "__main__":
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    {"sink": sink, "source": source}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
