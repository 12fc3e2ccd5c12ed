/** Makes the smaller copies of one acquisition's images, then ends. */
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { findAcquisitionSummary, wantsPyramid } from '../reading/acquisition-summary.ts'
import { makePyramid } from '../storage/ome-zarr/make-pyramid.ts'
import { omeZarrPath } from '../storage/ome-zarr/ome-zarr-path.ts'
import { Rest } from './rest.ts'
import type { PyramidWorkerData, PyramidWorkerMessage } from './pyramid-messages.ts'

if (parentPort === null) throw new Error('pyramid-worker runs as a worker thread')
const port = parentPort
const { folder }: PyramidWorkerData = workerData

const rest = new Rest()
port.on('message', ({ type }: PyramidWorkerMessage) => {
  if (type === 'rest') rest.begin()
  else rest.end()
})

const summary = await findAcquisitionSummary(folder)
if (summary !== undefined && wantsPyramid(summary)) {
  for (const { folder: dataset, layout } of summary.datasets) {
    // Without a frame there is nothing to make smaller.
    if (layout === undefined) continue
    await makePyramid(omeZarrPath(join(folder, dataset), layout.name), { rest: () => rest.over() })
  }
}
port.close()
