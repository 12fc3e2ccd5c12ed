import { bootstrap, streamChannel } from '../../protocol/bootstrap-registers.ts'
import { optionalRegister } from '../../protocol/optional-registers.ts'
import type { CameraSettings } from '../camera-settings.ts'
import { minHeartbeatMs } from '../control-privilege.ts'
import { maxPacketSize, minPacketSize, packetSizeStep } from '../stream-channel.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addInteger, addLong } from './describe-numbers.ts'
import { hex } from './feature.ts'
import { element } from './xml-text.ts'

/** What the features act on. */
export type TransportFeatureOptions = {
  readonly settings: CameraSettings
  /** Bytes of a frame as it is sent. */
  readonly payloadSize: () => number
}

/** SFNC 2.7, "Transport Layer Control": mostly registers of the standard, by their names. */
export function addTransportFeatures(description: CameraDescription, options: TransportFeatureOptions): void {
  const { settings, payloadSize } = options
  description.category(
    'TransportLayerControl',
    'Transport Layer Control',
    'How frames get to the computer.',
    [
      addInteger(description, {
        name: 'PayloadSize',
        title: 'Payload size',
        tip: 'Bytes of a frame as it is sent.',
        visibility: 'Expert',
        unit: 'B',
        invalidatedBy: [
          'Width',
          'Height',
          'PixelFormat',
          'BinningHorizontal',
          'ChunkModeActive',
          'ChunkEnable',
        ],
        value: { read: payloadSize },
      }),
      addInteger(description, {
        name: 'TLParamsLocked',
        title: 'Locked',
        tip: '1 while a client streams: what determines the size of a frame cannot change then.',
        visibility: 'Guru',
        min: 0,
        max: 1,
        value: {
          read: () => Number(settings.locked),
          write: (value) => {
            if (value > 1) return 'invalidParameter'
            settings.locked = value === 1
            return 'success'
          },
        },
      }),
      ...addStreamChannel(description),
      ...addControlChannel(description),
      ...addAddresses(description),
    ],
  )
}

function addStreamChannel(description: CameraDescription): readonly string[] {
  const standard = (at: number) => ({ at, access: 'RW' }) as const
  return [
    addInteger(description, {
      name: 'GevSCPSPacketSize',
      title: 'Packet size',
      tip: 'Bytes of a packet of the stream with its IP and UDP headers.',
      visibility: 'Expert',
      unit: 'B',
      min: minPacketSize,
      max: maxPacketSize,
      inc: packetSizeStep,
      bits: { first: 16, last: 31 },
      value: standard(streamChannel.packetSize),
    }),
    addInteger(description, {
      name: 'GevSCPD',
      title: 'Packet delay',
      tip: 'Pause between packets, for links that several cameras share.',
      visibility: 'Expert',
      unit: 'ns',
      value: standard(streamChannel.packetDelay),
    }),
    addInteger(description, {
      name: 'GevSCPHostPort',
      title: 'Stream port',
      tip: 'UDP port that the stream goes to; 0: there is no stream.',
      visibility: 'Guru',
      max: 65_535,
      value: standard(streamChannel.port),
    }),
    addInteger(description, {
      name: 'GevSCDA',
      title: 'Stream address',
      tip: 'Address that the stream goes to.',
      visibility: 'Guru',
      representation: 'IPV4Address',
      value: standard(streamChannel.destinationIp),
    }),
    addEnumeration(description, {
      name: 'GevGVSPExtendedIDMode',
      title: 'Extended ids',
      tip: 'On: 64-bit block ids and 32-bit packet ids.',
      visibility: 'Expert',
      locked: true,
      entries: [
        { name: 'Off', value: 0 },
        { name: 'On', value: 1 },
      ],
      bits: { first: 1, last: 1 },
      value: standard(optionalRegister.gvspConfiguration),
    }),
  ]
}

function addControlChannel(description: CameraDescription): readonly string[] {
  return [
    addEnumeration(description, {
      name: 'GevCCP',
      title: 'Control',
      tip: 'Who may write to the camera.',
      visibility: 'Guru',
      pollingMs: 1000,
      entries: [
        { name: 'OpenAccess', value: 0 },
        { name: 'ExclusiveAccess', value: 1 },
        { name: 'ControlAccess', value: 2 },
        { name: 'ExclusiveControlAccess', value: 3 },
      ],
      value: { at: bootstrap.controlPrivilege, access: 'RW' },
    }),
    addInteger(description, {
      name: 'GevHeartbeatTimeout',
      title: 'Heartbeat timeout',
      tip: 'Control ends when its owner is silent for longer.',
      visibility: 'Guru',
      unit: 'ms',
      min: minHeartbeatMs,
      value: { at: bootstrap.heartbeatTimeoutMs, access: 'RW' },
    }),
    addLong(description, {
      name: 'GevTimestampTickFrequency',
      title: 'Clock frequency',
      tip: 'Ticks of the clock per second.',
      visibility: 'Expert',
      unit: 'Hz',
      value: { at: bootstrap.timestampTickFrequencyHigh, access: 'RO' },
    }),
    addInteger(description, {
      name: 'GevMCPHostPort',
      title: 'Message port',
      tip: 'UDP port that events go to; 0: there are none.',
      visibility: 'Guru',
      max: 65_535,
      value: { at: optionalRegister.messagePort, access: 'RW' },
    }),
  ]
}

function addAddresses(description: CameraDescription): readonly string[] {
  const address = (name: string, title: string, tip: string, at: number, access: 'RO' | 'RW') =>
    addInteger(description, {
      name,
      title,
      tip,
      visibility: 'Guru',
      representation: 'IPV4Address',
      value: { at, access },
    })
  const version = (name: string, title: string, first: number) =>
    addInteger(description, {
      name,
      title,
      tip: 'Version of GigE Vision.',
      visibility: 'Guru',
      bits: { first, last: first + 15 },
      value: { at: bootstrap.version, access: 'RO' },
    })
  return [
    version('GevVersionMajor', 'GigE Vision version', 0),
    version('GevVersionMinor', 'GigE Vision subversion', 16),
    addMacAddress(description),
    address('GevCurrentIPAddress', 'IP address', 'Present address.', bootstrap.currentIp, 'RO'),
    address('GevCurrentSubnetMask', 'Subnet mask', 'Present subnet mask.', bootstrap.currentSubnetMask, 'RO'),
    address('GevCurrentDefaultGateway', 'Gateway', 'Present gateway.', bootstrap.currentGateway, 'RO'),
    address(
      'GevPersistentIPAddress',
      'Persistent IP address',
      'Address after the next start, if the camera is told to use it.',
      bootstrap.persistentIp,
      'RW',
    ),
    address(
      'GevPersistentSubnetMask',
      'Persistent subnet mask',
      'Subnet mask after the next start.',
      bootstrap.persistentSubnetMask,
      'RW',
    ),
    address(
      'GevPersistentDefaultGateway',
      'Persistent gateway',
      'Gateway after the next start.',
      bootstrap.persistentGateway,
      'RW',
    ),
    addInteger(description, {
      name: 'GevCurrentIPConfiguration',
      title: 'IP configuration',
      tip: 'How the address is found: 1 persistent, 2 DHCP, 4 link-local, or a sum of these.',
      visibility: 'Guru',
      representation: 'HexNumber',
      value: { at: bootstrap.ipCurrent, access: 'RW' },
    }),
  ]
}

/** Six bytes at the end of two registers. */
function addMacAddress(description: CameraDescription): string {
  const name = 'GevMACAddress'
  description.node(
    element(
      'IntReg',
      [
        element('ToolTip', 'Address of the network interface.'),
        element('DisplayName', 'MAC address'),
        element('Visibility', 'Guru'),
        element('Address', hex(bootstrap.macHigh)),
        element('Length', 8),
        element('AccessMode', 'RO'),
        element('pPort', 'Device'),
        element('Sign', 'Unsigned'),
        element('Endianess', 'BigEndian'),
        element('Representation', 'MACAddress'),
      ],
      { Name: name, NameSpace: 'Standard' },
    ),
  )
  return name
}
