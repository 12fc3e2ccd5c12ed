"""A small media server: takes one stream by WHIP (RFC 9725) and tells what comes, as lines of JSON.

Arguments: port (0: any free one), bearer token.
"""
import asyncio
import json
import sys

from aiohttp import web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

token = sys.argv[2]
peers = {}


def tell(**what):
    print(json.dumps(what), flush=True)


async def watch(track):
    means = set()
    while len(means) < 10:
        frame = await track.recv()
        plane = frame.to_ndarray(format="yuv420p")[: frame.height]
        means.add(float(plane.mean()))
    tell(event="frames", distinct=len(means), width=frame.width, height=frame.height)
    while True:
        await track.recv()


async def publish(request):
    if request.headers.get("authorization") != "Bearer " + token:
        return web.Response(status=401)
    if request.content_type != "application/sdp":
        return web.Response(status=415)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    name = str(len(peers))
    peers[name] = peer
    peer.on("track", lambda track: peers.update({name + "/task": asyncio.ensure_future(watch(track))}))
    await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
    await peer.setLocalDescription(await peer.createAnswer())
    tell(event="published")
    return web.Response(
        status=201,
        text=peer.localDescription.sdp,
        content_type="application/sdp",
        headers={"location": "/whip/" + name},
    )


async def end(request):
    peer = peers.get(request.match_info["name"])
    if peer is None:
        return web.Response(status=404)
    await peer.close()
    tell(event="deleted")
    return web.Response(status=200)


async def main():
    app = web.Application()
    app.router.add_post("/whip", publish)
    app.router.add_delete("/whip/{name}", end)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]), reuse_address=True)
    await site.start()
    tell(event="listening", port=site._server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


asyncio.run(main())
