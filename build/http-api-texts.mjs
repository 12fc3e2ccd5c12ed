/** The hand-written parts of docs/http-api.md. */

/** What stands before the calls. */
export const introduction = `# HTTP API

<!-- Written by build/http-api-docs.mjs from src-shared/contract: change that and run npm run docs. -->

The server speaks JSON under \`/api\`; the same description for programs (OpenAPI 3.1) is at \`/api/openapi.json\`, a page to try it at \`/api/docs\`. The examples assume \`http://127.0.0.1:8001\`, where \`npm start -- --headless\` serves; complete clients are in [examples](../examples).

\`\`\`sh
curl http://127.0.0.1:8001/api/system/info
curl -X POST http://127.0.0.1:8001/api/liveview/start -H 'content-type: application/json' -d '{"protocol": "jpeg"}'
\`\`\`

## Authentication

On this computer's own address (127.0.0.1) nobody is asked, unless the server was started with \`--require-token\`; pages of other sites are refused all the same. Everywhere else each request carries an access token, in one of three ways:

| how | for |
|---|---|
| \`Authorization: Bearer <token>\` | scripts |
| \`?token=<token>\` | what cannot send headers: \`<img>\`, VLC, ffmpeg. Addresses are written into logs and histories, so prefer the others |
| cookie \`coverslip_session\`, set by \`POST /api/session\` with \`{"token": "…"}\`, ended by \`DELETE /api/session\` | browsers; scripts of a page cannot read it |

The token is what follows \`#token=\` in a link of the Share dialog. Where tokens are asked for, a wrong, expired or revoked one is answered with 401; where nobody is asked, tokens are ignored.

What a call **needs** is written beside it:

- **viewer**: anybody who is let in.
- **operator**: a token of that role, or the owner.
- **operator in control**: also, nobody else must be operating. Whoever changes something while nobody operates takes control by that; otherwise the call fails with 409 \`CONTROL_TAKEN\`, naming who does, until \`POST /api/access/takeControl\` succeeds. Control is given up by \`POST /api/access/releaseControl\`, and soon after the last connection of its holder has ended.
- **owner**: who sits at the microscope, or has a link with that role.

Requests that come too fast are answered with 429, bodies over 1 MB with 413. What operators and owners change or try to change is written down (\`GET /api/access/audit\`).`

/** What stands after them. */
export const closing = `## Events

\`GET /api/system/events\` sends everything that changes as server-sent events: \`event: message\` with a JSON object as \`data\`, whose \`type\` says what it is. The first is a \`snapshot\` (devices, streams, settings, alerts, control, viewers), so a client that lost the connection just connects again. The types are in \`src-shared/contract/events.ts\`.

\`\`\`sh
curl -N http://127.0.0.1:8001/api/system/events
\`\`\`

## Frames over socket.io

Lossless and JPEG frames come over socket.io 4 at \`/socket.io/\` (websocket transport only), with the token as above, e.g. \`io(url, { transports: ['websocket'], extraHeaders: { authorization: 'Bearer …' } })\` in Node or \`query: { token }\`; browsers have the cookie.

| event | direction | content |
|---|---|---|
| \`subscribe\` | → server | \`{ detectorName, decodes?: ('lz4' \\| 'zstd' \\| 'jpeg')[], protocol? }\`; answered by \`{ ok: true }\` or \`{ ok: false, code, message, hint? }\` |
| \`frame\` | → client | two arguments: \`{ name: 'frame_meta', detectorname, pixelsize?, format, metadata }\` and the packet (bytes) |
| \`frame_ack\` | → server | \`{ detectorName, frameId }\` with \`metadata.frame_id\`, once done with the frame |
| \`unsubscribe\` | → server | \`{ detectorName }\` |
| \`clock\` | → server | answered by \`{ hostTimeMs }\`, to which \`metadata.captured_at_ms\` belongs |
| \`channel_error\` | → client | why a message was refused, or a stream cannot be shown |

At most two frames are unacknowledged per camera; a slower client gets the newest when it acknowledges, and gaps in \`frame_id\` say what it missed. A subscription does not start a stream: call \`POST /api/liveview/start\`. With \`format: 'jpeg'\` the packet is a JPEG file; with \`'binary'\` it is UC2F version 1 (\`src-shared/frames/frame-packet.ts\`), decoded by \`FrameDecoder\` of \`src-shared/frames/decode-frame.ts\`. Clients in other languages ask for \`{"compression": "none", "filter": "none"}\` when the stream starts, or decode LZ4 frames and undo the filter (\`src-shared/kernels/delta-shuffle.ts\`).

## MJPEG

\`GET /api/mjpeg\` and \`GET /api/mjpeg/<camera>\` (also \`/liveview/mjpeg_stream?detectorName=…\`) answer with \`multipart/x-mixed-replace;boundary=frame\`: every part a JPEG file. It starts the stream where it does not run, and stops it with its last viewer. Programs find \`Content-Length\`, \`X-Timestamp\` (end of the exposure, Unix time in s), \`X-Sequence\` (the camera's frame number) and \`X-Frame-Id\` in the headers of each part; an \`<img>\`, which could not read them, gets parts without. Operators may add stream parameters to the query for a stream that begins (\`?quality=60&frameRate=10&subsampling=2\`); those of viewers are ignored, as by WebRTC. An image on a page from elsewhere, another port included, is refused (403) unless that page is among the allowed origins, or the address of the image carries a \`token\` where tokens are asked for.

\`\`\`sh
ffplay http://127.0.0.1:8001/api/mjpeg
\`\`\`

## WebRTC

\`POST /api/webrtc/offer\` above, \`POST /liveview/webrtc_offer\` (\`{"detectorName", "sdp", "type": "offer"}\` → \`{"sdp", "type": "answer", "sessionId"}\`; the form of the original design and of ImSwitch) and WHEP take the same offers: [webrtc.md](webrtc.md) describes them.

WHEP: \`POST /whep/<camera>\` (or \`/whep\`) with an offer as \`application/sdp\` is answered by 201 with the answer, \`Location\`, \`ETag\` and \`Link\` headers with the ICE servers. \`PATCH\` of the location with \`application/trickle-ice-sdpfrag\` and \`If-Match\` adds candidates (204), \`DELETE\` ends the session (200). ICE restarts are answered with 422.

## Clients of ImSwitch

\`/imswitch/api/<Controller>/<method>\`, the same without the prefix, and socket.io at \`/imswitch/socket.io/\` answer as ImSwitch does, so that its web pages and \`imswitchclient\` work; \`--imswitch-ui <folder>\` serves a built copy of those pages at \`/imswitch/ui/\`. \`/liveview/startLiveView\`, \`stopLiveView\`, \`setStreamParams\`, \`getStreamParams\`, \`getDetectorStreams\`, \`getActiveStreams\` (GET with a query or POST with JSON) are the names of the original design. New clients should use \`/api\`.`
