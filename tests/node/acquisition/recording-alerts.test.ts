import { expect, it } from 'vitest'
import { RecordingAlerts } from '../../../src-main/acquisition/recording/recording-alerts.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'

const status: AcquisitionStatus = {
  id: 'recordings/2026-11-28/cells',
  name: 'cells',
  format: 'raw',
  detectorNames: ['camera'],
  state: 'acquiring',
  startedAt: 0,
  frames: { written: 100, lost: 0, incomplete: 0 },
  bytesWritten: 100,
  buffer: { bytes: 0, limitBytes: 100 },
  writeBytesPerSecond: 0,
}

it('frames with pixels missing are told of until somebody has read it', () => {
  const board = new AlertBoard()
  const alerts = new RecordingAlerts(board, status.id)
  alerts.progress(status)
  expect(board.list()).toEqual([])
  alerts.progress({ ...status, frames: { written: 100, lost: 0, incomplete: 3 } })
  alerts.ended({
    ...status,
    frames: { written: 100, lost: 0, incomplete: 3 },
    finish: { reason: 'completed' },
  })
  expect(board.list()).toMatchObject([
    { severity: 'error', message: expect.stringMatching(/^3 frames of cells arrived with pixels missing/) },
  ])
})
