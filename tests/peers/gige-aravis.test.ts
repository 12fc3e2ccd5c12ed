/** The GigE Vision driver and Aravis' fake camera, in a network that has nothing but loopback. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { propertyDescriptorSchema } from '../../src-shared/devices.ts'
import { canUnshare, inNamespace } from '../fixtures/lo-namespace.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'

type Report = Awaited<ReturnType<typeof drive>>

async function drive() {
  const [command, ...prepare] = inNamespace
  const script = join(import.meta.dirname, '../fixtures/gige-aravis-process.ts')
  const { stdout } = await promisify(execFile)(
    command,
    [...prepare, process.execPath, ...process.execArgv, script],
    { timeout: 200_000, maxBuffer: 1 << 24 },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

describe.skipIf(!(hasProgram('arv-fake-gv-camera-0.8') && canUnshare()))('Aravis’ fake camera', () => {
  let report: Report
  beforeAll(async () => {
    report = await drive()
  })

  test('is found by broadcast, with its serial number', () => {
    expect(report.found).toMatchObject({
      address: '127.0.0.1',
      title: 'Aravis Fake',
      serialNumber: 'CVS-TEST',
      options: { interface: '127.0.0.1' },
    })
  })

  test('is described, with its features as properties', () => {
    expect(report.description).toMatchObject({
      sensorWidth: 2048,
      sensorHeight: 2048,
      serialNumber: 'CVS-TEST',
    })
    const names: string[] = []
    for (const property of report.properties) names.push(propertyDescriptorSchema.parse(property).name)
    for (const name of [
      'exposureMs',
      'gain',
      'frameRate',
      'roiX',
      'roiWidth',
      'pixelFormat',
      'triggerMode',
      'binning',
    ]) {
      expect(names).toContain(name)
    }
  })

  test('sends frames that arrive whole and in order', () => {
    const { sequences, wrongPixels, faults } = report.free
    expect(sequences[0]).toBe(0)
    expect(sequences.every((sequence: number, i: number) => i === 0 || sequence > sequences[i - 1])).toBe(
      true,
    )
    expect(wrongPixels).toBe(0)
    expect(faults).toEqual([])
  })

  test('in all its pixel formats, and a region of interest', () => {
    expect(report.formats).toEqual({ Mono16: 'Mono16', RGB8: 'RGB8', BayerRG8: 'BayerRG8', Mono8: 'Mono8' })
    expect(report.small).toEqual({ width: 128, height: 64, wrongPixels: 0 })
  })

  test('takes one frame per software trigger', () => {
    expect(report.triggered).toEqual([0, 1, 2])
  })

  test('whose program ends is lost, and is opened again when it is back', () => {
    expect(report.lost).toMatchObject({ code: 'DEVICE_TIMEOUT', hint: expect.stringContaining('cable') })
  })
})
