import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { replayConnection } from '../../src-main/engine/connections.ts'
import { createEngine, type Engine } from '../../src-main/engine/create-engine.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { type SharedData, sharedData } from '../fixtures/shared-data.ts'

const imagemagick = hasProgram('identify')
const libtiff = hasProgram('tiffinfo')

const run = (program: string, args: readonly string[]) => execFileSync(program, args, { encoding: 'utf8' })
const metadataSchema = z.looseObject({
  software: z.string(),
  detector: z.string(),
  exposureMs: z.number(),
  settings: z.record(z.string(), z.record(z.string(), z.unknown())),
})

/** The values of all pixels, by ImageMagick. */
const pixelsOf = (path: string) =>
  execFileSync('stream', ['-map', 'i', '-storage-type', 'short', path, '-'], { maxBuffer: 2 ** 26 }).toString(
    'base64',
  )

describe('snaps are opened by programs of others', () => {
  let data: SharedData
  let folder: string
  let engine: Engine
  let original: string
  beforeAll(async () => {
    data = await sharedData()
    folder = await mkdtemp(join(tmpdir(), 'coverslip-snaps-'))
    // One image: the same in all formats.
    const [first = ''] = (await readdir(data.nuclei)).filter((name) => /\.(png|tif)$/.test(name)).toSorted()
    original = join(data.nuclei, first)
    engine = await createEngine({ connections: [replayConnection(original)], dataFolder: folder })
  })
  afterAll(async () => {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
    await data.remove()
  })

  it.skipIf(!imagemagick)('ImageMagick reads TIFF and PNG of 16 bits alike, and what they say', async () => {
    const tiff = await engine.capture.snap({ format: 'tiff' })
    const png = await engine.capture.snap({ format: 'png' })
    for (const { filePath, width, height } of [tiff, png]) {
      expect(run('identify', ['-format', '%w %h %z', filePath])).toBe(`${width} ${height} 16`)
      expect(pixelsOf(filePath)).toBe(pixelsOf(original))
    }
    const text = run('identify', ['-format', '%[Coverslip]', png.filePath])
    const detector = engine.devices.camera().id
    expect(metadataSchema.parse(JSON.parse(text))).toMatchObject({ detector })
    const [, json = ''] = /^coverslip=(.*)$/m.exec(run('identify', ['-format', '%c', tiff.filePath])) ?? []
    expect(metadataSchema.parse(JSON.parse(json))).toMatchObject({ detector })
  })

  it.skipIf(!imagemagick)('ImageMagick reads the comment of a JPEG', async () => {
    const { filePath } = await engine.capture.snap({ format: 'jpeg' })
    const metadata = metadataSchema.parse(JSON.parse(run('identify', ['-format', '%c', filePath])))
    expect(metadata).toMatchObject({ detector: engine.devices.camera().id })
    expect(Object.keys(metadata.settings)).toContain(engine.devices.camera().id)
  })

  it.skipIf(!libtiff)('libtiff reads a TIFF without a warning', async () => {
    const { filePath, width, height } = await engine.capture.snap({ format: 'tiff' })
    const told = run('tiffinfo', [filePath])
    expect(told).toContain(`Image Width: ${width} Image Length: ${height}`)
    expect(told).toContain('Bits/Sample: 16')
    expect(told).not.toMatch(/warning/i)
  })
})
