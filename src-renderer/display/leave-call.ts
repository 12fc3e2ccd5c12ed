import { goodbye } from '../../src-shared/webrtc.ts'

/** How long a server has to end a connection that was left. */
const farewellMs = 300

/**
 * Leaves a video connection. The server is told first and ends it from its side: a channel that closes while the server
 * writes to it can crash the server's WebRTC library.
 */
export function leaveCall(peer: RTCPeerConnection, channel: RTCDataChannel | undefined): void {
  if (channel?.readyState !== 'open') return peer.close()
  const timer = setTimeout(() => peer.close(), farewellMs)
  channel.addEventListener('close', () => {
    clearTimeout(timer)
    peer.close()
  })
  channel.send(goodbye)
}
