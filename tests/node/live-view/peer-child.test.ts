import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { PeerChild } from '../../../src-main/live-view/webrtc/peer-child.ts'
import type { PeerEvent } from '../../../src-main/live-view/webrtc/peer-messages.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'

const settings = { codec: 'VP8', bitrateKbps: 1000 } as const
const stubborn = fileURLToPath(new URL('../../fixtures/stubborn-peer-process.ts', import.meta.url))

let child: PeerChild
let events: PeerEvent[]
let faults: CoverslipError[]

function start(script: string): void {
  events = []
  faults = []
  child = new PeerChild({
    settings,
    script,
    tell: (event) => events.push(event),
    fault: (error) => faults.push(error),
    ready: () => undefined,
  })
}
afterEach(() => child.close())

let calls = 0
/** The process that answers. */
async function askedProcess(sdp = ''): Promise<number> {
  const call = calls++
  child.call({ type: 'call', call, request: { type: 'answer', peerId: `${call}`, sdp, iceServers: [] } })
  const reply = await eventually('a reply', () =>
    events.find((event) => event.type === 'reply' && event.call === call),
  )
  return reply.type === 'reply' ? Number(reply.sdp) : Number.NaN
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: there is no such process.
    return false
  }
}

describe('the peer process of a stream', () => {
  it('is killed when it does not stop; frames on their way to it end', async () => {
    start(stubborn)
    const pid = await askedProcess('stay')
    const planes = new Uint8Array(4096 * 4096)
    const sent = new Promise<void>((resolve) => {
      child.send({ width: 4096, height: 4096, planes, colour: false, note: '{}', sent: resolve })
    })
    await child.close()
    await sent
    expect(isRunning(pid)).toBe(false)
    expect(faults).toEqual([])
  })

  it('is not left behind when another takes its place after many viewers', async () => {
    start(stubborn)
    const first = await askedProcess()
    let pid = first
    for (let viewer = 0; viewer < 40 && pid === first; viewer++) pid = await askedProcess()
    expect(pid).not.toBe(first)
    await child.close()
    expect([isRunning(first), isRunning(pid)]).toEqual([false, false])
  })

  it('is told of as a fault when it ends by itself, and calls without a reply are refused', async () => {
    start('/there/is/no/such/script.ts')
    const call = calls++
    child.call({ type: 'call', call, request: { type: 'close', peerId: 'a' } })
    await eventually('a fault', () => faults[0])
    expect(faults[0]).toMatchObject({ code: 'INTERNAL' })
    expect(events).toMatchObject([{ type: 'refused', call, error: { code: 'DEVICE_UNAVAILABLE' } }])
  })
})
