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
    channel.on("message", lambda text: notes.append(json.loads(text)))
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
        while len({mean for mean, _, _ in frames}) < wanted:
            frame = await asyncio.wait_for(track.recv(), 60)
            # The Y plane as it was sent, limited range.
            plane = frame.to_ndarray(format="yuv420p")[: frame.height]
            frames.append((float(plane.mean()), frame.width, frame.height))
        deleted = None
        if resource is not None:
            async with session.delete(resource) as reply:
                deleted = reply.status
        else:
            channel.send(json.dumps({"type": "ping", "sentAtMs": 1.5}))
            for _ in range(100):
                if any(note["type"] == "pong" for note in notes):
                    break
                await asyncio.sleep(0.1)
    print(json.dumps({"frames": frames, "notes": notes, "deleted": deleted}), flush=True)
    await peer.close()


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
