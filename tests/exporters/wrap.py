#!/usr/bin/env python3
"""Writes a capture of UDP datagrams: wrap.py OUT.pcap [--port N] FILE...

Each file is the payload of one datagram, or of several messages behind each other, which become a datagram each.
"""
import struct
import sys


def messages(data):
    """The messages of a file; what cannot be told apart is one."""
    out = []
    while data:
        size = len(data)
        if len(data) >= 4:
            version, second = struct.unpack(">HH", data[:4])
            if version == 5 and 0 < second and 24 + 48 * second <= len(data):
                size = 24 + 48 * second
            elif version == 10 and 16 <= second <= len(data):
                size = second
        out.append(data[:size])
        data = data[size:]
    return out


def frame(payload, source, port):
    udp = struct.pack(">HHHH", 40000, port, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, source, bytes([192, 0, 2, 254]))
    return bytes(12) + b"\x08\x00" + ip + udp


def write(path, payloads, port=2055, source=(192, 0, 2, 1), begin=1700000000):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for i, payload in enumerate(payloads):
            data = frame(payload, bytes(source), port)
            out.write(struct.pack("<IIII", begin + i, 0, len(data), len(data)) + data)


if __name__ == "__main__":
    words = sys.argv[1:]
    port = 2055
    if "--port" in words:
        at = words.index("--port")
        port = int(words[at + 1])
        del words[at : at + 2]
    write(words[0], [m for name in words[1:] for m in messages(open(name, "rb").read())], port)
