import { describe, expect, it } from 'vitest'
import {
  memoryToPrepare,
  recordingMemory,
  requireMemory,
} from '../../../src-main/acquisition/recording/recording-memory.ts'
import { createFrameRing } from '../../../src-main/frames/frame-ring.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'

const maxFrameBytes = 100 * 80 * 2
const camera: DeviceState = {
  id: 'cam',
  connectionId: 'test',
  driver: 'test',
  demo: true,
  description: {
    kind: 'camera',
    id: 'cam',
    name: 'Camera',
    model: 'M',
    sensorWidth: 100,
    sensorHeight: 80,
    maxFrameBytes,
  },
  status: { state: 'ready' },
  properties: [],
  health: { framesPerSecond: 50, bytesPerSecond: 0, frames: 0 },
}
const recorded = { camera, ring: createFrameRing({ slots: 8, maxFrameBytes }) }

describe('the memory of a recording', () => {
  it('holds the seconds before the beginning at the rate of the camera, and a little more', () => {
    const [memory] = recordingMemory({ begin: { kind: 'asked' }, preRecordS: 10 }, [recorded])
    expect(memory?.heldBytes).toBe(550 * maxFrameBytes)
  })

  it('is for more than a second of a fast camera that the disk does not take', () => {
    const fast = {
      ...camera,
      health: { framesPerSecond: 750e6 / maxFrameBytes, bytesPerSecond: 0, frames: 0 },
    }
    const [memory] = recordingMemory(
      { begin: { kind: 'now' }, preRecordS: 0 },
      [{ ...recorded, camera: fast }],
      8e9,
    )
    expect(memory?.bufferBytes).toBeGreaterThan(750e6)
  })

  it('is no more than the ring has when it begins at once', () => {
    const [memory] = recordingMemory({ begin: { kind: 'now' }, preRecordS: 10 }, [recorded])
    expect(memory?.heldBytes).toBe(8 * maxFrameBytes)
  })

  it('is refused when it takes most of what is free', () => {
    const memory = recordingMemory({ begin: { kind: 'asked' }, preRecordS: 600 }, [recorded, recorded])
    requireMemory(memory, 64e9)
    expect(() => requireMemory(memory, 1e9)).toThrow(/needs 1.3 GB of memory before it starts, and 750 MB/)
  })

  it('is not prepared for a recording that would be refused', () => {
    const memory = recordingMemory({ begin: { kind: 'now' }, preRecordS: 0 }, [recorded, recorded], 1e9)
    expect(memoryToPrepare(memory, 1e9)).toEqual(memory.map(({ bufferBytes }) => bufferBytes))
    expect(memoryToPrepare(memory, 200e6)).toEqual([])
  })
})
