import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import {
  forceIp,
  readPersistentIp,
  writePersistentIp,
} from '../../../drivers/gige-vision/gvcp/address-settings.ts'
import { ControlSession } from '../../../drivers/gige-vision/gvcp/control-session.ts'
import { discoverDevices } from '../../../drivers/gige-vision/gvcp/discovery.ts'
import { GvcpClient } from '../../../drivers/gige-vision/gvcp/gvcp-client.ts'
import { GvcpRegisterPort } from '../../../drivers/gige-vision/gvcp/gvcp-register-port.ts'
import { refusedError } from '../../../drivers/gige-vision/gvcp/gvcp-error.ts'
import { bootstrap, ipConfiguration } from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import {
  type DiscoveryData,
  encodeDiscoveryData,
} from '../../../drivers/gige-vision/protocol/discovery-data.ts'
import { encodeAck, encodeRefusal } from '../../../drivers/gige-vision/protocol/gvcp-ack.ts'
import { decodeCommand } from '../../../drivers/gige-vision/protocol/gvcp-command.ts'
import { commandIds, type ReceivedCommand } from '../../../drivers/gige-vision/protocol/gvcp-packet.ts'
import { type GvcpStatus, statusCodes } from '../../../drivers/gige-vision/protocol/gvcp-status.ts'
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function socket(): Promise<Socket> {
  const bound = createSocket('udp4')
  bound.bind(0, '127.0.0.1')
  await once(bound, 'listening')
  closing.push(() => bound.close())
  return bound
}

type Answer = (received: ReceivedCommand, reply: (packet: Buffer) => void, from: RemoteInfo) => void

/** A device that answers each command as told, and a client for it. */
async function device(
  answer: Answer,
  limits: { timeoutMs?: number; attempts?: number; patienceMs?: number } = {},
) {
  const server = await socket()
  const seen: ReceivedCommand[] = []
  server.on('message', (message, from) => {
    const received = decodeCommand(message)
    if (received === undefined) return
    seen.push(received)
    answer(received, (packet) => server.send(packet, from.port, from.address), from)
  })
  const { port } = server.address()
  const client = await GvcpClient.open({
    deviceName: 'The camera',
    address: '127.0.0.1',
    port,
    localAddress: '127.0.0.1',
    timeoutMs: 10_000,
    attempts: 3,
    ...limits,
  })
  closing.push(() => client.close())
  return { client, seen, server, port }
}

/** A device whose memory is there to be read and written. */
function memoryDevice(memory: Buffer): Answer {
  return ({ command, requestId }, reply) => {
    switch (command.kind) {
      case 'readRegister':
        return reply(
          encodeAck(
            {
              kind: 'readRegister',
              values: command.addresses.map((address) => memory.readUInt32BE(address)),
            },
            requestId,
          ),
        )
      case 'writeRegister':
        for (const { address, value } of command.writes) memory.writeUInt32BE(value, address)
        return reply(encodeAck({ kind: 'writeRegister', written: command.writes.length }, requestId))
      case 'readMemory': {
        const data = memory.subarray(command.address, command.address + command.count)
        return reply(encodeAck({ kind: 'readMemory', address: command.address, data }, requestId))
      }
      case 'writeMemory':
        memory.set(command.data, command.address)
        return reply(encodeAck({ kind: 'writeMemory', written: command.data.length }, requestId))
      default:
    }
  }
}

/** Asks for patience again and again, and never answers. */
const pendingForEver: Answer = ({ requestId }, reply) => {
  const timer = setInterval(() => reply(encodeAck({ kind: 'pending', timeoutMs: 65_535 }, requestId)), 5)
  closing.unshift(() => clearInterval(timer))
}

const register = (value: number, requestId: number) =>
  encodeAck({ kind: 'readRegister', values: [value] }, requestId)

describe('commands', () => {
  test('are repeated with the same id until they are answered', async () => {
    const { client, seen } = await device(
      ({ requestId }, reply) => {
        if (seen.length === 3) reply(register(7, requestId))
      },
      { timeoutMs: 400, attempts: 30 },
    )
    await expect(client.readRegister(0xa00)).resolves.toBe(7)
    expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(1)
    // More where this computer is slow to answer.
    expect(client.retries).toBeGreaterThanOrEqual(2)
  })

  test('that are not answered end with an error that names the device and what to check', async () => {
    const { client, seen } = await device(() => undefined, { timeoutMs: 20, attempts: 3 })
    await expect(client.readRegister(0xa00)).rejects.toMatchObject({
      code: 'DEVICE_TIMEOUT',
      message: expect.stringContaining('The camera does not answer'),
      hint: expect.stringContaining('cable'),
    })
    await expect.poll(() => seen.length).toBe(3)
  })

  test('are sent one after the other, urgent ones first', async () => {
    const { client, seen } = await device(({ requestId }, reply) => reply(register(1, requestId)))
    await Promise.all([
      client.readRegister(0x10),
      client.readRegister(0x20),
      client.readRegister(0x30, 'urgent'),
    ])
    const addresses = seen.map(({ command }) => (command.kind === 'readRegister' ? command.addresses[0] : 0))
    expect(addresses).toEqual([0x10, 0x30, 0x20])
  })

  test('answers of others, to other ids, repeated and damaged ones are dropped and counted', async () => {
    const stranger = await socket()
    const { client } = await device(({ requestId }, reply, from) => {
      stranger.send(register(666, requestId), from.port, from.address, () => {
        reply(register(667, requestId === 1 ? 0xffff : requestId - 1))
        reply(register(668, requestId).subarray(0, 9))
        reply(encodeAck({ kind: 'writeRegister', written: 1 }, requestId))
        reply(Buffer.from('not an answer'))
        reply(register(1, requestId))
        reply(register(669, requestId))
      })
    })
    await expect(client.readRegister(0)).resolves.toBe(1)
    await expect(client.readRegister(4)).resolves.toBe(1)
    expect(client.dropped).toBeGreaterThanOrEqual(10)
  })

  test('PENDING_ACK buys the device time', async () => {
    const { client, seen } = await device(
      ({ requestId }, reply) => {
        reply(encodeAck({ kind: 'pending', timeoutMs: 60_000 }, requestId))
        setTimeout(() => reply(register(5, requestId)), 3000)
      },
      { timeoutMs: 2000, attempts: 1 },
    )
    await expect(client.readRegister(0)).resolves.toBe(5)
    expect(seen).toHaveLength(1)
  })

  test('PENDING_ACK buys no more time than is agreed upon, however often it comes', async () => {
    const { client } = await device(pendingForEver, { timeoutMs: 60, attempts: 2, patienceMs: 100 })
    await expect(client.readRegister(0)).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' })
  })

  test('every error status becomes an error with a hint', async () => {
    const statuses = Object.keys(statusCodes).filter((name): name is GvcpStatus => name in statusCodes)
    for (const status of statuses) {
      const error = refusedError('The camera', { status, statusCode: statusCodes[status], doing: 'testing' })
      expect(error.message).toMatch(/^The camera \w+/)
      expect(error.hint).toMatch(/\w+ \w+/)
    }
    const { client } = await device(({ requestId }, reply) =>
      reply(encodeRefusal(commandIds.writeRegister, requestId, 'accessDenied')),
    )
    const refused = await client.writeRegister(4, 1).catch((error: CoverslipError) => error)
    expect(refused).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      data: { status: 'accessDenied', statusCode: 0x8006 },
    })
  })

  test('those that wait when the channel is closed are rejected', async () => {
    const { client } = await device(() => undefined)
    const waiting = [client.readRegister(0), client.readRegister(4)]
    client.close()
    const [, second] = await Promise.allSettled([Promise.race([waiting[0], Promise.resolve()]), waiting[1]])
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE_UNAVAILABLE' } })
  })
})

test('registers of any length and alignment are read and written through aligned commands', async () => {
  const memory = Buffer.from(Array.from({ length: 2048 }, (_, i) => i & 0xff))
  const copy = Buffer.from(memory)
  const { client, seen } = await device(memoryDevice(memory))
  const port = new GvcpRegisterPort(client)
  expect(Buffer.from(await port.read(8n, 4))).toEqual(copy.subarray(8, 12))
  expect(Buffer.from(await port.read(5n, 1302))).toEqual(copy.subarray(5, 1307))
  await port.write(13n, Buffer.from([1, 2, 3, 4, 5, 6]))
  copy.set([1, 2, 3, 4, 5, 6], 13)
  expect(memory).toEqual(copy)
  await port.write(16n, Buffer.from([9, 8, 7, 6]))
  copy.set([9, 8, 7, 6], 16)
  expect(memory).toEqual(copy)
  for (const { command } of seen) {
    if (command.kind === 'readMemory') expect(command.count % 4).toBe(0)
  }
  await expect(port.read(2n ** 32n - 2n, 4)).rejects.toMatchObject({ code: 'DEVICE_FAILED' })
})

describe('control', () => {
  test('is taken, held by heartbeats, and given back', async () => {
    const memory = Buffer.alloc(4096)
    const { client, seen } = await device(memoryDevice(memory))
    const control = await ControlSession.take({ client, heartbeatTimeoutMs: 600, onLost: () => undefined })
    expect(memory.readUInt32BE(bootstrap.controlPrivilege)).toBe(2)
    expect(memory.readUInt32BE(bootstrap.heartbeatTimeoutMs)).toBe(600)
    const before = seen.length
    await eventually('heartbeats', () => seen.length >= before + 3)
    await control.release()
    expect(memory.readUInt32BE(bootstrap.controlPrivilege)).toBe(0)
  })

  test('that is lost is told once', async () => {
    const memory = Buffer.alloc(4096)
    const { client } = await device(memoryDevice(memory))
    const lost = await new Promise<CoverslipError>((resolve) => {
      void ControlSession.take({ client, heartbeatTimeoutMs: 600, onLost: resolve }).then(() =>
        memory.writeUInt32BE(0, bootstrap.controlPrivilege),
      )
    })
    expect(lost).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: 'Control of The camera was lost' })
  })

  test('is told as lost when the device falls silent', async () => {
    const memory = Buffer.alloc(4096)
    let silent = false
    const { client } = await device(
      (...command) => {
        if (!silent) memoryDevice(memory)(...command)
      },
      { timeoutMs: 200, attempts: 3 },
    )
    const lost = await new Promise<CoverslipError>((resolve) => {
      void ControlSession.take({ client, heartbeatTimeoutMs: 600, onLost: resolve }).then(() => {
        silent = true
      })
    })
    expect(lost.code).toBe('DEVICE_TIMEOUT')
  })

  test('is told as lost when the device does nothing but ask for patience', async () => {
    const memory = Buffer.alloc(4096)
    let patient = false
    const { client } = await device(
      (...command) => (patient ? pendingForEver : memoryDevice(memory))(...command),
      { patienceMs: 100 },
    )
    const lost = await new Promise<CoverslipError>((resolve) => {
      void ControlSession.take({ client, heartbeatTimeoutMs: 600, onLost: resolve }).then(() => {
        patient = true
      })
    })
    // By the watch: the command itself would be waited for longer than the test is.
    expect(lost.code).toBe('DEVICE_TIMEOUT')
  })
})

describe('addresses', () => {
  test('a persistent address is written and read', async () => {
    const memory = Buffer.alloc(4096)
    memory.writeUInt32BE(ipConfiguration.persistent | ipConfiguration.dhcp, bootstrap.ipOptions)
    memory.writeUInt32BE(ipConfiguration.dhcp, bootstrap.ipCurrent)
    const { client } = await device(memoryDevice(memory))
    const address = { ip: '192.168.7.20', subnetMask: '255.255.255.0', gateway: '192.168.7.1' }
    await writePersistentIp(client, address)
    expect(await readPersistentIp(client)).toEqual({ ...address, enabled: true })
    memory.writeUInt32BE(ipConfiguration.dhcp, bootstrap.ipOptions)
    await expect(writePersistentIp(client, address)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  /** Hears what is broadcast on loopback to a port, and answers from 127.0.0.1. */
  async function broadcastDevice(answer: Answer): Promise<number> {
    const ear = createSocket('udp4')
    ear.bind(0, '255.255.255.255')
    await once(ear, 'listening')
    closing.push(() => ear.close())
    const mouth = await socket()
    ear.on('message', (message, from) => {
      const received = decodeCommand(message)
      if (received !== undefined)
        answer(received, (packet) => mouth.send(packet, from.port, from.address), from)
    })
    return ear.address().port
  }

  const canBroadcast = process.platform === 'linux'
  if (!canBroadcast) console.log('Skipped: broadcast on the loopback interface works on Linux only.')

  test.skipIf(!canBroadcast)(
    'a device tells of itself when asked by broadcast; it counts once, and nonsense not at all',
    async () => {
      const data: DiscoveryData = {
        version: { major: 2, minor: 0 },
        deviceMode: 0x8000_0001,
        mac: '00:11:22:aa:bb:cc',
        ipOptions: 7,
        ipCurrent: 5,
        ip: '10.9.8.7',
        subnetMask: '255.0.0.0',
        gateway: '0.0.0.0',
        manufacturer: 'Maker',
        model: 'Model',
        deviceVersion: '1',
        manufacturerInfo: '',
        serialNumber: '4711',
        userName: '',
      }
      const port = await broadcastDevice(({ requestId }, reply) => {
        reply(Buffer.from('nonsense'))
        reply(encodeAck({ kind: 'discovery', data: Buffer.alloc(100) }, requestId))
        reply(encodeAck({ kind: 'discovery', data: encodeDiscoveryData(data) }, (requestId % 0xffff) + 1))
        reply(encodeAck({ kind: 'discovery', data: encodeDiscoveryData(data) }, requestId))
        reply(encodeAck({ kind: 'discovery', data: encodeDiscoveryData(data) }, requestId))
      })
      // One of the interfaces is not there: what the other finds is told all the same.
      const found = await discoverDevices({ interfaces: ['127.0.0.1', '203.0.113.7'], port, waitMs: 2000 })
      expect(found).toEqual([{ data, interfaceAddress: '127.0.0.1' }])
    },
  )

  test.skipIf(!canBroadcast)(
    'FORCEIP gives an address to the device with a MAC, and says when none takes it',
    async () => {
      const given: ReceivedCommand['command'][] = []
      const port = await broadcastDevice(({ command, requestId }, reply) => {
        given.push(command)
        if (command.kind === 'forceIp' && command.mac === '00:11:22:aa:bb:cc')
          reply(encodeAck({ kind: 'forceIp' }, requestId))
      })
      const address = { ip: '192.168.7.20', subnetMask: '255.255.255.0', gateway: '0.0.0.0' }
      const common = { interfaceAddress: '127.0.0.1', port, waitMs: 1500, ...address }
      await forceIp({ ...common, mac: '00:11:22:aa:bb:cc' })
      expect(given[0]).toEqual({ kind: 'forceIp', mac: '00:11:22:aa:bb:cc', ...address })
      await expect(forceIp({ ...common, mac: '00:00:00:00:00:01' })).rejects.toMatchObject({
        code: 'DEVICE_TIMEOUT',
        message: expect.stringContaining('00:00:00:00:00:01'),
      })
    },
  )

  test('an interface that this computer does not have is named', async () => {
    const searched = discoverDevices({ interfaces: ['203.0.113.7'], waitMs: 50 })
    await expect(searched).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringContaining('203.0.113.7'),
    })
  })

  test('without an interface nothing is searched', async () => {
    expect(await discoverDevices({ interfaces: [], waitMs: 50 })).toEqual([])
  })
})
