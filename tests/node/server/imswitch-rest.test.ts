/** ImSwitch's REST interface as its pages and scripts use it: exact keys, in the order in which a page asks. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

const paramKeys = [
  'broadcast_frames',
  'compression_algorithm',
  'compression_level',
  'crop_size',
  'detector_name',
  'jpeg_quality',
  'max_width',
  'protocol',
  'stun_servers',
  'subsampling_factor',
  'throttle_ms',
  'turn_servers',
]
const keysOf = (value: unknown): string[] => Object.keys(Object(value) as object).toSorted()

let folder: string
let host: TestServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-imswitch-'))
  await mkdir(join(folder, 'ui'))
  await writeFile(join(folder, 'ui', 'index.html'), '<!doctype html><title>ImSwitch</title>')
  host = await startTestServer({
    config: {
      connections: [demoConnection({ width: 256, height: 192, frameRate: 30 })],
      dataFolder: join(folder, 'data'),
    },
    imswitchUi: join(folder, 'ui'),
  })
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => host.engine.liveView.stopAll())

type Answer = { readonly status: number; readonly json: unknown; readonly type: string }

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${host.url}${path}`, init)
  const text = await response.text()
  const type = response.headers.get('content-type') ?? ''
  const json: unknown = type.includes('json') ? JSON.parse(text) : text
  return { status: response.status, json, type }
}
const get = async (path: string): Promise<unknown> => {
  const { status, json } = await ask(`/imswitch/api${path}`)
  expect(status, `${path}: ${JSON.stringify(json)}`).toBe(200)
  return json
}
const post = async (path: string, body?: unknown): Promise<unknown> => {
  const { json } = await ask(`/imswitch/api${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return json
}

describe('a page opens', () => {
  test('and asks for everything in its order', async () => {
    expect(await get('/plugins')).toEqual({ plugins: [] })
    const controllers = await get('/getAvailableControllers')
    expect(keysOf(controllers)).toEqual(['availableControllers'])
    expect(JSON.stringify(controllers)).toContain('ObjectiveController')
    expect(JSON.stringify(controllers)).not.toContain('LEDMatrixController')
    expect(keysOf(await get('/PositionerController/getHomingStatus'))).toEqual([
      'hasHomedSinceStartup',
      'homingRecommendationDismissed',
    ])
    expect(await get('/FileManager/?path=/')).toMatchObject([{ name: 'recordings', isDirectory: true }])
    expect(await get('/version')).toEqual({ version: '0.0.0-test' })
    expect(keysOf(await get('/hostname'))).toEqual(['hostname'])
    const board = await ask('/imswitch/api/UC2ConfigController/uc2_board_is_connected')
    expect(board.json).toBe(true)
    expect(board.type).toContain('application/json')
    expect(await get('/SettingsController/getDetectorNames')).toEqual(['camera', 'overview'])
    expect(await get('/LiveViewController/getActiveStreams')).toEqual({
      status: 'success',
      active_streams: [],
    })
    expect(await get('/LiveViewController/getLiveViewActive')).toBe(false)
    expect(keysOf(await get('/LiveViewController/getLongExposureInfo'))).toEqual([
      'detector',
      'exposureMs',
      'isLongExposure',
      'thresholdMs',
    ])
    // Auto-start: the literal null as body.
    const started = await post('/LiveViewController/startLiveView?protocol=jpeg', null)
    expect(keysOf(started)).toEqual(['detector', 'params', 'protocol', 'status'])
    expect(started).toMatchObject({ status: 'success', detector: 'camera', protocol: 'jpeg' })
    expect(keysOf(Object(started)['params'])).toEqual(paramKeys)
    expect(await get('/LiveViewController/getLiveViewActive')).toBe(true)
    expect(await get('/LiveViewController/getActiveStreams')).toEqual({
      status: 'success',
      active_streams: [{ detector: 'camera', protocol: 'jpeg' }],
    })
    const params = await get('/LiveViewController/getStreamParameters')
    expect(keysOf(params)).toEqual([
      'current_active_protocols',
      'current_protocol',
      'per_detector',
      'protocols',
      'status',
      'total_active_streams',
    ])
    expect(params).toMatchObject({
      current_active_protocols: { camera: 'jpeg' },
      current_protocol: 'jpeg',
      total_active_streams: 1,
      protocols: { jpeg: { is_active: true, active_detectors: ['camera'] }, binary: { is_active: false } },
    })
    expect(keysOf(Object(params)['protocols'].binary)).toEqual(
      [...paramKeys, 'active_detectors', 'is_active'].toSorted(),
    )
    expect(keysOf(Object(params)['per_detector'].camera)).toEqual(paramKeys)
    expect(keysOf(await get('/SettingsController/getDetectorParameters'))).toEqual([
      'binning',
      'blacklevel',
      'exposure',
      'exposureMax',
      'exposureMin',
      'gain',
      'gainMax',
      'gainMin',
      'isRGB',
      'mode',
      'pixelSize',
      'supportedBinnings',
    ])
    expect(await get('/ExperimentController/getHardwareParameters')).toMatchObject({
      illuSources: ['led-bf', 'led-385', 'led-475', 'led-555'],
      illuSourceKinds: ['default', 'default', 'default', 'default'],
      illuSourceMaxIntensities: [100, 100, 100, 100],
      isDPCpossible: false,
    })
    expect(await get('/ObjectiveController/getstatus')).toMatchObject({
      objectiveName: '20x/0.75',
      currentObjective: 2,
      NA: 0.75,
      magnification: 20,
      availableObjectives: [0, 1, 2, 3],
      detectorWidth: 256,
      detectorHeight: 192,
    })
    expect(await get('/SettingsController/getDetectorTriggerTypes')).toEqual([
      'continuous',
      'software',
      'external',
    ])
    expect(await get('/SettingsController/getDetectorCurrentTriggerType')).toBe('continuous')
    expect(await get('/AutofocusController/getAutofocusStatus')).toMatchObject({
      state: 'idle',
      isRunning: false,
      minZ: -500,
    })
    expect(await get('/PositionerController/getPositionerNames')).toEqual(['stage'])
    expect(await get('/PositionerController/getPositionerPositions')).toEqual({ stage: { X: 0, Y: 0, Z: 0 } })
  })

  test('under any prefix; what is not there is JSON 404', async () => {
    for (const prefix of ['', '/api', '/imswitch/api']) {
      expect((await ask(`${prefix}/SettingsController/getDetectorNames`)).json).toEqual([
        'camera',
        'overview',
      ])
      expect((await ask(`${prefix}/NoController/nothing`)).status).toBe(404)
      expect((await ask(`${prefix}/NoController/nothing`)).type).toContain('application/json')
    }
    // Our own API answers beside it.
    expect((await ask('/api/liveview/active')).json).toEqual([])
  })
})

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

describe('devices', () => {
  test('exposure, gain, binning and the parameter tree', async () => {
    expect(await get('/SettingsController/setDetectorExposureTime?exposureTime=12.5')).toBeNull()
    expect(await get('/SettingsController/setDetectorGain?gain=6&detectorName=camera')).toBeNull()
    expect(await get('/SettingsController/getDetectorParameters')).toMatchObject({ exposure: 12.5, gain: 6 })
    expect((await ask('/SettingsController/setDetectorGain?gain=600')).status).toBe(400)
    expect(await get('/SettingsController/setDetectorBinning?binning=2')).toEqual({
      status: 'ok',
      detectorName: 'camera',
      binning: 2,
      shape: [128, 96],
    })
    expect(await get('/SettingsController/setDetectorBinning?binning=3')).toMatchObject({ status: 'error' })
    await get('/SettingsController/setDetectorBinning?binning=1')
    const tree = await get('/SettingsController/getDetectorParameterTree')
    expect(tree).toMatchObject({ detectorName: 'camera', isConnected: true, actions: [] })
    expect(keysOf(Object(tree)['groups'][0].parameters[0])).toEqual([
      'editable',
      'group',
      'max',
      'min',
      'name',
      'options',
      'type',
      'units',
      'value',
    ])
    const set = await post('/SettingsController/setDetectorParameterValue', {
      detectorName: null,
      name: 'gain',
      value: 0,
    })
    expect(keysOf(set)).toEqual(keysOf(tree))
    expect(
      await post('/SettingsController/setDetectorParameterValue', { name: 'gain', value: 999 }),
    ).toMatchObject({ error: expect.stringContaining('gain') as string })
    expect(await get('/SettingsController/getDetectorParameterTree?detectorName=no')).toMatchObject({
      detectorName: 'no',
    })
  })

  test('the stage moves, blocking or not, and says so', async () => {
    expect(await get('/PositionerController/movePositioner?axis=X&dist=25&isBlocking=true')).toBeNull()
    const moved = await get('/PositionerController/movePositionerXYZ?x=10&y=-20&isBlocking=true')
    expect(moved).toEqual({
      positionerName: 'stage',
      movedAxes: ['X', 'Y'],
      target: { X: 10, Y: -20 },
      position: { X: 10, Y: -20, Z: 0 },
      isAbsolute: true,
      isBlocking: true,
    })
    expect((await ask('/PositionerController/movePositioner?axis=X&dist=1e9')).status).toBe(400)
    expect((await ask('/PositionerController/movePositioner?axis=A&dist=1')).status).toBe(400)
    await get('/PositionerController/movePositionerForeverXYZA?speedX=500')
    await eventually('the stage moves on', () => (host.engine.devices.device('stage').position?.x ?? 0) > 60)
    await get('/PositionerController/movePositionerForeverXYZA?is_stop=true')
    expect(await get('/PositionerController/stopAllAxes')).toEqual({ success: true })
    await get('/PositionerController/movePositionerXYZ?x=5&isBlocking=true')
    // Motion that had not ended would go on from there.
    await new Promise((resolve) => setTimeout(resolve, 250))
    expect(host.engine.devices.device('stage').position?.x).toBe(5)
  })

  test('lights and objectives', async () => {
    expect(await get('/LaserController/getLaserNames')).toHaveLength(4)
    expect(await get('/LaserController/getLaserValueRanges?laserName=led-475')).toEqual([0, 100])
    await get('/LaserController/setLaserValue?laserName=led-475&value=33')
    expect(await get('/LaserController/getLaserValue?laserName=led-475')).toBe(33)
    await get('/LaserController/setLaserActive?laserName=led-475&active=false')
    expect(await get('/LaserController/getLaserActive?laserName=led-475')).toBe(false)
    await get('/LaserController/setLaserActive?laserName=led-475&active=true')
    expect(keysOf(await get('/ObjectiveController/moveToObjective?slot=3'))).toEqual([
      'accepted',
      'requestId',
      'skipZ',
      'startedAt',
      'status',
      'targetSlot',
    ])
    await eventually('the turret has turned', async () => {
      const status = await get('/ObjectiveController/getstatus')
      return Object(status)['objectiveName'] === '40x/0.95'
    })
    expect(await get('/ObjectiveController/moveToObjective?slot=9')).toMatchObject({ accepted: false })
    await get('/ObjectiveController/moveToObjective?slot=2')
  })
})

describe('snaps', () => {
  test('a job ends with a file that can be listed and downloaded', async () => {
    const job = await get('/RecordingController/startSnap?fileName=kidney&saveFormat=1&previewMaxSize=64')
    expect(keysOf(job)).toEqual([
      'detectors',
      'elapsedMs',
      'expectedDurationMs',
      'jobId',
      'progress',
      'status',
    ])
    expect(Object(job)['jobId']).toMatch(/^[0-9a-f]{32}$/)
    expect(['pending', 'running']).toContain(Object(job)['status'])
    expect(Object(job)['expectedDurationMs']).toBeGreaterThan(0)
    const done = await eventually('the snap is done', async () => {
      const state = await get(`/RecordingController/getSnapStatus?jobId=${Object(job)['jobId']}`)
      return Object(state)['status'] === 'running' ? undefined : state
    })
    expect(done).toMatchObject({ status: 'done', progress: 100, detectors: ['camera'] })
    expect(await get('/RecordingController/getSnapStatus')).toMatchObject({ jobId: Object(job)['jobId'] })
    const { result } = Object(done)
    expect(result.relativePath).toMatch(/^recordings\/\d{4}-\d\d-\d\d$/)
    expect(result.relativeFilePath).toBe(`/${result.relativePath}/kidney_camera.tif`)
    const preview = decode(Buffer.from(String(result.previewImage).split(',')[1] ?? '', 'base64'))
    expect(preview).toMatchObject({ width: result.previewWidth, height: result.previewHeight, depth: 8 })
    expect(Math.max(preview.width, preview.height)).toBeLessThanOrEqual(64)
    const list = await get(`/FileManager/?path=/${result.relativePath}`)
    expect(list).toMatchObject([{ name: 'kidney_camera.tif', path: result.relativeFilePath }])
    const file = await fetch(`${host.url}/imswitch/api/FileManager/download${result.relativeFilePath}`)
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(Buffer.from(await file.arrayBuffer())).toEqual(
      await readFile(join(result.fullPath, 'kidney_camera.tif')),
    )
  })

  test('unknown jobs, cancelled jobs, formats that hold no single image, and recordings', async () => {
    for (const call of ['getSnapStatus', 'cancelSnap'])
      expect(await get(`/RecordingController/${call}?jobId=nothing`)).toEqual({
        jobId: 'nothing',
        status: 'unknown',
        error: 'No such snap job',
      })
    const job = await get('/RecordingController/startSnap')
    const cancelled = await get(`/RecordingController/cancelSnap?jobId=${Object(job)['jobId']}`)
    expect(['cancelling', 'done']).toContain(Object(cancelled)['status'])
    await eventually('the job has ended', async () => {
      const state = await get('/RecordingController/getSnapStatus')
      return ['done', 'cancelled'].includes(Object(state)['status'])
    })
    expect(await get('/RecordingController/cancelSnap')).toMatchObject({
      cancelled: false,
      message: 'Job already finished',
    })
    expect((await ask('/RecordingController/startSnap?saveFormat=4')).status).toBe(400)
    expect((await ask('/RecordingController/startRecording')).status).toBe(501)
    expect(await get('/RecordingController/isRecording')).toBe(false)
    const image = await fetch(`${host.url}/RecordingController/snapNumpyToFastAPI?resizeFactor=0.5`)
    expect(decode(new Uint8Array(await image.arrayBuffer()))).toMatchObject({ width: 128, depth: 8 })
  })

  test('no path leads out of the images’ folder', async () => {
    const recordings = join(folder, 'data', 'recordings')
    await mkdir(recordings, { recursive: true })
    await symlink(join(folder, 'data'), join(recordings, 'link'))
    for (const path of [
      '/settings.json',
      '/recordings/../settings.json',
      '/recordings/..%2fsettings.json',
      '/recordings/%2e%2e/settings.json',
      '/..%5c..%5csettings.json',
      '/recordings/link/settings.json',
      '/recordings/%00',
      '//etc/passwd',
    ]) {
      const answer = await ask(`/imswitch/api/FileManager/download${path}`)
      expect([403, 404], path).toContain(answer.status)
      expect(JSON.stringify(answer.json)).not.toContain('lastProtocol')
    }
    expect((await ask('/FileManager/?path=/recordings/../')).status).toBe(403)
    expect((await ask('/FileManager/download/recordings/no.tif')).status).toBe(404)
    await rm(join(recordings, 'link'))
  })
})

describe('pages and documents', () => {
  test('OpenAPI, its page, and the copy of ImSwitch’s pages', async () => {
    const spec = (await ask('/openapi.json')).json
    expect(spec).toMatchObject({
      openapi: expect.stringMatching(/^3\./) as string,
      info: { version: '0.0.0' },
      components: {},
    })
    const paths = Object.keys(Object(spec)['paths'])
    for (const wanted of ['startSnap', 'getSnapStatus', 'cancelSnap'])
      expect(paths).toContain(`/RecordingController/${wanted}`)
    expect(paths.some((path) => path.includes('Positioner'))).toBe(true)
    const docs = await ask('/docs')
    expect([docs.status, docs.type]).toEqual([200, expect.stringContaining('text/html')])
    expect([404, 405]).toContain((await ask('/docs', { method: 'POST' })).status)
    for (const path of ['/imswitch', '/imswitch/', '/imswitch/ui/'])
      expect((await ask(path)).json, path).toContain('<title>ImSwitch</title>')
  })

  test('a GET that changes something is refused when a foreign page makes it', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const answer = await ask('/PositionerController/movePositioner?dist=1', {
        headers: { 'sec-fetch-site': site },
      })
      expect(answer.status).toBe(403)
    }
    const own = await ask('/PositionerController/stopAllAxes', {
      headers: { 'sec-fetch-site': 'same-origin' },
    })
    expect(own.status).toBe(200)
  })
})
