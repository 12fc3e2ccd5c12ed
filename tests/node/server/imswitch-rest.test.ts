/** ImSwitch's REST interface as its pages and scripts use it: exact keys, in the order in which a page asks. */
import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { ImSwitchHost, keysOf, paramKeys } from '../../fixtures/imswitch-host.ts'
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

  test('unknown jobs, cancelled jobs, and formats that hold no single image', async () => {
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
    const image = await fetch(`${host.url}/RecordingController/snapNumpyToFastAPI?resizeFactor=0.5`)
    expect(decode(new Uint8Array(await image.arrayBuffer()))).toMatchObject({ width: 128, depth: 8 })
  })

  test('recordings keep every frame, and say so while they run', async () => {
    onTestFinished(async () => {
      if (host.engine.recorder.status?.state !== 'finished') await host.engine.recorder.stop()
    })
    const call = (name: string) => get(`/RecordingController/${name}`)
    const idle = { is_recording: false, format: null, duration_seconds: 0, frame_count: 0, filepath: null }
    expect(await call('getRecordingStatus')).toEqual(idle)
    const started = Object(await call('startRecording?mSaveFormat=1&fileName=kidneys'))
    expect(keysOf(started)).toEqual([
      'fullPath',
      'isDownloadableFile',
      'relativeFilePath',
      'relativePath',
      'saveFormat',
    ])
    expect(started).toMatchObject({ saveFormat: 1, isDownloadableFile: false })
    expect(started.relativePath).toMatch(/^recordings\/\d{4}-\d\d-\d\d\/kidneys/)
    expect(await call('isRecording')).toBe(true)
    expect(await call('startRecording')).toEqual(started)
    await eventually('three frames', async () => Number(await call('getRecordingFrameCount')) >= 3)
    expect(Number(await call('getRecordingDuration'))).toBeGreaterThan(0)
    expect(await call('getRecordingStatus')).toMatchObject({ format: 'TIFF', filepath: started.fullPath })
    expect(await call('stopRecording')).toEqual(started)
    expect(await call('isRecording')).toBe(false)
    expect(await call('stopRecording')).toEqual(started)
    const files = await readdir(join(started.fullPath, 'camera'))
    expect(files.toSorted()).toEqual(['frames.jsonl', `${basename(started.relativePath)}.ome.tiff`])
  })

  test('no path leads out of the images’ folder', async () => {
    const recordings = join(imswitch.folder, 'data', 'recordings')
    await mkdir(recordings, { recursive: true })
    await symlink(join(imswitch.folder, 'data'), join(recordings, 'link'))
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
