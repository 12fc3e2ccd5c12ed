import { setTimeout as delay } from 'node:timers/promises'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Connection } from '../sdk/driver.ts'
import { announcedDevices, connectDevices, disconnectDevice, isConnected } from './connect-devices.ts'
import { createDevices } from './create-devices.ts'
import { parseIndiAddress, parseIndiOptions, type IndiOptions } from './indi-options.ts'
import { IndiServer } from './indi-server.ts'
import { IndiClient, type ServerAddress } from './protocol/indi-client.ts'
import { VectorSetter } from './protocol/set-vector.ts'

const answerTimeoutMs = 5000
/** How long a server that we start may take until it listens, ms. */
const startTimeoutMs = 8000

/** Opens the devices of an INDI server, which is started first for the address `start`. */
export async function openIndi(
  address: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Connection> {
  const options = parseIndiOptions(given)
  const where = parseIndiAddress(address)
  if (where.kind === 'server') return connected(await IndiClient.connect(where, answerTimeoutMs), options)
  if (options.drivers === undefined) {
    throw new CoverslipError('INVALID_INPUT', 'There is nothing for indiserver to run', {
      hint: 'Name the driver programs of your devices in the option "drivers", e.g. ["indi_asi_ccd"].',
    })
  }
  const server = await IndiServer.start(options.port, options.drivers)
  try {
    const client = await clientOf(server, { host: '127.0.0.1', port: options.port })
    return await connected(client, options, server)
  } catch (error) {
    const failure = server.hasEnded ? server.failure() : error
    await server.stop()
    throw failure
  }
}

async function clientOf(server: IndiServer, address: ServerAddress): Promise<IndiClient> {
  const endMs = performance.now() + startTimeoutMs
  for (;;) {
    try {
      return await IndiClient.connect(address, answerTimeoutMs)
    } catch (error) {
      if (server.hasEnded || performance.now() > endMs) throw error
      await delay(100)
    }
  }
}

async function connected(client: IndiClient, options: IndiOptions, server?: IndiServer): Promise<Connection> {
  const setter = new VectorSetter(client)
  const lost = new Emitter<CoverslipError>()
  let isLost = false
  const lose = (error: CoverslipError) => {
    if (isLost) return
    isLost = true
    lost.emit(error)
  }
  /** INDI devices that were not connected before us. */
  let ours: readonly string[] = []
  const letGo = async () => {
    await Promise.all(ours.map((device) => disconnectDevice(setter, device)))
    await client.close()
  }
  try {
    const wanted = options.devices ?? (await announcedDevices(client))
    const connection = await connectDevices(client, setter, wanted, options.settings)
    ours = connection.ours
    const { names } = connection
    const { created, failures } = createDevices({ client, setter, names, options, lost: lose })
    const used = new Set(created.map(({ indiDevice }) => indiDevice))
    client.on((event) => {
      if (event.type === 'lost') return lose(event.error)
      if (event.type === 'blob' || !used.has(event.device) || isConnected(client, event.device)) return
      lose(
        new CoverslipError('DEVICE_UNAVAILABLE', `${event.device} was disconnected in the INDI server`, {
          hint: 'It is connected again as soon as possible. Check its cable, and that no other program uses it.',
        }),
      )
    })
    server?.onEnded(lose)
    return {
      devices: created.map(({ device }) => device),
      missing: [...connection.failures, ...failures],
      onLost: (listener) => lost.on(listener),
      close: async () => {
        isLost = true
        for (const { device } of created) {
          if ('start' in device) await device.stop()
          device.close()
        }
        await letGo()
        await server?.stop()
      },
    }
  } catch (error) {
    await letGo()
    throw error
  }
}
