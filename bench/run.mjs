/** npm run bench: every benchmark, one after the other; arguments go to each of them (`--frames file.raw`). */
import { spawnSync } from 'node:child_process'

const benchmarks = [
  'simulated-microscope',
  'gige',
  'pixels',
  'genicam',
  'encode',
  'decode',
  'pacing',
  'viewers',
  'mjpeg',
  'slow-viewer',
  'churn',
  'idle',
  'display',
  'webrtc',
  'memory',
  'plan',
  'plan-timing',
  'record',
  'gallery',
  'stack',
  'focus',
  'export-speed',
]
const known = {
  encode: ['--frames'],
  decode: ['--frames'],
  viewers: ['--frames'],
  mjpeg: ['--frames'],
  display: ['--frames'],
}

/** The arguments among `args` that a benchmark takes. */
function argumentsFor(name, args) {
  const taken = known[name] ?? []
  return args.flatMap((argument, index) => (taken.includes(argument) ? [argument, args[index + 1]] : []))
}

let failed = 0
for (const name of benchmarks) {
  console.log(`\n== ${name}`)
  const { status } = spawnSync('node', [`bench/${name}.ts`, ...argumentsFor(name, process.argv.slice(2))], {
    stdio: 'inherit',
  })
  if (status !== 0) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
