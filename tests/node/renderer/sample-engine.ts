/** Engine state in small, for the tests of the UI's logic. */
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { EngineSnapshot } from '../../../src-shared/contract/events.ts'
import type { DeviceState, PropertyDescriptor } from '../../../src-shared/devices.ts'
import type { ActiveStream, StreamStats } from '../../../src-shared/live-view.ts'
import { settingsSchema } from '../../../src-shared/settings.ts'
import { paramsSchemaOf, type Protocol } from '../../../src-shared/stream-params.ts'

export const exposure: PropertyDescriptor = {
  type: 'number',
  name: 'exposureMs',
  title: 'Exposure',
  category: 'Exposure',
  readOnly: false,
  lockedWhileAcquiring: false,
  level: 'beginner',
  value: 20,
  unit: 'ms',
  min: 0.05,
  max: 10_000,
  scale: 'log',
}

export function sampleCamera(id: string, patch: Partial<DeviceState> = {}): DeviceState {
  return {
    id,
    connectionId: 'demo',
    driver: 'test',
    demo: true,
    description: {
      kind: 'camera',
      id,
      name: `Camera ${id}`,
      model: 'Test',
      sensorWidth: 512,
      sensorHeight: 512,
      maxFrameBytes: 524_288,
    },
    status: { state: 'ready' },
    properties: [exposure],
    ...patch,
  }
}

export const samplePlan: PlanStatus = {
  id: 'plans/a',
  name: 'a',
  format: 'raw',
  detectorNames: ['camera'],
  state: 'waiting',
  startedAt: 1000,
  frames: { written: 0, lost: 0, incomplete: 0 },
  bytesWritten: 0,
  buffer: { bytes: 0, limitBytes: 1 },
  writeBytesPerSecond: 0,
  events: { total: 8, done: 2, skipped: 0, late: 0 },
}

export const sampleStage: DeviceState = {
  id: 'stage',
  connectionId: 'demo',
  driver: 'test',
  demo: true,
  description: {
    kind: 'stage',
    id: 'stage',
    name: 'Stage',
    model: 'Test',
    axes: { x: { min: -100, max: 100 }, y: { min: -100, max: 100 }, z: { min: 0, max: 50 } },
  },
  status: { state: 'ready' },
  properties: [],
  position: { x: 0, y: 0, z: 10 },
}

export function sampleStream(detectorName: string, protocol: Protocol = 'binary'): ActiveStream {
  return {
    detectorName,
    protocol,
    params: paramsSchemaOf[protocol].parse({ protocol }),
    startedAt: 1,
    startedBy: 'request',
  }
}

export function sampleStats(detectorName: string, protocol: Protocol = 'binary'): StreamStats {
  return {
    detectorName,
    protocol,
    camera: { fps: 50, frames: 100, lost: 0 },
    encoder: {
      fps: 30,
      frames: 60,
      notDue: 40,
      overrun: 0,
      noViewer: 0,
      encodeMs: 5,
      encodeMsMax: 8,
      bytesPerFrame: 1000,
      ratio: 2,
      failed: 0,
    },
    network: { viewers: 1, sent: 60, skipped: 0, bytesPerSecond: 30_000 },
  }
}

export function sampleSnapshot(patch: Partial<EngineSnapshot> = {}): EngineSnapshot {
  return {
    type: 'snapshot',
    devices: [sampleCamera('a'), sampleCamera('b'), sampleStage],
    presets: [],
    hardware: { connections: [], drivers: [], discovery: { running: false, drivers: [], found: [] } },
    streams: [],
    alerts: [],
    settings: settingsSchema.parse({}),
    caller: { id: 'local', role: 'owner', label: 'This computer', address: '' },
    control: {},
    viewers: [],
    sharing: { state: 'off' },
    ...patch,
  }
}
