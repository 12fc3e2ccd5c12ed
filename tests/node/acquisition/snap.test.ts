import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { fromFile } from 'geotiff'
import jpegTurbo from '@julusian/jpeg-turbo'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import { snapResultSchema } from '../../../src-shared/capture.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { startTestServer } from '../../fixtures/test-server.ts'

describe('snap', () => {
  let folder: string
  let engine: Engine
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coverslip-snap-'))
    engine = await createEngine({
      connections: [
        testConnection({ width: 40, height: 30 }),
        demoConnection({ width: 256, height: 256, frameRate: 30 }),
      ],
      dataFolder: folder,
    })
  })
  afterEach(async () => {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('writes every bit to a TIFF that names its pixel size, and stops a camera that stood still', async () => {
    const snap = await engine.capture.snap({ detectorName: 'Test camera', fileName: 'my cells/../x: 1' })
    expect(snap.relativePath).toMatch(/^recordings\/\d{4}-\d\d-\d\d\/my_cells_.._x_1_test-camera\.tif$/)
    expect(snap.filePath).toBe(join(folder, ...snap.relativePath.split('/')))
    const tiff = await fromFile(snap.filePath)
    const image = await tiff.getImage()
    const pixels = await image.readRasters({ interleave: true })
    expect([image.getWidth(), image.getHeight()]).toEqual([40, 30])
    expect(pixels).toBeInstanceOf(Uint16Array)
    expect(new Set(Array.from(pixels as Uint16Array))).toEqual(new Set([snap.sequence % 4096]))
    const directory = image.fileDirectory
    const [numerator, denominator] = Object.values(Object(await directory.loadValue('XResolution')) as object)
    expect(Number(numerator) / Number(denominator)).toBeCloseTo(2)
    const description = String(await directory.loadValue('ImageDescription'))
    expect(description).toContain('unit=micron')
    const json: unknown = JSON.parse(/^coverslip=(.*)$/m.exec(description)?.[1] ?? '')
    expect(json).toMatchObject({ detector: 'test-camera', significantBits: 12, pixelSizeUm: 0.5 })
    await tiff.close()
    expect(engine.devices.camera('test-camera').acquiring).toBe(false)
  })

  test('gives each image a name of its own and leaves nothing half written', async () => {
    const snaps = await Promise.all(
      Array.from({ length: 5 }, () => engine.capture.snap({ format: 'png', fileName: 'same' })),
    )
    expect(new Set(snaps.map(({ filePath }) => filePath)).size).toBe(5)
    const days = await readdir(join(folder, 'recordings'))
    const files = (await readdir(join(folder, 'recordings', days[0] ?? ''))).toSorted()
    expect(files).toEqual([
      'same_test-camera.png',
      'same_test-camera_2.png',
      'same_test-camera_3.png',
      'same_test-camera_4.png',
      'same_test-camera_5.png',
    ])
    const png = decode(await readFile(snaps[0]?.filePath ?? ''))
    expect(png).toMatchObject({ width: 40, height: 30, depth: 16, channels: 1 })
    expect(png.data[0]).toBe((snaps[0]?.sequence ?? 0) % 4096)
  })

  test('keeps a Bayer mosaic as it is, and names its pattern', async () => {
    await engine.devices.setProperty('overview', 'pixelFormat', 'BayerRG12')
    const snap = await engine.capture.snap({ detectorName: 'overview' })
    const tiff = await fromFile(snap.filePath)
    const image = await tiff.getImage()
    expect([image.getWidth(), image.getHeight(), image.getSamplesPerPixel()]).toEqual([1280, 960, 1])
    expect(String(await image.fileDirectory.loadValue('ImageDescription'))).toContain(
      '"pixelFormat":"BayerRG12"',
    )
    const mosaic = Array.from((await image.readRasters({ interleave: true })) as Uint16Array)
    await tiff.close()
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const site = (x: number, y: number) =>
      mean(mosaic.filter((_, i) => i % 2 === x && Math.floor(i / 1280) % 2 === y))
    // Pink and violet: least green.
    expect(Math.min(site(0, 0), site(1, 1))).toBeGreaterThan(Math.max(site(1, 0), site(0, 1)) + 100)
  })

  test('takes a fresh frame beside a live view, which goes on', async () => {
    await engine.liveView.startLiveView({ detectorName: 'test-camera', protocol: 'jpeg' })
    const before = await engine.capture.snap({ detectorName: 'test-camera' })
    const after = await engine.capture.snap({ detectorName: 'test-camera' })
    expect(after.sequence).toBeGreaterThan(before.sequence)
    expect(engine.liveView.getActiveStreams()).toHaveLength(1)
    expect(engine.devices.camera('test-camera').acquiring).toBe(true)
  })

  test('keeps colour in TIFF, PNG and JPEG', async () => {
    const tiff = await engine.capture.snap({ detectorName: 'overview', format: 'tiff' })
    const image = await (await fromFile(tiff.filePath)).getImage()
    expect(image.getSamplesPerPixel()).toBe(3)
    const raster = await image.readRasters({ interleave: true })
    expect(raster).toHaveLength(3 * tiff.width * tiff.height)
    const png = await engine.capture.snap({ detectorName: 'overview', format: 'png' })
    expect(decode(await readFile(png.filePath))).toMatchObject({ channels: 3, depth: 8, width: png.width })
    const jpeg = await engine.capture.snap({ detectorName: 'overview', format: 'jpeg' })
    const file = await readFile(jpeg.filePath)
    expect(jpegTurbo.decompressSync(file, { format: jpegTurbo.FORMAT_RGB })).toMatchObject({
      width: jpeg.width,
      height: jpeg.height,
    })
  })

  test('can be cancelled, and waits for a software trigger by giving it', async () => {
    await engine.devices.setProperty('test-camera', 'triggerMode', 'software')
    const snap = await engine.capture.snap({ detectorName: 'test-camera' })
    expect(snap.sequence).toBe(0)
    await engine.devices.setProperty('camera', 'exposureMs', 10_000)
    const cancel = new AbortController()
    const snapping = engine.capture.snap({ detectorName: 'camera', signal: cancel.signal })
    setTimeout(() => cancel.abort(new Error('changed my mind')), 50)
    await expect(snapping).rejects.toThrow('changed my mind')
    expect(engine.devices.camera('camera').acquiring).toBe(false)
  })

  test('says what to do where there is no data folder, and which cameras there are', async () => {
    await expect(engine.capture.snap({ detectorName: 'nothing' })).rejects.toMatchObject({
      code: 'UNKNOWN_DEVICE',
    })
    const homeless = await createEngine({ connections: [testConnection()] })
    try {
      await expect(homeless.capture.snap()).rejects.toMatchObject({ code: 'DATA_FOLDER' })
    } finally {
      await homeless.close()
    }
  })
})

test('is a call of our own API', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coverslip-snap-'))
  const host = await startTestServer({ config: { connections: [testConnection()], dataFolder: folder } })
  try {
    const snap = async (body: object) => {
      const response = await fetch(`${host.url}/api/capture/snap`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, json: snapResultSchema.safeParse(await response.json()) }
    }
    const { status, json } = await snap({ format: 'png' })
    expect([status, json.success]).toEqual([200, true])
    expect(decode(await readFile(json.data?.filePath ?? ''))).toMatchObject({ width: 64, height: 48 })
    expect((await snap({ format: 'gif' })).status).toBe(400)
  } finally {
    await host.close()
    await rm(folder, { recursive: true, force: true })
  }
})
