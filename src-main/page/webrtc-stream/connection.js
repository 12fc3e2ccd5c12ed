/** One WebRTC connection to the microscope: its video, the notes about its frames, and statistics. */
import { FrameNotes, withCaptureTimes } from './frame-notes.js'
import { HostClock } from './host-clock.js'
import { Problem } from './server.js'

/** Label of the data channel on which the server tells of each frame. */
const frameChannelLabel = 'frames'
/** Candidates of this computer take a moment; those from STUN and TURN servers longer. */
const gatherMs = { alone: 500, withServers: 2000 }
const connectMs = 15_000
/** Short losses pass by themselves. */
const lostMs = 5000
const firstPings = 6

export class Connection {
  #server
  #peer
  #channel
  #timers = []
  #lost
  #gathering
  #sessionId
  #isOver = false
  #ended
  clock = new HostClock()
  notes = new FrameNotes()

  /**
   * @param ended called once with a Problem: `byServer` is true when the server closed the connection
   * @param track called with the video
   */
  constructor({ server, iceServers, track, ended }) {
    this.#server = server
    this.#ended = ended
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' })
    this.#peer = peer
    this.#gathering = iceServers.length > 0 ? gatherMs.withServers : gatherMs.alone
    const { receiver } = peer.addTransceiver('video', { direction: 'recvonly' })
    // Frames are shown as they come, not smoothed.
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = 0
    else if ('playoutDelayHint' in receiver) receiver.playoutDelayHint = 0
    // No note is worth waiting for a lost one.
    this.#channel = peer.createDataChannel(frameChannelLabel, { ordered: false, maxRetransmits: 0 })
    this.#channel.onmessage = ({ data }) => this.#heard(data)
    this.#channel.onopen = () => this.#startPings()
    this.#channel.onclose = () => this.#over(new Problem('The microscope ended the connection'), true)
    peer.ontrack = (event) => track(new MediaStream([event.track]))
    peer.onconnectionstatechange = () => this.#stateChanged()
  }

  /** @throws Problem when the server refuses. */
  async open(detectorName) {
    const peer = this.#peer
    const offer = await peer.createOffer()
    await peer.setLocalDescription({ type: 'offer', sdp: withCaptureTimes(offer.sdp) })
    await this.#gathered()
    if (this.#isOver) return undefined
    const {
      sdp,
      sessionId,
      detectorName: camera,
    } = await this.#server.offer(peer.localDescription.sdp, detectorName)
    this.#sessionId = sessionId
    if (this.#isOver) {
      this.#tellServer()
      return undefined
    }
    await peer.setRemoteDescription({ type: 'answer', sdp })
    this.#lost = setTimeout(() => this.#over(noPath()), connectMs)
    return camera
  }

  get state() {
    return this.#peer.connectionState
  }

  /** Leaves; `ended` is not called any more. */
  close() {
    if (this.#isOver) return
    this.#isOver = true
    this.#end()
    this.#tellServer()
  }

  /** Totals since the beginning; undefined where the browser does not tell. */
  async statistics() {
    const stats = [...(await this.#peer.getStats()).values()]
    const video = stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video') ?? {}
    const pair = stats.find(
      ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
    )
    const codec = stats.find(({ id }) => id === video.codecId)
    return {
      atMs: performance.now(),
      received: video.framesReceived ?? video.framesDecoded,
      decoded: video.framesDecoded,
      dropped: video.framesDropped,
      bytes: video.bytesReceived,
      roundTripMs: pair?.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1000,
      codec: codec?.mimeType?.replace('video/', ''),
    }
  }

  async #gathered() {
    const peer = this.#peer
    if (peer.iceGatheringState === 'complete') return
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#gathering)
      peer.onicegatheringstatechange = () => {
        if (peer.iceGatheringState !== 'complete') return
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #stateChanged() {
    clearTimeout(this.#lost)
    const { connectionState } = this.#peer
    if (connectionState === 'failed') this.#over(noPath())
    if (connectionState === 'disconnected') {
      this.#lost = setTimeout(() => this.#over(new Problem('The network was lost', { retry: true })), lostMs)
    }
  }

  #startPings() {
    const ping = () => {
      if (this.#channel.readyState !== 'open') return
      this.#channel.send(JSON.stringify({ type: 'ping', sentAtMs: performance.now() }))
    }
    for (let i = 0; i < firstPings; i++) this.#timers.push(setTimeout(ping, i * 150))
    this.#timers.push(setInterval(ping, 2000))
  }

  #heard(data) {
    let message
    try {
      message = JSON.parse(data)
    } catch {
      // Not ours: newer servers may say more.
      return
    }
    const nowMs = performance.now()
    if (message.type === 'pong') this.clock.add(message, nowMs)
    else if (message.type === 'frame') this.notes.add(message, nowMs)
  }

  #over(problem, byServer = false) {
    if (this.#isOver) return
    this.#isOver = true
    this.#end()
    if (!byServer) this.#tellServer()
    this.#ended(problem, byServer)
  }

  #end() {
    clearTimeout(this.#lost)
    for (const timer of this.#timers) clearInterval(timer)
    leave(this.#peer, this.#channel)
  }

  /** So that it need not wait until it notices. */
  #tellServer() {
    if (this.#sessionId === undefined) return
    this.#server.close(this.#sessionId).catch(() => {
      // It has gone, or has ended the session itself.
    })
  }
}

/** How long the server has to end a connection that was left. */
const farewellMs = 300

/** Tells the server first, which ends the connection: a channel that closes while it writes can crash its library. */
function leave(peer, channel) {
  if (channel.readyState !== 'open') return peer.close()
  const timer = setTimeout(() => peer.close(), farewellMs)
  channel.onclose = () => {
    clearTimeout(timer)
    peer.close()
  }
  channel.send('{"type":"bye"}')
}

function noPath() {
  return new Problem('The server answers, but no video comes through', {
    hint: 'A firewall may block UDP between this device and the microscope. A TURN server in Coverslip’s settings helps across networks.',
    retry: true,
  })
}
