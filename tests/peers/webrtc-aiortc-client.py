"""Watches a camera by WebRTC and tells, as one line of JSON, what came.

Arguments: how (offer or whep), URL of the server, number of frames. Written against the HTTP API's documentation only.
"""
import asyncio
import json
import sys

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


async def by_offer(session, url, sdp):
    body = {"sdp": sdp, "type": "offer"}
    async with session.post(url + "/liveview/webrtc_offer", json=body) as reply:
        answer = await reply.json()
        assert reply.status == 200 and answer["status"] == "success", answer
        return answer["sdp"], None


async def by_whep(session, url, sdp):
    headers = {"content-type": "application/sdp"}
    async with session.post(url + "/whep", data=sdp.encode(), headers=headers) as reply:
        text = await reply.text()
        assert reply.status == 201 and reply.content_type == "application/sdp", text
        return text, url + reply.headers["location"]


async def main(how, url, wanted):
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="recvonly")
    channel = peer.createDataChannel("frames")
    notes = []
    pong = asyncio.Event()

    def note(text):
        notes.append(json.loads(text))
        if notes[-1]["type"] == "pong":
            pong.set()

    channel.on("message", note)
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    await peer.setLocalDescription(await peer.createOffer())
    async with aiohttp.ClientSession() as session:
        exchange = {"offer": by_offer, "whep": by_whep}[how]
        sdp, resource = await exchange(session, url, peer.localDescription.sdp)
        await peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        track = await asyncio.wait_for(tracks.get(), 60)
        frames = []
        print("watching", flush=True)
        # Greys since the channel is open: the first frames may come without notes.
        distinct = set()
        while len(distinct) < wanted:
            frame = await asyncio.wait_for(track.recv(), 60)
            # The Y plane as it was sent, limited range.
            plane = frame.to_ndarray(format="yuv420p")[: frame.height]
            frames.append((float(plane.mean()), frame.width, frame.height))
            if notes:
                distinct.add(frames[-1][0])
        # What answers this comes after the notes of all these frames.
        channel.send(json.dumps({"type": "ping", "sentAtMs": 1.5}))
        await asyncio.wait_for(pong.wait(), 60)
        deleted = None
        if resource is not None:
            async with session.delete(resource) as reply:
                deleted = reply.status
    print(json.dumps({"frames": frames, "notes": notes, "deleted": deleted}), flush=True)
    await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
