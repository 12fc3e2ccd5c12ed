/** What frames carry whose camera's driver knows nothing of stage, light and optics, as that of most real cameras. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { surroundingsOf } from '../../../src-main/devices/camera-surroundings.ts'
import { framesPublished } from '../../../src-main/frames/frame-ring.ts'
import { frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { imageOffsetUm } from '../../../src-shared/pixel-size.ts'
import { type DeviceState, deviceStateSchema, type Preset } from '../../../src-shared/devices.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

describe('frames of a camera that knows nothing but its pixels', () => {
  let folder: string
  let engine: Engine
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-surroundings-'))
    engine = await createEngine({
      connections: [testConnection({ width: 40, height: 30 })],
      dataFolder: folder,
    })
  })
  afterEach(async () => {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function framesOfRecording() {
    const id = engine.recorder.status?.id ?? ''
    const text = await readFile(join(folder, id, 'camera', 'frames.jsonl'), 'utf8')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => frameRecordSchema.parse(JSON.parse(line)))
      .filter((record) => record.kind === 'frame')
  }

  /** Frames that were exposed after now. */
  async function moreFrames(): Promise<void> {
    const ring = engine.devices.ring('test-camera')
    const before = framesPublished(ring)
    await eventually('more frames', () => framesPublished(ring) > before + 2)
  }

  test('say where the stage was, in which channel, and how large a pixel is, binned', async () => {
    await engine.devices.moveStage('test-stage', { x: 12, y: -7 }, 'absolute')
    await engine.devices.applyPreset('Channel', 'BF')
    await engine.devices.setProperty('test-camera', 'binning', '2x2')
    engine.settings.change({ pixelSizes: { 'test-camera': { '': 0.65 } } })
    await engine.recorder.start({ until: { kind: 'stopped' } })
    await moreFrames()
    await engine.devices.moveStage('test-stage', { x: 20 }, 'absolute')
    await engine.devices.setProperty('test-light', 'on', false)
    await moreFrames()
    await engine.recorder.stop()
    const frames = await framesOfRecording()
    expect(frames[0]).toMatchObject({ stage: { x: 12, y: -7 }, channel: 'BF', pixelSizeUm: 1.3 })
    expect(frames.at(-1)).toMatchObject({ stage: { x: 20, y: -7 }, pixelSizeUm: 1.3 })
    expect(frames.at(-1)?.channel).toBeUndefined()
  })

  test('have the driver’s pixel size as long as the user has calibrated none', async () => {
    await engine.recorder.start({ until: { kind: 'frames', frames: 2 } })
    await eventually('the end', () => engine.recorder.status?.state === 'finished')
    expect((await framesOfRecording())[0]).toMatchObject({ pixelSizeUm: 0.5, stage: { x: 0, y: 0 } })
  })
})

const property = (name: string, value: string | number | boolean) =>
  typeof value === 'boolean'
    ? { name, title: name, category: '', type: 'boolean' as const, value }
    : typeof value === 'number'
      ? { name, title: name, category: '', type: 'number' as const, value }
      : { name, title: name, category: '', type: 'option' as const, value, options: [value, 'other'] }

type Settings = Readonly<Record<string, string | number | boolean>>

/** A real device of the kind that `description` says, as it is set. */
function device(
  description: { readonly kind: string; readonly id: string; readonly [key: string]: unknown },
  settings: Settings = {},
): DeviceState {
  const { id } = description
  return deviceStateSchema.parse({
    id,
    connectionId: 'a',
    driver: 'a',
    demo: false,
    description: { name: id, model: '', ...description },
    status: { state: 'ready' },
    properties: Object.entries(settings).map(([name, value]) => property(name, value)),
  })
}

const sensor = { kind: 'camera', id: 'camera', sensorWidth: 9, sensorHeight: 9, maxFrameBytes: 81 }
const travel = { min: -100, max: 100 }

describe('surroundingsOf', () => {
  const camera = device(sensor, { binning: '2x2' })
  const lamp = device({ kind: 'light', id: 'lamp' }, { on: true, intensity: 30 })
  const nosepiece = device({ kind: 'turret', id: 'Nosepiece' }, { position: '20x' })
  const presets: Preset[] = [
    { group: 'Channel', name: 'dark', settings: [{ deviceId: 'lamp', property: 'on', value: false }] },
    {
      group: 'Channel',
      name: 'BF',
      settings: [
        { deviceId: 'lamp', property: 'on', value: true },
        { deviceId: 'lamp', property: 'intensity', value: 80 },
      ],
    },
  ]
  const xy: DeviceState = {
    ...device({ kind: 'stage', id: 'xy', axes: { x: travel, y: travel } }),
    // As an encoder without a reference may tell.
    position: { x: 1, y: Number.NaN },
  }
  const z: DeviceState = {
    ...device({ kind: 'stage', id: 'z', axes: { z: travel } }),
    position: { z: 3 },
  }
  const pixelSizes = { camera: { '20x': 0.3, other: 0.6 } }

  test('takes each axis from its stage, the channel by its light, the size by objective and binning', () => {
    const known = { devices: [camera, lamp, nosepiece, xy, z], presets, pixelSizes }
    expect(surroundingsOf(camera, known)).toEqual({
      stage: { x: 1, z: 3 },
      channel: 'BF',
      pixelSizeUm: 0.6,
    })
  })

  test('knows the channels of a group of another name, as the Acquire view does', () => {
    const named = presets.map((preset) => ({ ...preset, group: 'Light' }))
    const known = { devices: [camera, lamp], presets: named, pixelSizes }
    expect(surroundingsOf(camera, known).channel).toBe('BF')
    const beside = [...named, { group: 'Channel', name: 'none', settings: [] }]
    expect(surroundingsOf(camera, { ...known, presets: beside }).channel).toBeUndefined()
  })

  test('leaves out simulated devices, those that are lost, and objectives without calibration', () => {
    const lost: DeviceState = { ...z, status: { state: 'connecting' } }
    const turned = device({ kind: 'turret', id: 'Nosepiece' }, { position: 'unknown' })
    const simulated = [lamp, xy].map((each) => ({ ...each, demo: true }))
    const known = { devices: [camera, ...simulated, lost, turned], presets, pixelSizes }
    expect(surroundingsOf(camera, known)).toEqual({})
  })

  test('says where the middle of the image lies, of a part of the sensor', () => {
    const region = { roiX: 100, roiY: 0, roiWidth: 100, roiHeight: 400 }
    const reading = device({ ...sensor, sensorWidth: 1000, sensorHeight: 800 }, region)
    // As cameras limit it: to what is left of the sensor, here counted in binned pixels.
    const most: Readonly<Record<string, number>> = { roiWidth: 400, roiHeight: 400 }
    const binned: DeviceState = {
      ...reading,
      properties: reading.properties.map((each) =>
        each.type === 'number' ? { ...each, max: most[each.name] } : each,
      ),
    }
    const offset = imageOffsetUm(binned, { sensorPixelUm: 0.5 })
    expect(offset).toEqual({ x: -100, y: 0 })
    const asPlanned = { sensorPixelUm: 0.5, roi: { x: 400, y: 100, width: 100, height: 100 } }
    expect(imageOffsetUm(binned, asPlanned)).toEqual({ x: 200, y: -50 })
    const known = { devices: [binned, xy, z], presets, pixelSizes: { camera: { '': 0.5 } } }
    expect(surroundingsOf(binned, known).stage).toEqual({ x: -99, z: 3 })
    // A driver that does not know its sensor: nothing that is no number goes to the frames.
    const unknown: DeviceState = {
      ...binned,
      properties: reading.properties.map((each) =>
        each.type === 'number' ? { ...each, value: 0, max: 0 } : each,
      ),
    }
    expect(surroundingsOf(unknown, known).stage).toEqual({ z: 3 })
  })
})
