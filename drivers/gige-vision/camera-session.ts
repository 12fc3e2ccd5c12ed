/** An open camera: its control channel, its identity, its description. */
import { CoverslipError } from '../../src-shared/errors.ts'
import { fetchDescription } from './genicam/fetch/fetch-description.ts'
import { parseDescriptionUrl } from './genicam/fetch/description-url.ts'
import { loadNodeMap } from './genicam/load-node-map.ts'
import type { NodeMap } from './genicam/node-map.ts'
import { forceIp } from './gvcp/address-settings.ts'
import { ControlSession } from './gvcp/control-session.ts'
import { GvcpClient } from './gvcp/gvcp-client.ts'
import { GvcpRegisterPort } from './gvcp/gvcp-register-port.ts'
import { localAddressTowards } from './gvcp/udp-socket.ts'
import type { GigeOptions } from './options.ts'
import { bootstrap, bootstrapTextBytes, gvcpCapability } from './protocol/bootstrap-registers.ts'
import {
  type DiscoveryData,
  decodeDiscoveryData,
  discoveryDataBytes,
  registerText,
} from './protocol/discovery-data.ts'

/** Cameras may take their time for some commands; that they are lost is found by their silence, see `ControlSession`. */
const attempts = 5
const attemptsPerTimeout = 6
const mostAttemptMs = 2000
/** How long a camera may take to accept a new address, and to be there with it, ms. */
const forceIpMs = 1500

/** A camera that obeys this program. */
export type CameraSession = {
  readonly address: string
  readonly client: GvcpClient
  readonly identity: DiscoveryData
  readonly nodeMap: NodeMap
  readonly ticksPerSecond: bigint
  readonly canResend: boolean
  /** Called once when the camera does not answer or obey any more; at once, if that is already so. */
  onLost(listener: (reason: CoverslipError) => void): () => void
  /** Gives control back, unless the camera is lost. */
  close(): Promise<void>
}

/** Opens the control channel of the camera at `address`, takes control, and reads its description. */
export async function openCameraSession(address: string, options: GigeOptions): Promise<CameraSession> {
  const localAddress = options.interface ?? (await localAddressTowards(address, options.port))
  const client = await GvcpClient.open({
    deviceName: `The GigE Vision camera at ${address}`,
    address,
    port: options.port,
    localAddress,
    attempts,
    timeoutMs: Math.min(mostAttemptMs, options.heartbeatTimeoutMs / attemptsPerTimeout),
  })
  try {
    const identity = await identify(client, { address, localAddress, options })
    client.deviceName = `${identity.userName || identity.model || 'GigE Vision camera'} (${address})`
    return await takeControl(client, { address, identity, options })
  } catch (error) {
    client.close()
    throw error
  }
}

async function identify(
  client: GvcpClient,
  where: { readonly address: string; readonly localAddress: string; readonly options: GigeOptions },
): Promise<DiscoveryData> {
  const { address, localAddress, options } = where
  try {
    return await readIdentity(client)
  } catch (error) {
    const silent = error instanceof CoverslipError && error.code === 'DEVICE_TIMEOUT'
    if (!silent || options.forceIp === undefined) throw error
    await forceIp({
      ...options.forceIp,
      ip: address,
      interfaceAddress: localAddress,
      port: options.port,
      waitMs: forceIpMs,
    })
    return readIdentity(client)
  }
}

async function readIdentity(client: GvcpClient): Promise<DiscoveryData> {
  const data = decodeDiscoveryData(await client.readMemory(0, discoveryDataBytes))
  if (data !== undefined) return data
  throw new CoverslipError('DEVICE_FAILED', `${client.deviceName} does not tell what it is`)
}

async function takeControl(
  client: GvcpClient,
  camera: { readonly address: string; readonly identity: DiscoveryData; readonly options: GigeOptions },
): Promise<CameraSession> {
  let lost: CoverslipError | undefined
  const listeners = new Set<(reason: CoverslipError) => void>()
  const control = await ControlSession.take({
    client,
    heartbeatTimeoutMs: camera.options.heartbeatTimeoutMs,
    onLost: (reason) => {
      lost = reason
      for (const listener of [...listeners]) listener(reason)
    },
  })
  try {
    const capability = await client.readRegister(bootstrap.gvcpCapability)
    return {
      address: camera.address,
      client,
      identity: camera.identity,
      nodeMap: await describe(client, camera.address),
      ticksPerSecond: await tickFrequency(client),
      canResend: (capability & gvcpCapability.packetResend) !== 0,
      onLost: (listener) => {
        if (lost === undefined) listeners.add(listener)
        else listener(lost)
        return () => listeners.delete(listener)
      },
      close: async () => {
        try {
          if (lost === undefined) await control.release()
        } finally {
          client.close()
        }
      },
    }
  } catch (error) {
    await control.release().catch(() => {
      // The camera gives control up by itself after the heartbeat timeout; the first error is what matters.
    })
    throw error
  }
}

/** The node map, by the first of the two addresses of the description that works. */
async function describe(client: GvcpClient, cameraAddress: string): Promise<NodeMap> {
  const port = new GvcpRegisterPort(client)
  const urls: string[] = []
  for (const register of [bootstrap.xmlUrl1, bootstrap.xmlUrl2]) {
    const url = registerText(await client.readMemory(register, bootstrapTextBytes.xmlUrl))
    if (url !== '') urls.push(url)
  }
  let failure: unknown = new CoverslipError(
    'DEVICE_FAILED',
    `${client.deviceName} has no GenICam description`,
    {
      hint: 'Coverslip reads a camera’s settings from its GenICam description; look for a firmware update.',
    },
  )
  for (const url of urls) {
    try {
      const description = await fetchDescription(parseDescriptionUrl(url), port, { cameraAddress })
      return loadNodeMap(description, { Device: port })
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function tickFrequency(client: GvcpClient): Promise<bigint> {
  const high = await client.readRegister(bootstrap.timestampTickFrequencyHigh)
  const low = await client.readRegister(bootstrap.timestampTickFrequencyLow)
  return (BigInt(high) << 32n) | BigInt(low)
}
