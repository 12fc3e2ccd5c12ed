#!/usr/bin/env python3
"""Watches a camera by WebRTC, with what the server says of each frame.

    apt install python3-aiortc
    python3 webrtc_aiortc.py --frames 100

A viewer's token is enough (--token). The stream starts with its first viewer and ends with its last.
"""
import asyncio
import json

from aiortc import RTCPeerConnection, RTCSessionDescription

from coverslip import Coverslip, arguments


async def main():
    parser = arguments("Watches a camera by WebRTC.")
    parser.add_argument("--frames", type=int, default=100, help="how many to take")
    options = parser.parse_args()
    microscope = Coverslip.of(options)
    peer = RTCPeerConnection()
    peer.addTransceiver("video", direction="recvonly")
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)

    # The camera's frame numbers and times, the stage's position, µm per pixel: a message per frame.
    notes = peer.createDataChannel("frames", ordered=False, maxRetransmits=0)
    last = {}

    @notes.on("message")
    def note(text):
        message = json.loads(text)
        if message["type"] == "frame":
            last.update(message)

    await peer.setLocalDescription(await peer.createOffer())
    offer = {"sdp": peer.localDescription.sdp} | ({"detectorName": options.camera} if options.camera else {})
    answer = await asyncio.to_thread(lambda: microscope.post("/api/webrtc/offer", **offer))
    await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
    try:
        track = await asyncio.wait_for(tracks.get(), 30)
        for _ in range(options.frames):
            frame = await asyncio.wait_for(track.recv(), 30)
            # frame.to_ndarray(format="rgb24") is the picture as a numpy array.
            about = f"camera frame {last['sequence']}, {last['scale']:.2f} camera px per px" if last else "no note yet"
            print(f"{frame.width} x {frame.height} at {frame.time:.2f} s: {about}")
    finally:
        await asyncio.to_thread(lambda: microscope.post("/api/webrtc/close", sessionId=answer["sessionId"]))
        await peer.close()


if __name__ == "__main__":
    asyncio.run(main())
