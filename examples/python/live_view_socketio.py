#!/usr/bin/env python3
"""Receives lossless frames (8 to 16 bit) over socket.io as numpy arrays.

    apt install python3-socketio python3-aiohttp python3-numpy python3-lz4
    python3 live_view_socketio.py --frames 50
    python3 live_view_socketio.py --url http://front:8002 --token …    # a front server speaks the same

A viewer's token is enough to watch what streams (--token); --start begins a lossless stream where none runs, which takes
an operator's, and stops it at the end. Without python3-lz4 the stream must be uncompressed: --start then asks for that.
Debian's aiohttp takes messages of up to 4 MB; this client raises that, as a frame of 2048 x 2048 pixels is larger.
"""
import asyncio
import functools
import struct
import sys

import aiohttp
import numpy as np
import socketio

from coverslip import Coverslip, arguments

try:
    import lz4.frame
except ImportError:
    lz4 = None

LARGEST_MESSAGE = 256 * 1024 * 1024

# Code in the packet: type of a sample, samples per pixel, rows to the pixel of the same colour above.
FORMATS = {0: (np.uint16, 1, 1), 1: (np.uint16, 1, 2), 2: (np.uint16, 3, 1), 3: (np.uint8, 1, 1), 4: (np.uint8, 3, 1)}
FORMATS |= {code: (np.uint8, 1, 2) for code in (5, 6, 7, 8)} | {code: (np.uint16, 1, 2) for code in (9, 10, 11)}


def decode(packet, metadata):
    """The image of a UC2F packet (version 1), height x width or height x width x 3, values as the camera gave them."""
    magic, _, width, height, _, _, _, code, _, size = struct.unpack_from("<4sB3xIIIHBBQI", packet)
    if magic != b"UC2F":
        raise ValueError("not a UC2F packet")
    payload = packet[36:36 + size]
    if metadata["compression"] == "lz4":
        payload = lz4.frame.decompress(payload)
    elif metadata["compression"] != "none":
        raise ValueError(f"cannot decode {metadata['compression']}")
    sample, channels, lag = FORMATS[code]
    if metadata["filter"] == "delta-shuffle" and sample is np.uint16 and channels == 1:
        return undo_filter(np.frombuffer(payload, np.uint8), height, width, lag)
    image = np.frombuffer(payload, np.dtype(sample).newbyteorder("<"))
    return image.reshape((height, width) if channels == 1 else (height, width, channels))


def undo_filter(planes, height, width, lag):
    """All low bytes, then all high bytes, of zigzag(pixel - pixel `lag` rows above), modulo 2^16."""
    low, high = planes.reshape(2, height, width).astype(np.uint16)
    zigzag = low | (high << 8)
    image = (zigzag >> 1) ^ (0 - (zigzag & 1)).astype(np.uint16)
    for first in range(lag):
        rows = image[first::lag]
        np.add.accumulate(rows, axis=0, dtype=np.uint16, out=rows)
    return image


async def main():
    parser = arguments("Receives lossless frames over socket.io.")
    parser.add_argument("--frames", type=int, default=100, help="how many to take")
    parser.add_argument("--start", action="store_true", help="start a lossless stream where none runs")
    options = parser.parse_args()
    microscope = Coverslip.of(options)
    camera = options.camera or microscope.device("camera")["id"]
    if options.start:
        params = {} if lz4 else {"compression": "none", "filter": "none"}
        microscope.post("/api/liveview/start", detectorName=camera, protocol="binary", params=params)

    session = aiohttp.ClientSession()
    session.ws_connect = functools.partial(session.ws_connect, max_msg_size=LARGEST_MESSAGE)
    client = socketio.AsyncClient(http_session=session)
    enough = asyncio.Event()
    taken = 0

    @client.on("frame")
    async def frame(message, packet):
        nonlocal taken
        metadata = message["metadata"]
        if message["format"] == "binary":
            image = decode(packet, metadata)
            print(f"frame {metadata['sequence']}: {image.shape} {image.dtype}, {image.min()} to {image.max()}, "
                  f"{len(packet)} bytes on the wire")
        else:
            print(f"frame {metadata['sequence']}: JPEG file of {len(packet)} bytes")
        # Only now may the server send another: a slow reader skips frames instead of falling behind.
        await client.emit("frame_ack", {"detectorName": camera, "frameId": metadata["frame_id"]})
        taken += 1
        if taken >= options.frames:
            enough.set()

    @client.on("channel_error")
    async def channel_error(error):
        print(error["message"], error.get("hint", ""))

    @client.on("disconnect")
    async def disconnected():
        if not enough.is_set():
            print("The connection was lost; trying again", file=sys.stderr)

    # Again after each reconnection: the server has forgotten the subscription.
    @client.on("connect")
    async def subscribe():
        decodes = ["jpeg", "lz4"] if lz4 else ["jpeg"]
        wish = {"detectorName": camera, "decodes": decodes} | ({"protocol": "binary"} if options.start else {})
        await client.emit("subscribe", wish, callback=answered)

    def answered(answer):
        if not answer["ok"]:
            print(answer["message"], answer.get("hint", ""))
            enough.set()

    try:
        await client.connect(microscope.url, headers=microscope.headers, transports=["websocket"])
        await enough.wait()
        await client.disconnect()
    finally:
        await session.close()
        if options.start:
            microscope.post("/api/liveview/stop", detectorName=camera, protocol="binary")


if __name__ == "__main__":
    asyncio.run(main())
