/** The live view by ImSwitch's REST interface. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { ImSwitchHost, keysOf } from '../../fixtures/imswitch-host.ts'
import type { TestServer } from '../../fixtures/test-server.ts'

let imswitch: ImSwitchHost
let host: TestServer
beforeAll(async () => {
  imswitch = await ImSwitchHost.start()
  host = imswitch.server
})
afterAll(() => imswitch.close())
beforeEach(() => host.engine.liveView.stopAll())

const ask = (path: string, init?: RequestInit) => imswitch.ask(path, init)
const get = (path: string) => imswitch.get(path)
const post = (path: string, body?: unknown) => imswitch.post(path, body)

describe('streams', () => {
  test('bodies may be missing, null or an object, of any content type', async () => {
    for (const body of [undefined, 'null', '{}', '{"throttle_ms": 100, "unknown_key": 7}']) {
      for (const type of ['application/json', 'application/x-www-form-urlencoded', undefined]) {
        const answer = await ask('/LiveViewController/startLiveView?protocol=jpeg', {
          method: 'POST',
          ...(type === undefined ? {} : { headers: { 'content-type': type } }),
          ...(body === undefined ? {} : { body }),
        })
        expect(answer.status).toBe(200)
        expect(['success', 'already_running']).toContain(Object(answer.json)['status'])
      }
    }
  })

  test('what runs already is said, and another protocol is refused with the one in use', async () => {
    await post('/LiveViewController/startLiveView?protocol=jpeg', null)
    for (const protocol of ['jpeg', 'binary']) {
      const again = await post(`/LiveViewController/startLiveView?protocol=${protocol}`, null)
      expect(keysOf(again)).toEqual(['detector', 'message', 'protocol', 'status'])
      expect(again).toMatchObject({ status: 'already_running', protocol: 'jpeg' })
    }
    expect(await get('/LiveViewController/stopLiveView?stopCamera=false')).toEqual({
      status: 'success',
      detector: 'camera',
      protocol: 'jpeg',
    })
    expect(await get('/LiveViewController/stopLiveView')).toMatchObject({ status: 'not_running' })
    expect(await get('/LiveViewController/stopLiveView?detectorName=camera')).toMatchObject({
      status: 'not_running',
      detector: 'camera',
    })
  })

  test('settings of a protocol and of a detector change a running stream without a restart', async () => {
    await post('/LiveViewController/startLiveView?protocol=jpeg', null)
    const before = host.engine.liveView.getActiveStreams()[0]?.startedAt
    const changed = await post('/LiveViewController/setStreamParameters?protocol=jpeg', {
      throttle_ms: 40,
      subsampling_factor: 2,
      crop_size: 128,
      jpeg_quality: 60,
    })
    expect(keysOf(changed)).toEqual(['message', 'params', 'protocol', 'status', 'updated_detectors'])
    expect(changed).toMatchObject({ status: 'success', updated_detectors: ['camera'] })
    expect(host.engine.liveView.getActiveStreams()).toMatchObject([
      { startedAt: before, params: { frameRate: 25, subsampling: 2, cropSize: 128, quality: 60 } },
    ])
    const detector = await post('/LiveViewController/setDetectorStreamParameters?detectorName=camera', {
      protocol: 'binary',
      detector_name: 'else',
      jpeg_quality: 90,
    })
    expect(keysOf(detector)).toEqual(['detector', 'params', 'restarted', 'status', 'updated_live'])
    expect(detector).toMatchObject({ restarted: false, params: { jpeg_quality: 90, throttle_ms: 40 } })
    expect(host.engine.liveView.getActiveStreams()).toMatchObject([
      { protocol: 'jpeg', startedAt: before, params: { quality: 90 } },
    ])
    const one = await get('/LiveViewController/getStreamParameters?protocol=jpeg')
    expect(keysOf(one)).toEqual(['active_detectors', 'is_active', 'params', 'protocol', 'status'])
    expect(await get('/LiveViewController/getStreamParameters?protocol=telex')).toMatchObject({
      status: 'error',
    })
    expect(await get('/LiveViewController/getCurrentStreamProtocol')).toMatchObject({
      detector: 'camera',
      protocol: 'jpeg',
      is_streaming: true,
    })
    expect(await get('/LiveViewController/getStreamStatus')).toMatchObject({
      total_detectors: 2,
      active_streams: 1,
      detectors: { camera: { is_streaming: true, protocol: 'jpeg' }, overview: { protocol: null } },
      available_protocols: ['binary', 'jpeg', 'mjpeg', 'webrtc'],
    })
    const { camera } = Object(await get('/LiveViewController/getStreamDiagnostics?detectorName=camera'))
    expect(keysOf(camera.worker)).toEqual(['emit_ms_avg', 'emit_ms_max', 'fps_emit', 'frames_emitted'])
  })

  test('answers tell what is done: STUN and TURN servers are used, LZ4 has no levels', async () => {
    const turn = { urls: ['turn:turn.example.org'], username: 'anna', credential: 'secret' }
    const changed = await post('/LiveViewController/setStreamParameters?protocol=webrtc', {
      stun_servers: ['stun:stun.example.org', 'no server', 7],
      turn_servers: [{ ...turn, urls: 'turn:turn.example.org' }],
      compression_level: 9,
      broadcast_frames: false,
    })
    expect(changed).toMatchObject({
      params: {
        stun_servers: [{ urls: ['stun:stun.example.org'] }],
        turn_servers: [turn],
        compression_level: 0,
        broadcast_frames: true,
      },
    })
    const { engine } = host
    await post('/LiveViewController/startLiveView?protocol=webrtc', null)
    expect(engine.liveView.getStreamParams({ protocol: 'webrtc' })).toMatchObject({
      iceServers: [{ urls: ['stun:stun.example.org'] }, turn],
    })
    await post('/LiveViewController/setStreamParameters?protocol=webrtc', { stun_servers: [] })
    expect(engine.liveView.getStreamParams({ protocol: 'webrtc' })).toMatchObject({ iceServers: [turn] })
    await post('/LiveViewController/setStreamParameters?protocol=webrtc', { turn_servers: [] })
    expect(engine.liveView.getStreamParams({ protocol: 'webrtc' })).toMatchObject({ iceServers: [] })
  })

  test('a binary stream has no filter that their decoder cannot undo, even one that ran before', async () => {
    await post('/LiveViewController/startLiveView?protocol=binary', { compression_algorithm: 'zstd' })
    expect(host.engine.liveView.getActiveStreams()).toMatchObject([
      { params: { filter: 'none', compression: 'lz4' } },
    ])
    await host.engine.liveView.stopAll()
    await eventually('the filter is back for our own viewers', () => {
      const params = host.engine.liveView.getStreamParams({ detectorName: 'camera', protocol: 'binary' })
      return params.protocol === 'binary' && params.filter === 'delta-shuffle'
    })
    await host.engine.liveView.startLiveView({ detectorName: 'camera', protocol: 'binary' })
    expect(await post('/LiveViewController/startLiveView?protocol=binary', null)).toMatchObject({
      status: 'already_running',
    })
    expect(host.engine.liveView.getActiveStreams()).toMatchObject([{ params: { filter: 'none' } }])
  })

  test('a long exposure is refused unless forced', async () => {
    await get('/SettingsController/setDetectorExposureTime?exposureTime=2500')
    try {
      const refused = await post('/LiveViewController/startLiveView', undefined)
      expect(keysOf(refused)).toEqual([
        'detector',
        'exposureMs',
        'message',
        'protocol',
        'status',
        'thresholdMs',
      ])
      expect(refused).toMatchObject({ status: 'long_exposure', exposureMs: 2500, thresholdMs: 2000 })
      expect(await post('/LiveViewController/startLiveView?force=true', undefined)).toMatchObject({
        status: 'success',
      })
      expect(await get('/LiveViewController/stopLiveViewForLongExposure')).toMatchObject({
        isLongExposure: true,
        stopped: true,
        stoppedDetectors: ['camera'],
      })
    } finally {
      await get('/SettingsController/setDetectorExposureTime?exposureTime=10')
    }
  })

  test('MJPEG is a multipart stream, refused while another protocol streams', async () => {
    const abort = new AbortController()
    const url = `${host.url}/imswitch/api/LiveViewController/mjpeg_stream?startStream=true&detectorName=camera&t=1`
    const response = await fetch(url, { signal: abort.signal })
    expect(response.headers.get('content-type')).toMatch(/^multipart\/x-mixed-replace; ?boundary=frame$/)
    const reader = response.body?.getReader()
    let head = ''
    while (!head.includes('\r\n\r\n'))
      head += Buffer.from((await reader?.read())?.value ?? []).toString('latin1')
    expect(head).toMatch(/^--frame\r\nContent-Type: image\/jpeg\r\nContent-Length: \d+\r\n/)
    abort.abort()
    expect(await get('/LiveViewController/mjpeg_stream?startStream=false')).toEqual({
      status: 'success',
      message: 'stream stopped',
    })
    await post('/LiveViewController/startLiveView?protocol=jpeg', null)
    expect(await get('/LiveViewController/mjpeg_stream')).toEqual({
      status: 'error',
      message: 'Failed to get MJPEG worker',
    })
  })

  test('errors: of the controller in the body, of the request as 422', async () => {
    expect(await post('/LiveViewController/startLiveView?detectorName=nobody', null)).toMatchObject({
      status: 'error',
    })
    for (const [path, init] of [
      ['/LiveViewController/startLiveView?protocol=telex', { method: 'POST' }],
      ['/LiveViewController/startLiveView', { method: 'POST', body: '{broken' }],
      ['/LiveViewController/setStreamParameters', { method: 'POST', body: '{}' }],
      ['/LiveViewController/setStreamParameters?protocol=jpeg', { method: 'POST', body: '[1]' }],
      [
        '/LiveViewController/setStreamParameters?protocol=jpeg',
        { method: 'POST', body: '{"crop_size":"x"}' },
      ],
      ['/PositionerController/movePositioner?axis=Q&dist=1', {}],
      ['/PositionerController/movePositionerXYZ', {}],
      ['/LiveViewController/webrtc_offer', { method: 'POST', body: '{}' }],
    ] as const) {
      const answer = await ask(`/imswitch/api${path}`, init)
      expect(answer.status, path).toBe(422)
      expect(keysOf(answer.json)).toEqual(['detail', 'errors'])
      expect(answer.json).toMatchObject({
        detail: 'Parsing of Request failed. Please check your submission format.',
      })
    }
    const offer = await post('/LiveViewController/webrtc_offer', {
      sdp: 'not sdp',
      sdp_type: 'offer',
      params: { max_width: 320 },
    })
    expect(offer).toMatchObject({ status: 'error' })
    // An offer is for its stream; settings stay, all the more so where it is refused.
    expect(await get('/LiveViewController/getStreamParameters?protocol=webrtc')).toMatchObject({
      params: { max_width: 1280 },
    })
  })
})
