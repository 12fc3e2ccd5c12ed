import { type GvcpStatus, statusCodes } from '../../protocol/gvcp-status.ts'
import type { DeviceEvents } from '../device-events.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addCommand } from './describe-command.ts'
import { addFloat, addInteger, addLong } from './describe-numbers.ts'
import { hex } from './feature.ts'
import { element } from './xml-text.ts'

const maxPendingMs = 60_000

/** What the features act on. */
export type TestFeatureOptions = {
  readonly events: DeviceEvents
  readonly pending: { ms: number }
}

/** What a client's developer wants to see: every status code, every event of an error, registers of every kind. */
export function addTestFeatures(
  description: CameraDescription,
  { events, pending }: TestFeatureOptions,
): void {
  const statuses = errorStatuses()
  const test = { status: 0, long: -1n, double: 0.5, little: 0xff85_0000 }
  const status = () => statuses[test.status]?.status ?? 'error'
  const guru = { visibility: 'Guru' } as const
  description.category('TestControl', 'Test Control', 'For those who develop a client.', [
    addEnumeration(description, {
      ...guru,
      name: 'TestStatus',
      title: 'Status',
      tip: 'The status code that “Register that fails” answers with.',
      entries: statuses.map(({ name, code }, value) => ({ name, value, tip: `0x${code.toString(16)}` })),
      value: {
        read: () => test.status,
        write: (value) => {
          test.status = value
          return 'success'
        },
      },
    }),
    addFailing(description, status),
    addCommand(description, {
      ...guru,
      name: 'TestErrorEvent',
      title: 'Tell error',
      tip: 'Sends an event with that status code, whether events of errors are switched on or not.',
      run: () => {
        events.error(status())
        return 'success'
      },
    }),
    addInteger(description, {
      ...guru,
      name: 'TestPendingAck',
      title: 'Time of a write',
      tip: 'Each write of a feature takes that long, and is announced by PENDING_ACK; 0: at once.',
      unit: 'ms',
      min: 0,
      max: maxPendingMs,
      value: {
        read: () => pending.ms,
        write: (ms) => {
          if (ms > maxPendingMs) return 'invalidParameter'
          pending.ms = ms
          return 'success'
        },
      },
    }),
    addLong(description, {
      ...guru,
      name: 'TestInteger64',
      title: '64-bit integer',
      tip: 'Keeps what is written.',
      value: {
        read: () => test.long,
        write: (value) => {
          test.long = value
          return 'success'
        },
      },
    }),
    addFloat(description, {
      ...guru,
      name: 'TestFloat64',
      title: '64-bit float',
      tip: 'Keeps what is written.',
      value: {
        read: () => test.double,
        write: (value) => {
          test.double = value
          return 'success'
        },
      },
    }),
    addLittleEndian(description, test),
  ])
}

type ErrorStatus = Exclude<GvcpStatus, 'success' | 'packetResend'>

/** All status codes of errors, by names as GenICam has them: `InvalidAddress`. */
function errorStatuses(): readonly {
  readonly name: string
  readonly status: ErrorStatus
  readonly code: number
}[] {
  const isError = (name: string): name is ErrorStatus =>
    name in statusCodes && name !== 'success' && name !== 'packetResend'
  return Object.keys(statusCodes)
    .filter(isError)
    .map((status) => ({
      name: status.charAt(0).toUpperCase() + status.slice(1),
      status,
      code: statusCodes[status],
    }))
}

/** A register that answers reading and writing with a status code. */
function addFailing(description: CameraDescription, status: () => Exclude<GvcpStatus, 'success'>): string {
  const address = description.allot((at) => ({
    address: at,
    bytes: 4,
    access: 'RW',
    read: () => undefined,
    refusesRead: status,
    write: status,
  }))
  return addInteger(description, {
    name: 'TestFailingRegister',
    title: 'Register that fails',
    tip: 'Reading and writing it is answered with the status code chosen above.',
    visibility: 'Guru',
    pollingMs: 1000,
    value: { at: address, access: 'RW' },
  })
}

/** A signed 16-bit number in the upper half of a little-endian register. */
function addLittleEndian(description: CameraDescription, test: { little: number }): string {
  const address = description.allot((at) => ({
    address: at,
    bytes: 4,
    access: 'RW',
    read: (target) => target.writeUInt32LE(test.little),
    write: (value) => {
      test.little = value.readUInt32LE()
      return 'success'
    },
  }))
  description.node(
    element(
      'MaskedIntReg',
      [
        element('ToolTip', 'Signed, in the upper half of a little-endian register.'),
        element('DisplayName', '16-bit integer'),
        element('Visibility', 'Guru'),
        element('Address', hex(address)),
        element('Length', 4),
        element('AccessMode', 'RW'),
        element('pPort', 'Device'),
        element('LSB', 16),
        element('MSB', 31),
        element('Sign', 'Signed'),
        element('Endianess', 'LittleEndian'),
      ],
      { Name: 'TestInteger16', NameSpace: 'Custom' },
    ),
  )
  return 'TestInteger16'
}
