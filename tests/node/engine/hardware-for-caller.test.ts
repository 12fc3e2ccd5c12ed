import { describe, expect, it } from 'vitest'
import { hardwareFor } from '../../../src-main/engine/hardware-for-caller.ts'
import { auditInput } from '../../../src-main/access/audit-input.ts'
import type { HardwareState } from '../../../src-shared/hardware.ts'

const viewer = { id: 'v', label: 'Viewer', role: 'viewer', address: '10.0.0.2' } as const

function stateWith(address: string): HardwareState {
  return {
    file: '/home/anna/hardware.json',
    problem: '/home/anna/hardware.json: connections[0].driver is missing',
    connections: [
      {
        id: 'c',
        title: 'Camera',
        driver: 'ffmpeg',
        address,
        options: { password: 'pw' },
        status: { state: 'ready' },
        deviceIds: [],
      },
    ],
    drivers: [],
    discovery: { running: false, drivers: [], found: [] },
  }
}

describe('what viewers learn of the hardware', () => {
  it.each([
    'http://user:pw@camera/stream',
    'http:user:pw@camera/stream',
    'http:/user:pw@camera/stream',
    'rtsp://user:pw@camera/',
    'user:pw@camera',
    'http://camera/stream?password=pw',
  ])('has no password in it: %s', (address) => {
    const told = JSON.stringify(hardwareFor(viewer, stateWith(address)))
    expect(told).not.toContain('pw')
    expect(told).not.toContain('/home/anna')
    expect(JSON.stringify(auditInput({ address }))).not.toContain('user:pw')
  })

  it('leaves addresses without secrets as they are', () => {
    for (const address of ['192.168.1.5', 'v4l2:/dev/video0', '/data/images', 'dshow:USB Camera'])
      expect(hardwareFor(viewer, stateWith(address)).connections[0]?.address).toBe(address)
  })
})
