/** Publishing by WHIP to a media server of others: one made of Python's aiohttp and aiortc. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventually } from '../fixtures/eventually.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { pythonHas } from '../fixtures/peer-programs.ts'
import { type PythonPeer, startPythonPeer } from '../fixtures/python-peer.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

const isThere = ['aiortc', 'aiohttp'].every(pythonHas)

const saidSchema = z.looseObject({ event: z.string() })
const said = (peer: PythonPeer, event: string) =>
  peer.lines.map((line) => saidSchema.parse(JSON.parse(line))).find((one) => one.event === event)

describe.skipIf(!isThere)('a media server', () => {
  let host: TestServer
  let media: PythonPeer
  beforeEach(async () => {
    host = await startTestServer({ config: { connections: [testConnection({ width: 160, height: 120 })] } })
  })
  afterEach(async () => {
    await host.close()
    media.process.kill('SIGKILL')
  })

  async function startMedia(port = 0): Promise<number> {
    media = startPythonPeer('whip-aiortc-server.py', [String(port), 'secret'])
    const listening = await eventually('the media server', () => said(media, 'listening'))
    return z.number().parse(listening['port'])
  }
  const alert = () => host.engine.alerts.list().find(({ id }) => id === 'whip')

  it('receives the stream, also after it has been away, and is told the end', async () => {
    const port = await startMedia(await lastingPort())
    // The camera's frames are of one grey each, which the automatic window would follow.
    host.engine.liveView.setStreamParams({ protocol: 'webrtc', params: { windowMode: 'full' } })
    host.engine.settings.change({
      whip: { enabled: true, url: `http://127.0.0.1:${port}/whip`, bearerToken: 'secret' },
    })
    const frames = await eventually('frames', () => said(media, 'frames'))
    expect(frames).toMatchObject({ distinct: 10, width: 160, height: 120 })
    expect(host.engine.viewers.list()).toMatchObject([{ protocol: 'webrtc', detectorName: 'test-camera' }])
    expect(alert()).toBeUndefined()

    media.process.kill('SIGKILL')
    await eventually('an alert', alert)
    await startMedia(port)
    await eventually('frames again', () => said(media, 'frames'))
    await eventually('the end of the alert', () => alert() === undefined)

    host.engine.settings.change({ whip: undefined })
    await eventually('the end of the session', () => said(media, 'deleted'))
    await eventually('the end of the stream', () => host.engine.liveView.getActiveStreams().length === 0)
  })

  it('that refuses the token disturbs nothing else', async () => {
    const port = await startMedia()
    host.engine.settings.change({
      whip: { enabled: true, url: `http://127.0.0.1:${port}/whip`, bearerToken: 'wrong' },
    })
    const raised = await eventually('an alert', alert)
    expect(raised.message).toContain('token')
    expect(await host.engine.liveView.startLiveView({ protocol: 'binary' })).toMatchObject({
      status: 'started',
    })
  })
})
