/**
 * Run in a network namespace: opens INDI's simulators by an indiserver that the driver starts, takes images, crashes
 * the camera's driver program, and says what happened, as JSON.
 */
import indi from '../../../drivers/indi/index.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Device } from '../../../drivers/sdk/driver.ts'

const isCamera = (device: Device): device is CameraDevice => device.description.kind === 'camera'
const waitMs = 60_000

const found = await indi.discover({ signal: new AbortController().signal, interfaces: ['127.0.0.1'] })
const connection = await indi.open('start', { drivers: ['indi_simulator_ccd', 'indi_simulator_wheel'] })
const search = await indi.discover({ signal: new AbortController().signal, interfaces: ['127.0.0.1'] })
const second = await indi.open('start', { drivers: ['indi_simulator_ccd'] }).catch((error: unknown) => error)
const camera = connection.devices.find(isCamera)
if (camera === undefined) throw new Error('There is no camera')
const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
const lost = new Promise<Error>((resolve) => connection.onLost?.(resolve))
await camera.setProperty('exposureMs', 20)
await camera.start(sink)
await sink.waitForFrames(2, waitMs)
await camera.setProperty('CCD_SIMULATE_CRASH.CRASH', true).catch(() => undefined)
const { message } = await lost
await connection.close()
const after = await indi.discover({ signal: new AbortController().signal, interfaces: ['127.0.0.1'] })
console.log(
  JSON.stringify({
    found,
    search,
    second: second instanceof Error ? second.message : 'opened',
    frames: sink.frames.length,
    lost: message,
    after,
  }),
)
process.exit()
