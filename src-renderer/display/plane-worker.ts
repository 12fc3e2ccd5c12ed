/** Worker of one PlaneDisplay: decoding and drawing, away from the page's own thread. */
import '../zod-without-eval.ts'
import type { PlaneReport, PlaneRequest } from './plane-messages.ts'
import { PlaneSession } from './plane-session.ts'

let session: PlaneSession | undefined

function report(message: PlaneReport, transfer: readonly Transferable[] = []): void {
  self.postMessage(message, { transfer: [...transfer] })
}

self.addEventListener('message', ({ data }: MessageEvent<PlaneRequest>) => {
  if (data.type === 'open') {
    session = new PlaneSession({ canvas: data.canvas, report })
    return
  }
  session?.handle(data)
  if (data.type === 'close') self.close()
})
