/** Step of the set-up: programs of others that the tests talk to (clients, servers). Tests without theirs are skipped. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { canInstallPackages, installPackages } from './debian.mjs'

/** Debian package → whether it is there. */
const peers = {
  'python3-aiortc': () => pythonHas('aiortc'),
  'python3-aiohttp': () => pythonHas('aiohttp'),
  'python3-socketio': () => pythonHas('socketio'),
  'python3-msgpack': () => pythonHas('msgpack'),
  'python3-numpy': () => pythonHas('numpy'),
  'python3-lz4': () => pythonHas('lz4.frame'),
  'python3-tifffile': () => pythonHas('tifffile'),
  'python3-zarr': () => pythonHas('zarr'),
  'python3-zstandard': () => pythonHas('zstandard'),
  'libtiff-tools': () => hasProgram('tiffinfo'),
  imagemagick: () => hasProgram('identify'),
  curl: () => hasProgram('curl'),
  ffmpeg: () => hasProgram('ffmpeg'),
  'redis-server': () => hasProgram('redis-server'),
  'aravis-tools': () => hasProgram('arv-camera-test-0.8'),
  'aravis-tools-cli': () => hasProgram('arv-tool-0.8'),
  'indi-bin': () => hasProgram('indi_simulator_ccd'),
  iproute2: () => hasProgram('ip'),
  'python3-gi': () => pythonHas('gi'),
  'gir1.2-gst-rtsp-server-1.0': () => gstreamerHas('GstRtspServer'),
  'gstreamer1.0-plugins-base': () => gstreamerMakes('videotestsrc'),
  'gstreamer1.0-plugins-good': () => gstreamerMakes('rtph264pay'),
  'gstreamer1.0-plugins-ugly': () => gstreamerMakes('x264enc'),
}

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'
const pythonHas = (module) => pythonRuns(`import ${module}`)
const pythonRuns = (script) => spawnSync(python, ['-c', script]).status === 0
const gstreamerHas = (part) => pythonRuns(`import gi; gi.require_version('${part}', '1.0')`)
const gstreamerMakes = (element) =>
  pythonRuns(
    `import gi; gi.require_version('Gst', '1.0'); from gi.repository import Gst; Gst.init(None); assert Gst.ElementFactory.find('${element}')`,
  )
const hasProgram = (name) => spawnSync('which', [name]).status === 0

/** Installs what is missing where that is possible without asking; says what is not there. */
export async function ensurePeers() {
  let missing = missingPeers()
  if (missing.length > 0 && canInstallPackages()) {
    console.log(`Installing ${missing.join(', ')} (Debian packages) for the tests …`)
    await installPackages(missing)
    missing = missingPeers()
  }
  if (missing.length > 0) console.log(`Not installed, so their tests are skipped: ${missing.join(', ')}.`)
}

function missingPeers() {
  return Object.entries(peers)
    .filter(([, isThere]) => !isThere())
    .map(([name]) => name)
}
