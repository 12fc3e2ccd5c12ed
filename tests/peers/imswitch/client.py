"""An ImSwitch client: python-socketio for frames and signals, plain HTTP for calls. Prints what it saw as JSON.

usage: client.py <server> <protocol>
"""

import asyncio
import base64
import json
import struct
import sys
import time

import aiohttp
import msgpack
import socketio

FRAMES = 20
server, protocol = sys.argv[1:3]


def describe(frame):
    """Metadata, and what the image says of itself."""
    metadata = frame["metadata"]
    seen = {"metadata": metadata, "keys": sorted(frame)}
    if "image" in frame:
        jpeg = base64.b64decode(frame["image"], validate=True)
        seen["jpeg"] = jpeg[:3].hex()
    else:
        packet = frame["data"]
        magic, version, width, height, stride, bits, channels, pixels, time_ns, size = struct.unpack(
            "<4sB3xIIIHBBQI", packet[:36]
        )
        payload = packet[36:]
        seen["packet"] = {
            "magic": magic.decode(),
            "version": version,
            "width": width,
            "height": height,
            "stride": stride,
            "channels": channels,
            "format": pixels,
            "sizes_agree": size == len(payload) and len(packet) == metadata["packet_bytes"],
            "times_agree": time_ns == metadata["timestamp_ns"],
            "values": len(set(struct.unpack(f"<{len(payload) // 2}H", payload)))
            if metadata["compression_algorithm"] == "none"
            else None,
            "lz4": payload[:4].hex() == "04224d18",
        }
    return seen


async def main():
    client = socketio.AsyncClient(reconnection=False)
    frames, signals, capabilities = [], [], []
    enough, acknowledge = asyncio.Event(), False

    @client.on("server_capabilities")
    def on_capabilities(message):
        capabilities.append(message)

    @client.on("signal_msgpack")
    def on_signal(data):
        signals.append(msgpack.unpackb(data))

    @client.on("frame")
    async def on_frame(data):
        frames.append(msgpack.unpackb(data))
        if acknowledge:
            await client.emit("frame_ack", {"frame_id": frames[-1]["metadata"]["frame_id"]})
        if len(frames) >= FRAMES:
            enough.set()

    await client.connect(server, socketio_path="/imswitch/socket.io", transports=["websocket"])
    async with aiohttp.ClientSession() as http:
        live = f"{server}/imswitch/api/LiveViewController"
        params = {"subsampling_factor": 1, "throttle_ms": 10, "compression_algorithm": "none"}
        url = f"{live}/startLiveView?detectorName=test-camera&protocol={protocol}"
        begun = time.monotonic()
        async with http.post(url, json=params) as answer:
            started = await answer.json()
        # Nothing is acknowledged: the window must close.
        while len(frames) < 4:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        unacknowledged, within = len(frames), time.monotonic() - begun
        acknowledge = True
        await client.emit("frame_ack", {"frame_id": frames[-1]["metadata"]["frame_id"]})
        await asyncio.wait_for(enough.wait(), 120)
        async with http.get(f"{server}/imswitch/api/PositionerController/movePositioner?axis=X&dist=5") as answer:
            moved = await answer.json()
        while not any(signal["args"].get("p0") == {"test-stage": {"X": 5, "Y": 0}} for signal in signals):
            await asyncio.sleep(0.01)
        async with http.get(f"{live}/stopLiveView") as answer:
            stopped = await answer.json()
    await client.disconnect()
    print(
        json.dumps(
            {
                "capabilities": capabilities,
                "started": started,
                "unacknowledged": unacknowledged,
                "within": within,
                "frame": describe(frames[10]),
                "ids": [frame["metadata"]["frame_id"] for frame in frames],
                "signals": sorted({signal["name"] for signal in signals}),
                "moved": moved,
                "stopped": stopped,
            }
        )
    )


asyncio.run(asyncio.wait_for(main(), 200))
