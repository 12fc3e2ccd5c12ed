/** The page: what the viewer chooses, what is shown, and the connection that comes back by itself. */
import { Connection } from './connection.js'
import { Latencies, none, scaleBar, write } from './readings.js'
import { MicroscopeServer, Problem } from './server.js'

const at = (id) => document.getElementById(id)
const video = at('video')

/** Pauses before the next attempt, ms. */
const backOffMs = [500, 1000, 2000, 4000, 8000, 15_000]
/** A connection that lasted so long worked: the next attempt is quick again. */
const steadyMs = 10_000
const stalledMs = 4000

/** The attempt to watch that runs now; undefined when stopped. */
let watching

takeAddress()
at('form').addEventListener('submit', (event) => {
  event.preventDefault()
  if (watching === undefined) start()
  else stop()
})
at('server').addEventListener('change', () => void listCameras())
at('token').addEventListener('change', () => void listCameras())
addEventListener('pagehide', () => watching?.connection?.close())
addEventListener('online', () => watching?.retryNow?.())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) watching?.retryNow?.()
})
// Shown frames tell best when they come; without that, time does.
if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(shown)
setInterval(() => void measure(), 1000)
void listCameras()

/** `?server=&detector=&start` and `#token=`, which browsers send to nobody; the token stays for this tab. */
function takeAddress() {
  const query = new URLSearchParams(location.search)
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  const fromFile = location.protocol === 'file:'
  at('server').value = query.get('server') ?? (fromFile ? 'http://127.0.0.1:8001' : location.origin)
  at('detector').value = query.get('detector') ?? ''
  if (given !== null) {
    sessionStorage.setItem('coverslip-token', given)
    history.replaceState(null, '', location.pathname + location.search)
  }
  at('token').value = sessionStorage.getItem('coverslip-token') ?? ''
  at('connection').open = fromFile
  if (given !== null || query.has('start')) queueMicrotask(start)
}

function start() {
  const run = { attempt: 0, since: 0 }
  watching = run
  sessionStorage.setItem('coverslip-token', at('token').value.trim())
  showProblem()
  setRunning(true)
  void connect(run)
}

function stop(problem) {
  watching?.connection?.close()
  clearTimeout(watching?.timer)
  watching = undefined
  setRunning(false)
  showProblem(problem)
  setState(problem === undefined ? 'idle' : 'failed', problem === undefined ? 'Stopped' : 'Not connected')
  clearPicture()
}

async function connect(run) {
  run.retryNow = undefined
  setState('busy', run.attempt === 0 ? 'Connecting' : 'Reconnecting')
  try {
    const server = new MicroscopeServer(at('server').value, at('token').value)
    const iceServers = await server.iceServers().catch((error) => {
      // Older servers have none to tell of; one that is away says so again below.
      if (error instanceof Problem && !error.retry) return []
      throw error
    })
    if (watching !== run) return
    const connection = new Connection({
      server,
      iceServers,
      track: (stream) => {
        video.srcObject = stream
        video.play().catch(() => {
          // It plays by `autoplay` as soon as the browser lets it.
        })
      },
      ended: (problem, byServer) => void lost(run, { problem, byServer, server }),
    })
    run.connection = connection
    run.counts = undefined
    run.latencies = new Latencies()
    run.lastShownMs = performance.now()
    const camera = await connection.open(at('detector').value.trim())
    if (watching !== run) return
    run.camera = camera
    run.since = performance.now()
  } catch (error) {
    run.connection?.close()
    await lost(run, { problem: toProblem(error), byServer: false })
  }
}

/** Tries again after a pause, or stops where that makes no sense. */
async function lost(run, { problem, byServer, server }) {
  if (watching !== run) return
  run.connection = undefined
  clearPicture()
  if (byServer && (await endedOnPurpose(server, run.camera))) {
    if (watching !== run) return
    return stop(
      new Problem(problem.message, {
        hint: 'Somebody stopped the stream or this viewer. Press Start to watch again.',
      }),
    )
  }
  if (watching !== run) return
  if (!byServer && !problem.retry) return stop(problem)
  if (run.since > 0 && performance.now() - run.since > steadyMs) run.attempt = 0
  run.since = 0
  const pauseMs = backOffMs[Math.min(run.attempt, backOffMs.length - 1)]
  run.attempt += 1
  setState('busy', 'Reconnecting')
  if (!byServer) showProblem(problem)
  run.retryNow = () => {
    clearTimeout(run.timer)
    void connect(run)
  }
  run.timer = setTimeout(() => run.retryNow?.(), pauseMs)
}

/** A server that closed the connection and is there, with its camera, meant it. */
async function endedOnPurpose(server, camera) {
  try {
    const cameras = await server.cameras()
    return cameras.some(({ id, ready }) => id === camera && ready)
  } catch {
    // It has gone itself, and may come back.
    return false
  }
}

/** A frame is on the screen. */
function shown(nowMs, { captureTime, receiveTime, expectedDisplayTime, presentedFrames, width, height }) {
  video.requestVideoFrameCallback(shown)
  const run = watching
  const connection = run?.connection
  if (connection === undefined) return
  if (run.attempt > 0 || at('lamp').dataset.state !== 'live') {
    run.attempt = 0
    showProblem()
    setState('live', 'Live')
  }
  run.presented = presentedFrames
  run.lastShownMs = nowMs
  run.size = { width, height }
  at('empty').hidden = true
  const { clock, notes } = connection
  const { note, exact } = notes.find({ captureTime, receiveTime, nowMs }, clock)
  // Without a capture time the note is a frame off at most.
  if (note !== undefined && clock.known)
    run.latencies.add(clock.toHostMs(expectedDisplayTime) - note.capturedAtMs, nowMs)
  describe(note)
  // For scripts that embed this page.
  video.dispatchEvent(new CustomEvent('framenote', { detail: { note, exact } }))
}

/** Scale bar, stage and camera frame. */
function describe(note) {
  at('sequence').value = note === undefined ? none : write.count(note.sequence)
  at('scale').hidden = note?.pixelSizeUm === undefined
  at('stage').hidden = note?.stage === undefined
  if (note === undefined) return
  if (note.stage !== undefined) at('stage').textContent = write.position(note.stage)
  if (note.pixelSizeUm === undefined) return
  const box = video.getBoundingClientRect()
  const shownPx = Math.min(box.width, (box.height * video.videoWidth) / Math.max(1, video.videoHeight))
  // The video may arrive smaller than it was made, when the network is slow.
  const umPerPx = (note.pixelSizeUm * note.width) / Math.max(1, shownPx)
  const bar = scaleBar(umPerPx, Math.min(150, shownPx / 3))
  at('scale-length').textContent = write.length(bar.um)
  at('scale-bar').style.width = `${bar.px}px`
}

/** Once a second. */
async function measure() {
  const run = watching
  const connection = run?.connection
  if (connection === undefined) return
  const counts = await connection.statistics()
  if (watching !== run || run.connection !== connection) return
  const nowMs = performance.now()
  const before = run.counts
  run.counts = { ...counts, presented: run.presented }
  const seconds = before === undefined ? undefined : (counts.atMs - before.atMs) / 1000
  const perSecond = (now, then) =>
    seconds === undefined || now === undefined || then === undefined
      ? undefined
      : Math.max(0, (now - then) / seconds)
  const latency = run.latencies.summary(nowMs)
  at('latency').value = write.ms(latency?.medianMs)
  at('latency-note').textContent =
    latency === undefined
      ? 'from exposure to screen'
      : `from exposure to screen, 95 % below ${write.ms(latency.highMs)}`
  at('rate').value = write.rate(
    perSecond(
      run.presented ?? counts.decoded,
      run.presented === undefined ? before?.decoded : before?.presented,
    ),
  )
  at('resolution').value = write.size(run.size ?? { width: video.videoWidth, height: video.videoHeight })
  at('received').value = write.count(counts.received)
  at('dropped').value = write.count(counts.dropped)
  const bytes = perSecond(counts.bytes, before?.bytes)
  at('bandwidth').value = write.bits(bytes === undefined ? undefined : bytes * 8)
  at('round-trip').value = write.ms(counts.roundTripMs)
  at('codec').value = counts.codec ?? none
  if (connection.state !== 'connected') return
  if (!('requestVideoFrameCallback' in video)) setState('live', 'Live')
  // A hidden page is shown nothing, and that is no fault.
  else if (!document.hidden && nowMs - run.lastShownMs > stalledMs) setState('busy', 'Waiting for frames')
}

async function listCameras() {
  try {
    const cameras = await new MicroscopeServer(at('server').value, at('token').value).cameras()
    at('detectors').replaceChildren(
      ...cameras.map(({ id, name }) =>
        Object.assign(document.createElement('option'), { value: id, label: name }),
      ),
    )
    if (watching === undefined) showProblem()
  } catch (error) {
    if (watching !== undefined) return
    showProblem(toProblem(error))
    at('connection').open = true
  }
}

function setRunning(isRunning) {
  at('toggle').textContent = isRunning ? 'Stop' : 'Start'
  at('toggle').setAttribute('aria-pressed', String(isRunning))
  for (const id of ['server', 'token', 'detector']) at(id).disabled = isRunning
}

function setState(state, words) {
  if (at('state').textContent !== words) at('state').textContent = words
  at('lamp').dataset.state = state
}

function showProblem(problem) {
  at('problem').hidden = problem === undefined
  at('problem-message').textContent = problem?.message ?? ''
  at('problem-hint').textContent = problem?.hint ?? ''
}

function clearPicture() {
  video.srcObject = null
  at('empty').hidden = watching !== undefined
  at('scale').hidden = true
  at('stage').hidden = true
  for (const id of ['latency', 'rate', 'bandwidth', 'round-trip']) at(id).value = none
}

function toProblem(error) {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem(error instanceof Error ? error.message : String(error), {
    hint: 'This browser may not support WebRTC video; a current Chrome, Edge, Firefox or Safari does.',
  })
}
