import { bootstrap, bootstrapTextBytes } from '../../protocol/bootstrap-registers.ts'
import { optionalRegister } from '../../protocol/optional-registers.ts'
import type { DeviceClock } from '../device-clock.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addCommand } from './describe-command.ts'
import { addFormula, addIndexed } from './describe-computed.ts'
import { addInteger, addLong } from './describe-numbers.ts'
import { addText } from './describe-text.ts'
import { hex } from './feature.ts'
import { element } from './xml-text.ts'

/** Temperatures by their place, °C, as far as one knows them of a simulated camera. */
const temperatures = [
  { name: 'Sensor', value: 0, celsius: -10 },
  { name: 'Mainboard', value: 1, celsius: 41.5 },
] as const

/** What the features act on. */
export type DeviceFeatureOptions = {
  readonly clock: DeviceClock
  readonly status: () => {
    readonly acquiring: boolean
    readonly streaming: boolean
    readonly controlled: boolean
  }
  readonly reset: () => void
}

/** SFNC 2.7, "Device Control". */
export function addDeviceFeatures(description: CameraDescription, options: DeviceFeatureOptions): void {
  const { clock, status, reset } = options
  const text = (
    name: string,
    title: string,
    tip: string,
    key: keyof typeof bootstrapTextBytes & keyof typeof bootstrap,
  ) =>
    addText(description, {
      name,
      title,
      tip,
      at: bootstrap[key],
      bytes: bootstrapTextBytes[key],
      access: 'RO',
    })
  description.category(
    'DeviceControl',
    'Device Control',
    'The camera itself: identity, temperature, clock.',
    [
      text('DeviceVendorName', 'Vendor', 'Maker of the camera.', 'manufacturerName'),
      text('DeviceModelName', 'Model', 'Model of the camera.', 'modelName'),
      text(
        'DeviceManufacturerInfo',
        'Maker information',
        'What the maker says of the camera.',
        'manufacturerInfo',
      ),
      text('DeviceVersion', 'Version', 'Version of the camera.', 'deviceVersion'),
      text(
        'DeviceSerialNumber',
        'Serial number',
        'Tells this camera from others of its model.',
        'serialNumber',
      ),
      addText(description, {
        name: 'DeviceUserID',
        title: 'User name',
        tip: 'A name of your own; the camera keeps it.',
        at: bootstrap.userName,
        bytes: bootstrapTextBytes.userName,
        access: 'RW',
      }),
      addEnumeration(description, {
        name: 'DeviceScanType',
        title: 'Scan type',
        tip: 'Kind of sensor.',
        visibility: 'Expert',
        entries: [{ name: 'Areascan', value: 0, tip: 'Two-dimensional sensor.' }],
        value: { read: () => 0 },
      }),
      ...addTemperatures(description),
      addInteger(description, {
        name: 'DeviceLinkSpeed',
        title: 'Link speed',
        tip: 'Speed of the network link.',
        visibility: 'Expert',
        unit: 'Mbps',
        value: { at: optionalRegister.linkSpeed, access: 'RO' },
      }),
      addCommand(description, {
        name: 'DeviceReset',
        title: 'Reset',
        tip: 'Switches the camera off and on again; the connection is lost.',
        visibility: 'Guru',
        run: () => {
          reset()
          return 'success'
        },
      }),
      ...addTimestamp(description, clock),
      ...addStatus(description, status),
    ],
  )
}

function addTemperatures(description: CameraDescription): readonly string[] {
  const selector = addEnumeration(description, {
    name: 'DeviceTemperatureSelector',
    title: 'Temperature place',
    tip: 'Where the temperature is measured.',
    visibility: 'Expert',
    entries: temperatures.map(({ name, value }) => ({ name, value })),
    selects: ['DeviceTemperature'],
  })
  const hundredths = temperatures.map(({ celsius }) => ({ read: () => Math.round(celsius * 100) }))
  const raw = addIndexed(description, 'DeviceTemperatureRaw', selector, hundredths, 'Signed')
  const temperature = addFormula(
    description,
    'SwissKnife',
    'DeviceTemperature',
    'RAW / 100.0',
    { RAW: raw },
    [
      element('ToolTip', 'Temperature at the selected place.'),
      element('DisplayName', 'Temperature'),
      element('Visibility', 'Beginner'),
    ],
  )
  return [selector, temperature]
}

function addTimestamp(description: CameraDescription, clock: DeviceClock): readonly string[] {
  return [
    addLong(description, {
      name: 'Timestamp',
      title: 'Clock',
      tip: 'The camera’s clock now.',
      visibility: 'Expert',
      unit: 'ns',
      pollingMs: 1000,
      value: { read: () => clock.now() },
    }),
    addCommand(description, {
      name: 'TimestampLatch',
      title: 'Latch clock',
      tip: 'Keeps the present time of the clock for reading.',
      visibility: 'Expert',
      run: () => {
        clock.latch()
        return 'success'
      },
    }),
    addLong(description, {
      name: 'TimestampLatchValue',
      title: 'Latched clock',
      tip: 'The clock when it was latched last.',
      visibility: 'Expert',
      unit: 'ns',
      invalidatedBy: ['TimestampLatch'],
      value: { read: () => clock.latched },
    }),
    addCommand(description, {
      name: 'TimestampReset',
      title: 'Reset clock',
      tip: 'Sets the camera’s clock to 0.',
      visibility: 'Expert',
      run: () => {
        clock.reset()
        return 'success'
      },
    }),
  ]
}

/** Single bits of one register, which the XML describes as a structure. */
function addStatus(
  description: CameraDescription,
  status: DeviceFeatureOptions['status'],
): readonly string[] {
  const address = description.allot((at) => ({
    address: at,
    bytes: 4,
    access: 'RO',
    read: (target) => {
      const { acquiring, streaming, controlled } = status()
      // Bit 0 is the most significant one.
      target.writeUInt8((Number(acquiring) << 7) | (Number(streaming) << 6) | (Number(controlled) << 5), 0)
    },
    write: () => 'writeProtect',
  }))
  const entries = [
    { name: 'DeviceStatusAcquiring', title: 'Acquires', tip: '1 while frames are taken.', bit: 0 },
    { name: 'DeviceStatusStreaming', title: 'Streams', tip: '1 while the stream is open.', bit: 1 },
    {
      name: 'DeviceStatusControlled',
      title: 'Controlled',
      tip: '1 while an application has control.',
      bit: 2,
    },
  ]
  description.node(
    element(
      'StructReg',
      [
        element('Address', hex(address)),
        element('Length', 4),
        element('AccessMode', 'RO'),
        element('pPort', 'Device'),
        element('Cachable', 'NoCache'),
        element('PollingTime', 1000),
        element('Endianess', 'BigEndian'),
        ...entries.map(({ name, title, tip, bit }) =>
          element(
            'StructEntry',
            [
              element('ToolTip', tip),
              element('DisplayName', title),
              element('Visibility', 'Guru'),
              element('Bit', bit),
            ],
            { Name: name, NameSpace: 'Custom' },
          ),
        ),
      ],
      { Comment: 'State of the camera' },
    ),
  )
  return entries.map(({ name }) => name)
}
