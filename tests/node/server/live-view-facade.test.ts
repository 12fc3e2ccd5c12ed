import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLiveViewInput } from '../../../src-main/server/live-view-input.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'
import fastCheck from '../../fixtures/seeded-fast-check.ts'

describe('The live-view façade', () => {
  let host: TestServer

  beforeEach(async () => {
    host = await startTestServer()
  })
  afterEach(() => host.close())

  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${host.url}/liveview/${path}`, { headers })
    return { http: response.status, body: (await response.json()) as unknown }
  }
  async function post(path: string, body: string) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${host.url}/liveview/${path}`, { method: 'POST', body, headers })
    return { http: response.status, body: (await response.json()) as unknown }
  }

  it('starts, describes and stops streams', async () => {
    expect(await get('getActiveStreams')).toEqual({
      http: 200,
      body: { status: 'success', active_streams: [] },
    })
    expect(
      await post('startLiveView', '{"detectorName":"Test camera","protocol":"jpeg","params":{"quality":60}}'),
    ).toMatchObject({
      http: 200,
      body: { status: 'success', detector: 'test-camera', protocol: 'jpeg', params: { quality: 60 } },
    })
    expect(await get('startLiveView?protocol=jpeg')).toMatchObject({
      http: 200,
      body: { status: 'already_running', protocol: 'jpeg', message: expect.stringContaining('jpeg') },
    })
    expect(await get('startLiveView?protocol=binary')).toMatchObject({
      http: 409,
      body: { status: 'error', code: 'PROTOCOL_IN_USE', message: 'Test camera already streams by jpeg' },
    })
    expect(await get('getActiveStreams')).toMatchObject({
      body: { active_streams: [{ detector: 'test-camera', protocol: 'jpeg' }] },
    })
    expect(await get('getDetectorStreams')).toMatchObject({
      body: {
        status: 'success',
        available_protocols: ['binary', 'jpeg', 'mjpeg', 'webrtc'],
        detectors: {
          'test-camera': { is_streaming: true, protocol: 'jpeg', streams: [{ protocol: 'jpeg' }] },
        },
      },
    })
    expect(await get('stopLiveView')).toEqual({
      http: 200,
      body: { status: 'success', detector: 'test-camera', protocol: 'jpeg' },
    })
    expect(await get('stopLiveView')).toMatchObject({ http: 200, body: { status: 'not_running' } })
  })

  it('takes parameters in every spelling', async () => {
    const set = (query: string) => get(`setStreamParams?protocol=jpeg&${query}`)
    expect(await set('frame_rate=12.5&cropSize=32')).toMatchObject({
      http: 200,
      body: { status: 'success', protocol: 'jpeg', params: { frameRate: 12.5, cropSize: 32 } },
    })
    expect(await set('jpeg_quality=55&subsampling_factor=2&throttle_ms=50')).toMatchObject({
      body: { params: { quality: 55, subsampling: 2, frameRate: 20 } },
    })
    expect(await set(`params=${encodeURIComponent('{"windowMode":"full"}')}`)).toMatchObject({
      body: { params: { windowMode: 'full' } },
    })
    expect(
      await post(
        'setStreamParams',
        '{"detector_name":"test-camera","protocol":"jpeg","params":{"jpeg_quality":44}}',
      ),
    ).toMatchObject({ body: { params: { quality: 44 } } })
    expect(await get('getStreamParams?protocol=jpeg')).toMatchObject({
      body: {
        status: 'success',
        is_active: false,
        params: { quality: 44, subsampling: 2, windowMode: 'full' },
      },
    })
  })

  it('changes the stream that runs', async () => {
    await get('startLiveView?protocol=mjpeg')
    expect(await post('setStreamParams', '{"params":{"quality":31}}')).toMatchObject({
      body: { detector: 'test-camera', protocol: 'mjpeg', is_active: true, params: { quality: 31 } },
    })
    expect(host.engine.liveView.getActiveStreams()).toMatchObject([{ params: { quality: 31 } }])
  })

  it('takes no body, an empty one and null as nothing given', async () => {
    const bare = await fetch(`${host.url}/liveview/startLiveView?protocol=jpeg`, { method: 'POST' })
    expect(await bare.json()).toMatchObject({ status: 'success', protocol: 'jpeg' })
    expect(await post('stopLiveView', '')).toMatchObject({ body: { status: 'success' } })
    expect(await post('stopLiveView', 'null')).toMatchObject({ body: { status: 'not_running' } })
  })

  it('says long_exposure, and starts with force', async () => {
    await host.engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => host.engine.liveView.getLongExposureInfo({}).isLongExposure)
    expect(await get('startLiveView')).toMatchObject({
      http: 409,
      body: {
        status: 'long_exposure',
        detector: 'test-camera',
        exposureMs: 3000,
        message: expect.any(String),
      },
    })
    expect(await get('startLiveView?force=true')).toMatchObject({ body: { status: 'success' } })
  })

  it.each([
    ['startLiveView', '{"protocol":"gif"}', 400, 'protocol'],
    ['startLiveView', '{"detectorName":"camera-9"}', 404, 'camera-9'],
    ['startLiveView', '{"detectorNaem":"test-camera"}', 400, 'detectorNaem'],
    ['startLiveView', '{"force":"maybe"}', 400, 'force'],
    ['startLiveView', '{"params":{"quality":1000},"protocol":"jpeg"}', 400, 'quality'],
    ['startLiveView', '{"params":{"quality":50},"protocol":"binary"}', 400, 'quality'],
    ['setStreamParams', '{"params":[1]}', 400, 'object'],
    ['setStreamParams', '{"params":"{"}', 400, 'JSON'],
    ['setStreamParams', '[]', 400, 'object'],
    ['setStreamParams', '{"params":{"throttle_ms":"fast"}}', 400, 'throttleMs'],
    ['setStreamParams', '{', 400, 'JSON'],
  ])('refuses %s %s', async (path, body, http, named) => {
    expect(await post(path, body)).toMatchObject({
      http,
      body: { status: 'error', code: expect.any(String), message: expect.stringContaining(named) },
    })
    expect(host.engine.liveView.getActiveStreams()).toEqual([])
  })

  it('lets no foreign page change anything by a link', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site' }
    for (const site of ['cross-site', 'same-site']) {
      const page = { 'sec-fetch-site': site, referer: 'http://127.0.0.1:9999/page' }
      expect(await get('startLiveView', page)).toMatchObject({ http: 403, body: { status: 'error' } })
      expect(await get('mjpeg_stream?fps=3', page)).toMatchObject({ http: 403, body: { status: 'error' } })
      expect(await get('mjpeg_stream', page)).toMatchObject({ http: 403, body: { code: 'HOST_REFUSED' } })
    }
    expect(host.engine.liveView.getActiveStreams()).toEqual([])
    expect(await get('startLiveView', { 'sec-fetch-site': 'same-origin' })).toMatchObject({ http: 200 })
    expect(await get('stopLiveView', foreign)).toMatchObject({ http: 403 })
    expect(host.engine.liveView.getActiveStreams()).toHaveLength(1)
    const { remote } = host.engine.settings.settings
    host.engine.settings.change({ remote: { ...remote, allowedOrigins: ['http://127.0.0.1:9999'] } })
    const allowed = { 'sec-fetch-site': 'same-site', referer: 'http://127.0.0.1:9999/page' }
    expect(await get('stopLiveView', allowed)).toMatchObject({ http: 200 })
  })
})

describe('readLiveViewInput', () => {
  it('gives valid input or a CoverslipError, whatever it is given', () => {
    const read = (input: unknown, ignoreUnknown: boolean) => {
      try {
        const { force, params } = readLiveViewInput(input, { ignoreUnknown })
        expect(typeof force).toBe('boolean')
        for (const value of Object.values(params)) expect(value).not.toBeNaN()
      } catch (error) {
        expect(error).toBeInstanceOf(CoverslipError)
      }
    }
    const name = fastCheck.constantFrom(
      'quality',
      'throttle_ms',
      'params',
      'force',
      '__proto__',
      'iceServers',
      'x',
    )
    fastCheck.assert(
      fastCheck.property(
        fastCheck.oneof(fastCheck.jsonValue(), fastCheck.dictionary(name, fastCheck.jsonValue())),
        fastCheck.boolean(),
        read,
      ),
      { seed: 3, numRuns: 500 },
    )
  })
})
