/** The simulated GigE Vision camera, asked over real sockets by code that shares only the packets' codecs with it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { ipToNumber } from '../../../drivers/gige-vision/protocol/addresses.ts'
import {
  bootstrap,
  gvcpCapability,
  latchTimestamp,
  packetSizeFlags,
  privilege,
  streamChannel,
} from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import { decodeDiscoveryData } from '../../../drivers/gige-vision/protocol/discovery-data.ts'
import { decodeAck } from '../../../drivers/gige-vision/protocol/gvcp-ack.ts'
import { decodeEvent } from '../../../drivers/gige-vision/protocol/gvcp-event.ts'
import { encodeCommand } from '../../../drivers/gige-vision/protocol/gvcp-command.ts'
import { statusCodes } from '../../../drivers/gige-vision/protocol/gvcp-status.ts'
import { optionalRegister } from '../../../drivers/gige-vision/protocol/optional-registers.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { RandomStream } from '../../../drivers/simulated-microscope/specimen/random.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { GigeCameraSession } from '../../fixtures/gige-camera-session.ts'
import { GvcpProbe } from '../../fixtures/gvcp-probe.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function openCamera(...options: Parameters<typeof GigeCameraSession.open>): Promise<GigeCameraSession> {
  const session = await GigeCameraSession.open(...options)
  opened.push(session)
  return session
}

async function anotherProbe({ simulator }: GigeCameraSession): Promise<GvcpProbe> {
  const probe = await GvcpProbe.open(simulator)
  opened.push(probe)
  return probe
}

describe('starting', () => {
  test('refuses all interfaces unless told, wrong options, and an address that is taken', async () => {
    await expect(startGigeSimulator({ address: '0.0.0.0' })).rejects.toMatchObject({ code: 'HOST_REFUSED' })
    await expect(startGigeSimulator({ width: 100 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(startGigeSimulator({ address: '192.0.2.1' })).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
    })
    const { simulator } = await openCamera()
    await expect(startGigeSimulator({ port: simulator.port, broadcast: false })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
    })
  })

  test('closes once and for all', async () => {
    const { simulator } = await openCamera()
    await Promise.all([simulator.close(), simulator.close()])
    await expect(simulator.counters()).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
  })
})

describe('identity', () => {
  test('discovery tells what the registers tell', async () => {
    const { probe } = await openCamera({ serialNumber: 'TEST-7', userName: 'Left one' })
    const { ack } = await probe.ask({ kind: 'discovery', allowBroadcastAck: false })
    const data = ack.kind === 'discovery' ? decodeDiscoveryData(ack.data) : undefined
    expect(data).toMatchObject({
      manufacturer: 'Coverslip',
      serialNumber: 'TEST-7',
      userName: 'Left one',
      ip: '127.0.0.1',
      version: { major: 2, minor: 0 },
    })
    expect(await probe.read(bootstrap.gvcpCapability)).toSatisfy(
      (capability: number) => (capability & gvcpCapability.packetResend) !== 0,
    )
  })

  test('FORCEIP changes what it says of itself until it starts anew, persistent addresses only then', async () => {
    const { probe, simulator } = await openCamera()
    const { ack } = await probe.ask({ kind: 'discovery', allowBroadcastAck: false })
    const mac = (ack.kind === 'discovery' ? decodeDiscoveryData(ack.data) : undefined)?.mac ?? ''
    const forced = { ip: '10.0.0.7', subnetMask: '255.0.0.0', gateway: '10.0.0.1' }
    expect((await probe.ask({ kind: 'forceIp', mac, ...forced })).ack.kind).toBe('forceIp')
    expect(await probe.read(bootstrap.currentIp)).toBe(ipToNumber('10.0.0.7'))
    expect(await probe.read(bootstrap.currentGateway)).toBe(ipToNumber('10.0.0.1'))

    await probe.takeControl()
    await probe.write(bootstrap.persistentIp, ipToNumber('10.0.0.8'))
    await probe.write(bootstrap.ipCurrent, 1)
    expect(await probe.read(bootstrap.currentIp)).toBe(ipToNumber('10.0.0.7'))
    await simulator.fault({ kind: 'reboot', downMs: 0 })
    expect(await probe.read(bootstrap.currentIp)).toBe(ipToNumber('10.0.0.8'))
  })

  test.each(['memory', 'zipped-memory'] as const)('its description can be fetched from %s', async (by) => {
    const { xml } = await openCamera({ xml: { by } })
    expect(xml).toMatch(/^<\?xml/)
    expect(xml.trimEnd()).toMatch(/<\/RegisterDescription>$/)
  })

  test('its description is written to a file, if asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coverslip-gige-'))
    opened.push({ close: () => rm(folder, { recursive: true }) })
    const path = join(folder, 'of a camera.xml')
    const { probe } = await openCamera({ xml: { by: 'file', path } })
    expect(await probe.xmlUrl()).toBe(`File:${pathToFileURL(path).pathname}`)
    expect(await readFile(path, 'utf8')).toMatch(/^<\?xml[^]*<\/RegisterDescription>\s*$/)
  })

  test('its description can be fetched by HTTP', async () => {
    const { probe } = await openCamera({ xml: { by: 'http' } })
    const url = await probe.xmlUrl()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//)
    expect(await (await fetch(url)).text()).toContain('ModelName="Microscope camera"')
    expect((await fetch(new URL('/other', url))).status).toBe(404)
  })
})

describe('registers', () => {
  test('several in one command; the first that fails ends it', async () => {
    const { probe } = await openCamera()
    const { deviceMode, version, heartbeatTimeoutMs } = bootstrap
    const read = await probe.ask({
      kind: 'readRegister',
      addresses: [version, deviceMode, heartbeatTimeoutMs],
    })
    expect(read).toMatchObject({ status: 'success', ack: { values: [0x2_0000, 0x8000_0001, 3000] } })
    const failed = await probe.ask({ kind: 'readRegister', addresses: [version, 0x00f0_0000, deviceMode] })
    expect(failed).toMatchObject({ status: 'invalidAddress', ack: { values: [0x2_0000] } })

    await probe.takeControl()
    const writes = [
      { address: heartbeatTimeoutMs, value: 2000 },
      { address: version, value: 1 },
      { address: heartbeatTimeoutMs, value: 1000 },
    ]
    const written = await probe.ask({ kind: 'writeRegister', writes })
    expect(written).toMatchObject({ status: 'writeProtect', ack: { written: 1 } })
    expect(await probe.read(heartbeatTimeoutMs)).toBe(2000)
  })

  test('every kind of refusal', async () => {
    const session = await openCamera()
    const { probe } = session
    const width = session.address('WidthRegister')
    expect(await probe.write(width, 64)).toBe('accessDenied')
    await probe.takeControl()
    expect(await probe.write(width, 64)).toBe('success')
    expect(await probe.write(width, 65)).toBe('invalidParameter')
    expect(await probe.write(width, 4096)).toBe('invalidParameter')
    expect(await probe.write(width + 2, 64)).toBe('badAlignment')
    expect(await probe.write(0x00f0_0000, 1)).toBe('invalidAddress')
    expect(await probe.write(bootstrap.serialNumber, 1)).toBe('writeProtect')
    expect(await session.write('TLParamsLocked', 1)).toBe('success')
    expect(await probe.write(width, 96)).toBe('writeProtect')
    expect(await probe.write(bootstrap.controlPrivilege, 4)).toBe('invalidParameter')
    const command = session.address('AcquisitionStopRegister')
    expect((await probe.ask({ kind: 'readRegister', addresses: [command] })).status).toBe('accessDenied')

    const id = probe.nextId()
    const action = encodeCommand({ kind: 'discovery', allowBroadcastAck: false }, id)
    action.writeUInt16BE(0x0100, 2)
    expect(await probe.answersTo(action, id)).toMatchObject([{ status: 'notImplemented' }])
  })

  test('answers with any status code on request, and tells it as an event', async () => {
    const session = await openCamera()
    const { probe, simulator } = session
    await probe.takeControl()
    const failing = session.address('TestFailingRegisterRegister')
    const events: Buffer[] = []
    const listener = await anotherProbe(session)
    listener.socket.on('message', (packet) => events.push(packet))
    await probe.write(optionalRegister.messageDestinationIp, ipToNumber('127.0.0.1'))
    await probe.write(optionalRegister.messagePort, listener.socket.address().port)
    await probe.write(
      session.address('EventNotificationRegister') + 4 * session.entry('EventSelector', 'Error'),
      1,
    )

    const errors = Object.entries(statusCodes).filter(([, code]) => code >= 0x8000)
    for (const [status, code] of errors) {
      await session.choose('TestStatus', status.charAt(0).toUpperCase() + status.slice(1))
      expect(await probe.write(failing, 1)).toBe(status)
      expect((await probe.ask({ kind: 'readRegister', addresses: [failing] })).statusCode).toBe(code)
    }
    await eventually('all events', () => events.length >= 2 * errors.length)
    const told = events.map((packet) => decodeEvent(packet)?.event.eventId)
    // One for the read, one for the write, and more where either had to be sent again.
    expect([...new Set(told)]).toEqual(errors.map(([, code]) => code))

    await simulator.fault({ kind: 'refuse', status: statusCodes.busy, count: 2 })
    expect(await probe.write(failing, 1)).toBe('busy')
    expect(await probe.write(failing, 1)).toBe('busy')
    expect(await probe.write(failing, 1)).toBe('error')
  })

  test('numbers of 64 bits, texts, and the clock', async () => {
    const session = await openCamera()
    const { probe } = session
    await probe.takeControl()
    const address = session.address('TestInteger64Register')
    const data = Buffer.alloc(8)
    data.writeBigInt64BE(-(2n ** 62n) - 5n)
    expect((await probe.ask({ kind: 'writeMemory', address, data })).status).toBe('success')
    expect(await probe.readMemory(address, 8)).toEqual(data)
    // One half of it.
    expect(await probe.write(address + 4, 7)).toBe('success')
    expect((await probe.readMemory(address, 8)).readInt32BE(4)).toBe(7)

    const name = Buffer.alloc(16)
    name.write('Größe')
    await probe.ask({ kind: 'writeMemory', address: bootstrap.userName, data: name })
    expect(await probe.readMemory(bootstrap.userName, 16)).toEqual(name)

    const latched = async () => {
      await probe.write(bootstrap.timestampControl, latchTimestamp)
      return (await probe.readMemory(bootstrap.timestampHigh, 8)).readBigUInt64BE()
    }
    const first = await latched()
    expect(await latched()).toBeGreaterThan(first)
  })

  test('a slow write is announced by PENDING_ACK; the camera is busy meanwhile', async () => {
    const session = await openCamera({ pendingAckMs: 2000 })
    const { probe } = session
    await probe.takeControl()
    const writes = [{ address: session.address('WidthRegister'), value: 64 }]
    const id = probe.nextId()
    const slow = probe.answersTo(encodeCommand({ kind: 'writeRegister', writes }, id), id)
    await eventually('PENDING_ACK', () => probe.received.some((packet) => packet.readUInt16BE(2) === 0x89))
    const busy = await probe.ask({ kind: 'readRegister', addresses: [bootstrap.version] })
    const [pending] = await slow
    expect(pending?.ack).toEqual({ kind: 'pending', timeoutMs: 2200 })
    const done = await eventually('the answer', () =>
      probe.received
        .map((packet) => decodeAck(packet))
        .find((answer) => answer?.ackId === id && answer.ack.kind === 'writeRegister'),
    )
    expect(done).toMatchObject({ status: 'success', ack: { written: 1 } })
    expect(await session.read('Width')).toBe(64)
    expect(busy.status).toBe('busy')
  })

  test('a write that is sent again is answered again, but carried out once', async () => {
    const session = await openCamera()
    const { probe } = session
    await session.openStream()
    await session.choose('TriggerMode', 'On')
    await session.write('AcquisitionStart', 1)
    const writes = [{ address: session.address('TriggerSoftwareRegister'), value: 1 }]
    const id = probe.nextId()
    const packet = encodeCommand({ kind: 'writeRegister', writes }, id)
    await probe.answersTo(packet, id)
    const answers = await probe.answersTo(packet, id, 2)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['success']))
    await eventually('a frame', () => session.stream.complete.length > 0)
    await session.write('AcquisitionStop', 1)
    expect((await session.simulator.counters()).frames).toBe(1)
  })
})

describe('control', () => {
  test('belongs to one application, which may shut out the others', async () => {
    const session = await openCamera()
    const other = await anotherProbe(session)
    expect(await session.probe.takeControl()).toBe('success')
    expect(await other.takeControl()).toBe('accessDenied')
    expect(await other.read(bootstrap.version)).toBe(0x2_0000)
    expect(await session.probe.write(bootstrap.controlPrivilege, privilege.exclusive)).toBe('success')
    const refused = await other.ask({ kind: 'readRegister', addresses: [bootstrap.version] })
    expect(refused.status).toBe('accessDenied')
    expect(await other.read(bootstrap.controlPrivilege)).toBe(privilege.exclusive)
    expect(await session.probe.write(bootstrap.controlPrivilege, privilege.none)).toBe('success')
    expect(await other.takeControl()).toBe('success')
  })

  test('ends with the heartbeat, and the stream with it', async () => {
    const session = await openCamera()
    await session.openStream()
    await session.write('AcquisitionStart', 1)
    await eventually('frames', () => session.stream.blocks.length > 2)
    await session.probe.write(bootstrap.heartbeatTimeoutMs, 500)
    const other = await anotherProbe(session)
    await eventually('control ends', async () => (await other.read(bootstrap.controlPrivilege)) === 0)
    expect((await session.simulator.counters()).heartbeatExpiries).toBe(1)
    expect(await other.read(streamChannel.port)).toBe(0)
  })

  test('can be lost', async () => {
    const { probe, simulator } = await openCamera()
    await probe.takeControl()
    await simulator.fault({ kind: 'lose-control' })
    expect(await probe.read(bootstrap.controlPrivilege)).toBe(0)
    expect(await probe.write(bootstrap.heartbeatTimeoutMs, 1000)).toBe('accessDenied')
  })

  test('packets go to the computer in control only', async () => {
    const session = await openCamera()
    await session.probe.takeControl()
    const { probe } = session
    expect(await probe.write(streamChannel.destinationIp, ipToNumber('192.0.2.1'))).toBe('invalidParameter')
    expect(await probe.write(optionalRegister.messageDestinationIp, ipToNumber('192.0.2.1'))).toBe(
      'invalidParameter',
    )
  })

  test('is silent while unplugged, and as it was when plugged in again', async () => {
    const { probe, simulator } = await openCamera()
    await probe.takeControl()
    await simulator.unplug()
    const before = probe.received.length
    const id = probe.nextId()
    await probe.send(encodeCommand({ kind: 'readRegister', addresses: [bootstrap.version] }, id))
    await eventually('it misses the command', async () => (await simulator.counters()).missedCommands > 0)
    await simulator.replug()
    expect(await probe.read(bootstrap.controlPrivilege)).toBe(privilege.control)
    const acks = probe.received.slice(before).map((packet) => packet.readUInt16BE(6))
    expect(acks).not.toContain(id)
  })

  test('loses answers on request', async () => {
    const { probe, simulator } = await openCamera()
    await probe.takeControl()
    await simulator.fault({ kind: 'lose-acks', count: 1 })
    // Sent again by the probe after a while.
    expect(await probe.write(bootstrap.heartbeatTimeoutMs, 1500)).toBe('success')
    expect(await probe.read(bootstrap.heartbeatTimeoutMs)).toBe(1500)
  })

  test('a test packet has exactly the size asked for, and no larger one passes than the path lets', async () => {
    const { probe, stream, ...session } = await openCamera({ link: { mtu: 1500 } })
    const test = (size: number) =>
      probe.write(streamChannel.packetSize, packetSizeFlags.fireTestPacket + size)
    await probe.takeControl()
    expect(await test(1500)).toBe('wrongConfiguration')
    await probe.write(streamChannel.destinationIp, ipToNumber('127.0.0.1'))
    await probe.write(streamChannel.port, stream.port)
    expect(await test(9000)).toBe('success')
    expect(await test(1500)).toBe('success')
    await eventually('the test packet', () => stream.others.length > 0)
    expect(stream.others.map(({ length }) => length)).toEqual([1500 - 28])
    expect((await session.simulator.counters()).lostPackets).toBe(1)
  })
})

describe('bad input', () => {
  const resend = { kind: 'packetResend', streamChannel: 0, firstPacket: 0 } as const
  const samples = [
    encodeCommand({ kind: 'discovery', allowBroadcastAck: true }, 1),
    encodeCommand({ kind: 'readRegister', addresses: [0, 4] }, 2),
    encodeCommand({ kind: 'writeRegister', writes: [{ address: streamChannel.port, value: 9 }] }, 3),
    encodeCommand({ kind: 'readMemory', address: bootstrap.xmlUrl1, count: 512 }, 4),
    encodeCommand({ kind: 'writeMemory', address: bootstrap.userName, data: Buffer.alloc(16, 'x') }, 5),
    encodeCommand({ ...resend, blockId: 1, lastPacket: 0xff_ffff, extendedIds: false }, 6),
    encodeCommand({ ...resend, blockId: 2 ** 40, lastPacket: 0xffff_ffff, extendedIds: true }, 7),
  ]

  /** A command with a few bytes changed: as it is, cut short, or too long; or nothing but random bytes. */
  function garbage(random: RandomStream): Uint8Array {
    const upTo = (limit: number) => Math.floor(random.next() * limit)
    const packet = Buffer.from(samples[upTo(samples.length)] ?? [])
    for (let flips = upTo(5); flips > 0; flips -= 1) packet[upTo(packet.length)] = upTo(256)
    switch (upTo(4)) {
      case 0:
        return packet.subarray(0, upTo(packet.length))
      case 1:
        return Buffer.concat([packet, Buffer.alloc(upTo(2000))])
      case 2:
        return Uint8Array.from({ length: upTo(600) }, () => upTo(256))
      default:
        return packet
    }
  }

  test('thousands of packets of garbage, truncated, oversized and replayed, change nothing', async () => {
    const session = await openCamera({ serialNumber: 'FUZZ' })
    const { probe, simulator } = session
    await session.openStream()
    await session.write('AcquisitionStart', 1)
    const random = new RandomStream(99)
    const stranger = await anotherProbe(session)
    for (let count = 0; count < 5000; count += 1) {
      await stranger.send(garbage(random))
      // Every now and then, so that none is lost for want of room.
      if (count % 100 === 0) await simulator.counters()
    }
    expect((await simulator.counters()).commands).toBeGreaterThan(500)
    expect(await probe.read(bootstrap.controlPrivilege)).toBe(privilege.control)
    expect((await probe.readMemory(bootstrap.serialNumber, 16)).toString().replaceAll('\0', '')).toBe('FUZZ')
    expect((await probe.readMemory(bootstrap.userName, 16)).every((byte) => byte === 0)).toBe(true)
    const before = session.stream.complete.length
    await eventually('the stream goes on', () => session.stream.complete.length > before)
  })
})
