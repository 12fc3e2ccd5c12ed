/** Who may do what through ImSwitch's interface: the same as everywhere. */
import { setTimeout as delay } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { createServer, type RunningServer } from '../../../src-main/server/create-server.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

let engine: Engine
let access: AccessControl
let server: RunningServer
const sockets: Socket[] = []
beforeEach(async () => {
  engine = await createEngine({ connections: [testConnection()] })
  access = await AccessControl.open()
  const options = { engine, access, version: '0.0.0-test', host: '127.0.0.1', port: 0 }
  server = await createServer({ ...options, entrance: 'tokens' })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect()
  await server.close()
  await access.close()
  await engine.close()
})

async function statusOf(path: string, secret: string | undefined, method = 'GET'): Promise<number> {
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` }
  const response = await fetch(`${server.url}${path}`, { method, headers })
  await response.arrayBuffer()
  return response.status
}

function connect(secret: string | undefined): Socket {
  const socket = io(server.url, {
    path: '/imswitch/socket.io/',
    transports: ['websocket'],
    reconnection: false,
    ...(secret === undefined ? {} : { extraHeaders: { authorization: `Bearer ${secret}` } }),
  })
  sockets.push(socket)
  return socket
}

test('viewers look, operators change, one at a time; nobody comes in without a token', async () => {
  const viewer = (await access.createToken({ label: 'Class', role: 'viewer' })).secret
  const anna = (await access.createToken({ label: 'Anna', role: 'operator' })).secret
  const ben = (await access.createToken({ label: 'Ben', role: 'operator' })).secret
  const looks = [
    '/imswitch/api/version',
    '/version',
    '/imswitch/api/SettingsController/getDetectorNames',
    '/LiveViewController/getStreamParameters',
    '/FileManager/?path=/',
    '/openapi.json',
    '/docs',
  ]
  for (const path of looks) {
    expect(await statusOf(path, undefined), path).toBe(401)
    expect(await statusOf(path, 'made-up'), path).toBe(401)
    expect(await statusOf(path, viewer), path).toBe(200)
  }
  const changes = [
    '/imswitch/api/PositionerController/movePositioner?dist=1&isBlocking=true',
    '/SettingsController/setDetectorExposureTime?exposureTime=5',
    '/api/LaserController/setLaserActive?laserName=test-light&active=true',
    '/LiveViewController/stopLiveView',
  ]
  for (const path of changes) {
    expect(await statusOf(path, undefined), path).toBe(401)
    expect(await statusOf(path, viewer), path).toBe(403)
    expect(await statusOf(path, anna), path).toBe(200)
    // Anna operates.
    expect(await statusOf(path, ben), path).toBe(409)
  }
  expect(await statusOf('/PositionerController/stopAllAxes', ben)).toBe(200)
  expect(await statusOf('/LiveViewController/startLiveView', viewer, 'POST')).toBe(403)
  const entries = await access.audit(100)
  expect(entries.map(({ action }) => action)).toContain('imswitch.PositionerController.movePositioner')
  expect(JSON.stringify(entries)).toContain('needs the role operator')
})

test('continuous motion ends with who asked for it: when control goes, and when the token is revoked', async () => {
  const anna = await access.createToken({ label: 'Anna', role: 'operator' })
  const x = () => engine.devices.device('test-stage').position?.x ?? 0
  /** Steps are made every 100 ms by a timer of this thread, which fires before one of the same length begun later. */
  const afterStep = async () => {
    await delay(100)
    await engine.devices.readPosition('test-stage')
  }
  const stands = async () => {
    await afterStep()
    const told = engine.devices.motionsOf('test-stage')
    for (let step = 0; step < 3; step++) await afterStep()
    expect(engine.devices.motionsOf('test-stage')).toBe(told)
  }
  const jog = '/PositionerController/movePositionerForever?axis=x&speed=2'
  expect(await statusOf(jog, anna.secret)).toBe(200)
  const begun = x()
  await eventually('it moves', () => x() > begun)
  access.takeControl({ id: 'owner', role: 'owner', label: 'This computer', address: '' })
  await stands()

  access.releaseControl({ id: 'owner', role: 'owner', label: 'This computer', address: '' })
  expect(await statusOf(jog, anna.secret)).toBe(200)
  const again = x()
  await eventually('it moves again', () => x() > again)
  await access.revokeToken(anna.token.id)
  await stands()
})

test('sockets need a token, and end with it', async () => {
  const refused = connect(undefined)
  await new Promise((resolve) => refused.once('connect_error', resolve))
  expect(refused.connected).toBe(false)
  const { token, secret } = await access.createToken({ label: 'Class', role: 'viewer' })
  const socket = connect(secret)
  await eventually('connected', () => socket.connected)
  await access.revokeToken(token.id)
  await eventually('cut off', () => !socket.connected)
})
