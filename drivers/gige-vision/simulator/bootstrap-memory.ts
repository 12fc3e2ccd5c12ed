import { ipFromNumber, ipToNumber, macToBytes } from '../protocol/addresses.ts'
import {
  bootstrap,
  bootstrapTextBytes,
  gvcpCapability,
  ipConfiguration,
  latchTimestamp,
} from '../protocol/bootstrap-registers.ts'
import { discoveryDataBytes } from '../protocol/discovery-data.ts'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { channelCapability, gvcpConfiguration, optionalRegister } from '../protocol/optional-registers.ts'
import { type ControlPrivilege, minHeartbeatMs } from './control-privilege.ts'
import { type DeviceClock, tickFrequency } from './device-clock.ts'
import type { DeviceIdentity } from './device-identity.ts'
import type { RegisterMap } from './register-map.ts'
import { blobRegister, commandRegister, numberRegister, textRegister } from './registers.ts'

const version = (2 << 16) | 0
/** Big endian, UTF-8. */
const deviceMode = 0x8000_0001
const resetTimestamp = 1
const allIpOptions = ipConfiguration.persistent | ipConfiguration.dhcp | ipConfiguration.linkLocal
/** Commands that take longer are announced as pending. */
const pendingTimeoutMs = 200

/** What the registers tell of the device. */
export type BootstrapOptions = {
  readonly identity: DeviceIdentity
  readonly clock: DeviceClock
  readonly privilege: ControlPrivilege
  readonly xmlUrl: string
  readonly resend: boolean
  readonly mbitPerSecond: () => number
  /** Bits of `gvcpConfiguration`, but for the heartbeat's. */
  readonly configuration: { pendingAck: boolean; extendedStatus: boolean }
}

/** The registers that the standard defines, but for those of the channels and of control itself. */
export function addBootstrapRegisters(map: RegisterMap, options: BootstrapOptions): void {
  addIdentity(map, options)
  addAddresses(map, options.identity)
  addCapabilities(map, options)
  addClock(map, options.clock)
}

function addIdentity(map: RegisterMap, { identity, xmlUrl }: BootstrapOptions): void {
  map.add(numberRegister(bootstrap.version, () => version))
  map.add(numberRegister(bootstrap.deviceMode, () => deviceMode))
  map.add(blobRegister(bootstrap.macHigh, Buffer.concat([Buffer.alloc(2), macToBytes(identity.mac)])))
  const text = (key: keyof typeof bootstrapTextBytes & keyof typeof bootstrap, read: () => string) =>
    map.add(textRegister(bootstrap[key], bootstrapTextBytes[key], read))
  text('manufacturerName', () => identity.manufacturer)
  text('modelName', () => identity.model)
  text('deviceVersion', () => identity.deviceVersion)
  text('manufacturerInfo', () => identity.manufacturerInfo)
  text('serialNumber', () => identity.serialNumber)
  map.add(
    textRegister(
      bootstrap.userName,
      bootstrapTextBytes.userName,
      () => identity.kept.userName,
      (name) => {
        identity.kept.userName = name
        return 'success'
      },
    ),
  )
  map.add(textRegister(bootstrap.xmlUrl1, bootstrapTextBytes.xmlUrl, () => xmlUrl))
  map.add(textRegister(bootstrap.xmlUrl2, bootstrapTextBytes.xmlUrl, () => ''))
}

function addAddresses(map: RegisterMap, identity: DeviceIdentity): void {
  const { kept } = identity
  map.add(numberRegister(bootstrap.ipOptions, () => allIpOptions))
  map.add(
    numberRegister(
      bootstrap.ipCurrent,
      () => kept.ipCurrent,
      (value) => {
        // Link-local is always on.
        kept.ipCurrent = (value & allIpOptions) | ipConfiguration.linkLocal
        return 'success'
      },
    ),
  )
  map.add(numberRegister(bootstrap.currentIp, () => ipToNumber(identity.ip.ip)))
  map.add(numberRegister(bootstrap.currentSubnetMask, () => ipToNumber(identity.ip.subnetMask)))
  map.add(numberRegister(bootstrap.currentGateway, () => ipToNumber(identity.ip.gateway)))
  const persistent = (address: number, key: keyof typeof kept.persistent) =>
    map.add(
      numberRegister(
        address,
        () => ipToNumber(kept.persistent[key]),
        (value) => {
          kept.persistent = { ...kept.persistent, [key]: ipFromNumber(value) }
          return 'success'
        },
      ),
    )
  persistent(bootstrap.persistentIp, 'ip')
  persistent(bootstrap.persistentSubnetMask, 'subnetMask')
  persistent(bootstrap.persistentGateway, 'gateway')
  // What lies between these is reserved, and read with them in a discovery.
  const used = new Set<number>([bootstrap.currentIp, bootstrap.currentSubnetMask, bootstrap.currentGateway])
  for (let at = bootstrap.ipCurrent + 4; at < bootstrap.manufacturerName; at += 4) {
    if (!used.has(at)) map.add(numberRegister(at, () => 0))
  }
}

function addCapabilities(map: RegisterMap, options: BootstrapOptions): void {
  const { privilege, configuration, resend, mbitPerSecond } = options
  const capability =
    gvcpCapability.concatenation |
    gvcpCapability.writeMemory |
    (resend ? gvcpCapability.packetResend : 0) |
    gvcpCapability.event |
    gvcpCapability.pendingAck |
    gvcpCapability.extendedStatus |
    gvcpCapability.heartbeatDisable |
    gvcpCapability.serialNumber |
    gvcpCapability.userName
  const constants: readonly (readonly [number, number])[] = [
    [bootstrap.interfaceCount, 1],
    [optionalRegister.activeLinkCount, 1],
    [bootstrap.messageChannelCount, 1],
    [bootstrap.streamChannelCount, 1],
    [bootstrap.gvcpCapability, capability],
    [optionalRegister.gvspCapability, channelCapability.sourcePort | channelCapability.standardIds],
    [optionalRegister.messageCapability, channelCapability.sourcePort],
    [optionalRegister.pendingTimeoutMs, pendingTimeoutMs],
  ]
  for (const [address, value] of constants) map.add(numberRegister(address, () => value))
  map.add(numberRegister(optionalRegister.linkSpeed, mbitPerSecond))
  map.add(
    numberRegister(
      bootstrap.heartbeatTimeoutMs,
      () => privilege.heartbeatMs,
      (ms) => {
        privilege.heartbeatMs = Math.min(Math.max(ms, minHeartbeatMs), maxHeartbeatMs)
        return 'success'
      },
    ),
  )
  map.add(
    numberRegister(
      optionalRegister.gvcpConfiguration,
      () =>
        (privilege.heartbeatDisabled ? gvcpConfiguration.heartbeatDisable : 0) |
        (configuration.pendingAck ? gvcpConfiguration.pendingAck : 0) |
        (configuration.extendedStatus ? gvcpConfiguration.extendedStatus : 0),
      (value): GvcpStatus => {
        privilege.heartbeatDisabled = (value & gvcpConfiguration.heartbeatDisable) !== 0
        configuration.pendingAck = (value & gvcpConfiguration.pendingAck) !== 0
        configuration.extendedStatus = (value & gvcpConfiguration.extendedStatus) !== 0
        return 'success'
      },
    ),
  )
}

/** Longest timeout that a timer can hold, ms. */
const maxHeartbeatMs = 0x7fff_ffff

function addClock(map: RegisterMap, clock: DeviceClock): void {
  const high = (value: bigint) => Number(value >> 32n)
  const low = (value: bigint) => Number(value & 0xffff_ffffn)
  map.add(numberRegister(bootstrap.timestampTickFrequencyHigh, () => high(tickFrequency)))
  map.add(numberRegister(bootstrap.timestampTickFrequencyLow, () => low(tickFrequency)))
  map.add(
    commandRegister(bootstrap.timestampControl, (value) => {
      if ((value & resetTimestamp) !== 0) clock.reset()
      if ((value & latchTimestamp) !== 0) clock.latch()
      return 'success'
    }),
  )
  map.add(numberRegister(bootstrap.timestampHigh, () => high(clock.latched)))
  map.add(numberRegister(bootstrap.timestampLow, () => low(clock.latched)))
}

/** The answer to a discovery: the first registers as they are. */
export function discoveryAnswer(map: RegisterMap): Buffer {
  const answer = map.read(0, discoveryDataBytes)
  if (answer.status !== 'success') throw new Error(`Bootstrap registers are missing: ${answer.status}`)
  return answer.data
}
