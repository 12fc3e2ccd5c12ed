import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { PeerEvent } from '../../../src-main/live-view/webrtc/peer-messages.ts'
import { PeerProcesses } from '../../../src-main/live-view/webrtc/peer-processes.ts'
import { webrtcAvailable } from '../../../src-main/live-view/webrtc/webrtc-library.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { peerProcesses } from '../../fixtures/peer-process-ids.ts'
import { endViewers, WebrtcViewer } from '../../fixtures/webrtc-viewer.ts'

const settings = { codec: 'VP8', bitrateKbps: 1000 } as const
const stubborn = fileURLToPath(new URL('../../fixtures/stubborn-peer-process.ts', import.meta.url))

let processes: PeerProcesses
let events: PeerEvent[]
let faults: CoverslipError[]

function start(options: { readonly script?: string; readonly maxServed?: number }): void {
  events = []
  faults = []
  processes = new PeerProcesses({
    settings,
    ...options,
    tell: (event) => events.push(event),
    fault: (error) => faults.push(error),
    ready: () => undefined,
  })
}
afterEach(async () => {
  endViewers()
  await processes.close()
})

let calls = 0
/** What a new peer is answered: by the stubborn process, its process' id. */
async function ask(sdp = ''): Promise<{ readonly peerId: string; readonly sdp: string }> {
  const call = calls++
  const peerId = `${call}`
  processes.call({ type: 'call', call, request: { type: 'answer', peerId, sdp, iceServers: [] } })
  const reply = await eventually('a reply', () =>
    events.find((event) => event.type === 'reply' && event.call === call),
  )
  return { peerId, sdp: reply.type === 'reply' ? (reply.sdp ?? '') : '' }
}
const askedProcess = async (sdp = '') => Number((await ask(sdp)).sdp)

/** Asks until another process than `known` answers. */
const nextProcess = (known: readonly number[], sdp = '') =>
  eventually('the next process', async () => {
    const pid = await askedProcess(sdp)
    return known.includes(pid) ? false : pid
  })

const isClosed = (peerId: string) =>
  events.some((event) => event.type === 'closed' && event.peerId === peerId)

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: there is no such process.
    return false
  }
}

if (!webrtcAvailable()) console.log('Skipped, video between real processes: @roamhq/wrtc is not installed.')

describe('the peer processes of a stream', () => {
  it('are killed when they do not stop; frames on their way to them end', async () => {
    start({ script: stubborn })
    const pid = await askedProcess('stay')
    const planes = new Uint8Array(4096 * 4096)
    const sent = new Promise<void>((resolve) => {
      processes.send({ width: 4096, height: 4096, planes, colour: false, note: '{}', sent: resolve })
    })
    await processes.close()
    await sent
    expect(isRunning(pid)).toBe(false)
    expect(faults).toEqual([])
  })

  it('follow each other, and none is left behind; the one before serves on until the next has started', async () => {
    start({ script: stubborn, maxServed: 3 })
    const first = await askedProcess()
    let asked = 1
    let pid = first
    while (pid === first) {
      pid = await askedProcess()
      asked += 1
    }
    expect(asked).toBeGreaterThan(3)
    await eventually('the first to end', () => !isRunning(first))
    await processes.close()
    expect(isRunning(pid)).toBe(false)
    expect(faults).toEqual([])
  })

  it('are bounded in number: that with the fewest viewers ends when there are too many', async () => {
    start({ script: stubborn, maxServed: 2 })
    const stays = await ask('stay')
    const pids = [Number(stays.sdp)]
    // Two at least stay with each of the others.
    for (let i = 0; i < 3; i++) {
      await askedProcess('stay')
      pids.push(await nextProcess(pids, 'stay'))
    }
    // The last of them has one viewer only, and another who waits for an answer.
    const call = calls++
    const request = { type: 'answer', peerId: 'waits', sdp: 'wait', iceServers: [] } as const
    processes.call({ type: 'call', call, request })
    pids.push(await nextProcess(pids))
    await eventually('one to end', () => pids.filter(isRunning).length === 4)
    expect(pids.findIndex((pid) => !isRunning(pid))).toBeLessThan(3)
    expect(events.filter(({ type }) => type === 'refused')).toEqual([])
    expect(events.filter(({ type }) => type === 'closed').length).toBeGreaterThan(0)
    expect(faults).toEqual([])
    await processes.close()
    expect(pids.some(isRunning)).toBe(false)
  })

  it('end when the last viewer of an old one was told to leave', async () => {
    start({ script: stubborn, maxServed: 1 })
    const stays = await ask('stay')
    const first = Number(stays.sdp)
    await nextProcess([first])
    expect(isRunning(first)).toBe(true)
    const request = { type: 'close', peerId: stays.peerId } as const
    processes.call({ type: 'call', call: calls++, request })
    await eventually('it to end', () => !isRunning(first))
    expect(faults).toEqual([])
  })

  it('are told of as a fault when one ends by itself, and calls without a reply are refused', async () => {
    start({ script: '/there/is/no/such/script.ts' })
    const call = calls++
    processes.call({ type: 'call', call, request: { type: 'close', peerId: 'a' } })
    await eventually('a fault', () => faults[0])
    expect(faults[0]).toMatchObject({ code: 'INTERNAL' })
    expect(events).toMatchObject([{ type: 'refused', call, error: { code: 'DEVICE_UNAVAILABLE' } }])
  })

  it.skipIf(!webrtcAvailable())(
    'show one and the same video to viewers of an old and a new one',
    async () => {
      start({ maxServed: 1 })
      const planes = new Uint8Array(64 * 64).fill(180)
      const feed = setInterval(() => {
        if (processes.hasRoom)
          processes.send({ width: 64, height: 64, planes, colour: false, note: '{}', sent: () => undefined })
      }, 20)
      try {
        const connect = async () => {
          const viewer = new WebrtcViewer()
          const { peerId } = await viewer.connect((sdp) => ask(sdp))
          await viewer.see('video', ({ luma }) => Math.abs((luma[0] ?? 0) - 180) < 10)
          return { viewer, peerId }
        }
        const first = await connect()
        // The second may come before the next process has started; the third does not.
        const others = [await connect(), await connect(), await connect()]
        for (const { viewer } of [first, ...others]) await viewer.see('video still')
        expect(processes.viewers).toBe(4)
        expect((await peerProcesses()).length).toBeGreaterThan(1)
        first.viewer.leave()
        await eventually('the first to be gone', () => isClosed(first.peerId))
        for (const { viewer } of others) await viewer.see('video after one has left')
        expect(others.some(({ peerId }) => isClosed(peerId))).toBe(false)
        for (const { viewer } of others) viewer.leave()
        await eventually('one process to be left', async () => (await peerProcesses()).length === 1)
        expect(faults).toEqual([])
      } finally {
        clearInterval(feed)
      }
    },
  )
})
