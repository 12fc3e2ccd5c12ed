/** The calls about the focus, as programs make them. */
import { join } from 'node:path'
import { decode } from '@msgpack/msgpack'
import { io } from 'socket.io-client'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import type { EngineConfig } from '../../../src-main/engine/create-engine.ts'
import { focusScoreSchema, focusStatusSchema } from '../../../src-shared/focus.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { loggedConnection } from '../../fixtures/logged-microscope.ts'
import { startTestServer } from '../../fixtures/test-server.ts'
import { bearer, startTokenServer } from '../../fixtures/token-server.ts'

const demo = { connections: [demoConnection({ width: 128, height: 128, frameRate: 50 })] }
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const json = { 'content-type': 'application/json' }

describe('focus', () => {
  async function openServer(config: EngineConfig = demo) {
    const host = await startTestServer({ config })
    closing.push(host.close)
    const post = async (path: string, body?: unknown, signal?: AbortSignal) => {
      const response = await fetch(`${host.url}/api${path}`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify(body ?? {}),
        ...(signal === undefined ? {} : { signal }),
      })
      return { status: response.status, body: (await response.json()) as unknown }
    }
    const zUm = async () => (await host.engine.devices.readPosition('stage')).z ?? Number.NaN
    return { ...host, post, zUm }
  }

  it('is found, told of in events and the status, and refused where it is not to be found', async () => {
    const { url, engine, post, zUm } = await openServer()
    await engine.devices.moveStage('stage', { z: 7 }, 'absolute')
    const planes: number[] = []
    engine.on((event) => event.type === 'focusChanged' && planes.push(event.focus.curve.length))
    expect(await (await fetch(`${url}/api/focus/status`)).json()).toBeNull()
    const { status, body } = await post('/focus/find', { rangeUm: 30 })
    expect(status).toBe(200)
    const found = focusStatusSchema.parse(body)
    expect(found).toMatchObject({ state: 'found', detectorName: 'camera', startUm: 7 })
    expect(Math.abs(await zUm())).toBeLessThan(0.5)
    expect(planes.at(-1)).toBe(found.curve.length)
    expect(await (await fetch(`${url}/api/focus/status`)).json()).toEqual(found)
    expect(engine.snapshot().focus).toEqual(found)
    await engine.devices.setProperty('led-475', 'on', false)
    expect(await post('/focus/find', { rangeUm: 10 })).toMatchObject({
      status: 422,
      body: { code: 'NO_FOCUS', data: { hint: expect.any(String) } },
    })
    expect(await post('/focus/find', { rangeUm: 0 })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT' },
    })
  })

  it('is searched for no longer when its caller has hung up', async () => {
    const { path, remove } = await temporaryFolder()
    onTestFinished(remove)
    // Its first move ends only when it is stopped.
    const connection = loggedConnection(join(path, 'log'), { focusUm: 3, endless: 'z to -8' })
    const { engine, post } = await openServer({ connections: [connection] })
    await engine.devices.setProperty('camera', 'triggerMode', 'software')
    await engine.devices.moveStage('z', { z: 7 }, 'absolute')
    const hangUp = new AbortController()
    const hungUp = expect(post('/focus/find', { rangeUm: 30 }, hangUp.signal)).rejects.toThrow()
    await eventually('the search', () => engine.focus.status?.state === 'searching')
    hangUp.abort()
    await hungUp
    await eventually('the end of the search', () => engine.focus.status?.state === 'stopped')
    expect(await engine.devices.readPosition('z')).toMatchObject({ z: 7 })
    // Nothing to stop: the answer is how the last one ended.
    expect(await post('/focus/stop')).toMatchObject({ status: 200, body: { state: 'stopped' } })
  })

  it('is not for viewers to search, but to watch', async () => {
    const host = await startTokenServer({ config: demo })
    closing.push(host.close)
    const viewer = bearer((await host.token('viewer')).secret)
    for (const path of ['/focus/find', '/focus/stop']) {
      const { status } = await fetch(`${host.url}/api${path}`, {
        method: 'POST',
        headers: { ...json, ...viewer },
        body: '{}',
      })
      expect(status).toBe(403)
    }
    expect((await fetch(`${host.url}/api/focus/status`, { headers: viewer })).status).toBe(200)
    const lease = await host.engine.devices.acquire('camera', { owner: 'a test' })
    const end = new AbortController()
    const scores = await fetch(`${host.url}/api/focus/scores`, { headers: viewer, signal: end.signal })
    expect(scores.status).toBe(200)
    let text = ''
    for await (const bytes of scores.body ?? []) {
      text += Buffer.from(bytes).toString()
      const data = /^data: (\{.*\})$/m.exec(text)?.[1]
      if (data === undefined) continue
      expect(focusScoreSchema.parse(JSON.parse(data))).toMatchObject({ detectorName: 'camera' })
      break
    }
    end.abort()
    await lease.release()
  })

  it('answers ImSwitch’s clients, and sends them curve and live value', async () => {
    const { url, engine, zUm } = await openServer()
    const get = async (path: string): Promise<unknown> => {
      const response = await fetch(`${url}/imswitch/api/AutofocusController/${path}`)
      expect(response.status).toBe(200)
      return response.json()
    }
    const socket = io(url, { path: '/imswitch/socket.io/', transports: ['websocket'], forceNew: true })
    onTestFinished(() => void socket.disconnect())
    const signals = new Map<string, Record<string, unknown>>()
    socket.on('signal_msgpack', (attachment: Uint8Array) => {
      const { name, args } = decode(new Uint8Array(attachment)) as {
        name: string
        args: Record<string, unknown>
      }
      signals.set(name, args)
    })
    await new Promise<void>((resolve) => socket.once('connect', resolve))
    await engine.devices.moveStage('stage', { z: 7 }, 'absolute')
    expect(
      await get('autoFocus?rangez=15&resolutionz=2&tSettle=0&focusAlgorithm=LAPE&nCropsize=2048'),
    ).toBeNull()
    await eventually('the focus', () => engine.focus.status?.state === 'found')
    expect(engine.focus.status).toMatchObject({ fromUm: -8, toUm: 22 })
    expect(Math.abs(await zUm())).toBeLessThan(0.5)
    const planes = engine.focus.status?.curve.length
    await eventually('the whole curve', () => {
      const { p0, p1 } = signals.get('sigUpdateFocusPlot') ?? {}
      return Array.isArray(p0) && Array.isArray(p1) && p0.length === planes && p1.length === planes
    })
    expect(await get('getAutofocusStatus')).toMatchObject({
      state: 'idle',
      isRunning: false,
      isLiveMonitoring: false,
      lastQuality: engine.focus.status?.curve.at(-1)?.score,
    })
    await get('startLiveMonitoring?period=0.2&method=LAPE')
    expect(await get('getAutofocusStatus')).toMatchObject({ isLiveMonitoring: true })
    const lease = await engine.devices.acquire('camera', { owner: 'a test' })
    await eventually('a live value', () => signals.has('sigAutoFocusLiveValue'))
    expect(signals.get('sigAutoFocusLiveValue')).toEqual({
      p0: { focus_value: expect.any(Number), timestamp: expect.any(Number) },
    })
    await get('stopLiveMonitoring')
    await lease.release()
    // Far off there is none: nobody waits for the answer, so an alert tells.
    await engine.devices.moveStage('stage', { z: 60 }, 'absolute')
    expect(await get('autoFocus?rangez=5&resolutionz=1&tSettle=0')).toBeNull()
    await eventually('the alert', () => engine.alerts.list().some(({ id }) => id === 'autofocus'))
    expect(await get('stopAutofocus')).toBeNull()
  })

  it('tells ImSwitch’s clients of the stage that moves z, and why a search has not begun', async () => {
    const folder = await temporaryFolder()
    closing.push(folder.remove)
    const driverUrl = new URL('../../fixtures/logging-driver.ts', import.meta.url).href
    const options = { focusUm: 5, focusTravel: { min: -30, max: 70 } }
    const worker = { driverUrl, address: join(folder.path, 'log'), options }
    const host = await startTestServer({
      config: { connections: [{ id: 'logging', title: 'Logging microscope', worker }] },
    })
    closing.unshift(host.close)
    const { engine, url } = host
    const ask = async (path: string) => {
      const response = await fetch(`${url}/imswitch/api/AutofocusController/${path}`)
      return { status: response.status, body: (await response.json()) as unknown }
    }
    await engine.devices.moveStage('z', { z: 4 }, 'absolute')
    expect(await ask('getAutofocusStatus')).toMatchObject({
      body: { currentZ: 4, positionValid: true, minZ: -30, maxZ: 70 },
    })
    const finding = engine.focus.find({ settleMs: 10_000 })
    expect(await ask('autoFocus?tSettle=0')).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('A search for the focus is under way') },
    })
    await engine.focus.stop()
    await finding
    expect(await ask('autoFocus?rangez=5000&resolutionz=0.01')).toMatchObject({ status: 400 })
    expect(engine.alerts.list().some(({ id }) => id === 'autofocus')).toBe(false)
  })
})
