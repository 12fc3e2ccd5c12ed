/**
 * One MJPEG response: `multipart/x-mixed-replace` as browsers, ffmpeg and VLC play it.
 *
 * Each part: `--frame` CRLF, headers, empty line, the JPEG file, CRLF. The boundary of the next part is sent together
 * with the part before it, as many clients know only then that an image is complete.
 *
 * Chromium shows an image when it has read the headers of the next part: with headers that tell the next image's
 * length and time, every image would appear one frame period late. An `<img>` cannot read those headers. So for it
 * parts have only a Content-Type, sent ahead with the boundary.
 *
 * Packets are handed to the socket as they are. A frame counts as taken when the kernel has it.
 */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FrameMessage } from '../../src-shared/frames/frame-message.ts'
import type { FrameTransport } from '../live-view/stream-outlet.ts'

/** Headers of the response besides those that HTTP itself needs. */
export const mjpegHeaders = {
  'content-type': 'multipart/x-mixed-replace;boundary=frame',
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-accel-buffering': 'no',
} as const

const boundary = '--frame\r\n'
const contentType = 'Content-Type: image/jpeg\r\n'
/** What stands before the first image, before what `partHead` adds. */
const opening = { element: `${boundary}${contentType}\r\n`, program: boundary } as const

/** Who takes nothing for so long, ms, is disconnected. */
const defaultStalledAfterMs = 30_000
/** After so long without a frame, ask whether the computer at the other end is still there, ms. */
const keepAliveAfterMs = 30_000

type Options = {
  readonly response: ServerResponse
  /** Headers that the server sends with every answer. */
  readonly headers?: OutgoingHttpHeaders
  /** Who plays it: an `<img>`, or a program that reads the headers of parts. */
  readonly player: 'element' | 'program'
  readonly stalledAfterMs?: number
  /** The frame has left; its packet's memory is free. */
  taken(message: FrameMessage): void
  /** The client has taken nothing for a long time; the connection is being ended. */
  stalled(): void
}

/** One response that goes on as long as it has a viewer. */
export class MjpegResponse implements FrameTransport {
  readonly #options: Options
  #underWay = 0

  /** Sends the head of the answer. */
  constructor(options: Options) {
    this.#options = options
    const { response, headers, player, stalledAfterMs = defaultStalledAfterMs } = options
    response.writeHead(200, { ...headers, ...mjpegHeaders })
    response.write(opening[player], 'latin1')
    response.socket?.setNoDelay(true).setKeepAlive(true, keepAliveAfterMs)
    // Node starts this timer anew at each write, and whenever it fires while a write makes progress.
    response.setTimeout(stalledAfterMs, () => {
      if (this.#underWay === 0) return
      options.stalled()
      response.destroy()
    })
  }

  send(_viewerIds: readonly string[], message: FrameMessage, packet: Uint8Array<ArrayBuffer>): void {
    const { response, player, taken } = this.#options
    const { socket } = response
    if (socket === null || socket.destroyed || response.writableEnded) return
    this.#underWay += 1
    // Together: one system call.
    socket.cork()
    response.cork()
    if (player === 'program') response.write(partHead(message, packet.byteLength), 'latin1')
    response.write(packet)
    response.write(`\r\n${opening[player]}`, 'latin1', (error) => {
      this.#underWay -= 1
      if (error === null || error === undefined) taken(message)
    })
    response.uncork()
    socket.uncork()
  }

  /** The stream is of JPEG files, which every client of it decodes: there is nothing to tell. */
  report(): void {
    this.#options.response.destroy()
  }
}

/** Headers of a part, from after the boundary to the empty line. */
function partHead({ metadata }: FrameMessage, bytes: number): string {
  const { captured_at_ms: capturedAtMs, sequence, frame_id: frameId } = metadata
  return (
    `${contentType}Content-Length: ${bytes}\r\n` +
    `X-Timestamp: ${(capturedAtMs / 1000).toFixed(6)}\r\nX-Sequence: ${sequence}\r\nX-Frame-Id: ${frameId}\r\n\r\n`
  )
}
