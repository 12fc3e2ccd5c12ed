/**
 * What videos keep of what is burnt in: the built app in Chromium exports a series of noisy images as PNG, and as MP4 and
 * WebM of each quality, by the browser's encoder and by ffmpeg's WebAssembly; ffmpeg decodes them.
 * `node bench/export-quality.ts [--size 512]` (needs `npm run build`, and ffmpeg).
 *
 * PSNR of the whole picture; and how much of the contrast at edges of letters and scale bar is left: the mean difference
 * of neighbouring pixels of which one is white and one is black in the PNG, as a share of that there.
 */
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { decode } from 'fast-png'
import { decodeVideo } from '../tests/fixtures/ffmpeg-peer.ts'
import { ExportSeries } from './browser/export-series.ts'

const run = promisify(execFile)
const { values } = parseArgs({ options: { size: { type: 'string', default: '512' } } })
const size = Number(values.size)
const images = 40

const series = await ExportSeries.record({ size, images, frameRate: 20 })
try {
  const zip = await exported('Pictures as shown')
  await run('python3', ['-m', 'zipfile', '-e', zip, `${zip}-files`])
  const shown = await Promise.all(
    (await readdir(`${zip}-files`)).toSorted().map(async (name) => {
      const { data, channels } = decode(await readFile(join(`${zip}-files`, name)))
      return Uint8Array.from({ length: size * size }, (_, i) => Number(data[i * channels + 1]))
    }),
  )
  for (const format of ['MP4 video', 'WebM video'])
    for (const by of ['WebCodecs', 'WebAssembly'])
      for (const quality of ['Best', 'Good', 'Small']) {
        const path = await exported(format, { quality, by })
        const decoded = await decodeVideo(path, 'gray')
        const { psnr, edges } = comparison(shown, decoded)
        const { size: bytes } = await stat(path)
        const bits = (8 * bytes) / images / size / size
        console.log(
          `${format}, ${by}, ${quality}: ${psnr.toFixed(1)} dB, ${(100 * edges).toFixed(0)} % of the contrast at edges, ${(bytes / 1e6).toFixed(2)} MB, ${bits.toFixed(2)} bits per pixel`,
        )
      }
} finally {
  await series.close()
}

/** Exports the series with what is usually burnt in. @returns the path of the file */
async function exported(
  label: string,
  { quality, by }: { quality?: string; by?: string } = {},
): Promise<string> {
  const { app, dialog } = await series.openDialog(label, by)
  if (quality !== undefined) await dialog.getByText(quality, { exact: true }).click()
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ])
  const path = join(series.folder, `${label}-${quality}-${by}-${download.suggestedFilename()}`)
  await download.saveAs(path)
  await app.close()
  return path
}

/** Luma of a video has no range of its own any more once ffmpeg has decoded it to grey. */
function comparison(shown: readonly Uint8Array[], decoded: Uint8Array): { psnr: number; edges: number } {
  let [squares, was, is] = [0, 0, 0]
  for (const [i, picture] of shown.entries()) {
    const video = decoded.subarray(i * size * size, (i + 1) * size * size)
    for (let at = 0; at < picture.length - size - 1; at++) {
      const grey = picture[at] ?? 0
      squares += (grey - (video[at] ?? 0)) ** 2
      for (const next of [at + 1, at + size]) {
        const [low, high] = grey < (picture[next] ?? 0) ? [at, next] : [next, at]
        const step = (picture[high] ?? 0) - (picture[low] ?? 0)
        // Letters and bars alone go so far within a pixel.
        if (step < 170) continue
        was += step
        is += (video[high] ?? 0) - (video[low] ?? 0)
      }
    }
  }
  const mean = squares / (shown.length * size * size)
  return { psnr: 10 * Math.log10(255 ** 2 / mean), edges: is / was }
}
