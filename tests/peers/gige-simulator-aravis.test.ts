/** Aravis' client against the simulated GigE Vision camera, in a network that has nothing but a loopback interface. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { GigeSimulatorOptions } from '../../drivers/gige-vision/simulator/simulator-options.ts'
import type { SimulatorErrand, SimulatorReport } from '../fixtures/gige-simulator-process.ts'
import { canMakeNetwork, runInNetwork } from '../fixtures/lonely-network.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'

const script = fileURLToPath(new URL('../fixtures/gige-simulator-process.ts', import.meta.url))

function errand(
  options: GigeSimulatorOptions,
  ...commands: SimulatorErrand['commands']
): Promise<SimulatorReport> {
  return carryOut({ options, commands })
}

async function carryOut(parts: SimulatorErrand): Promise<SimulatorReport> {
  const args = [...process.execArgv, script, JSON.stringify(parts)]
  const { code, output } = await runInNetwork(process.execPath, args, 200_000)
  const report = output.trim().split('\n').at(-1) ?? ''
  if (code !== 0) throw new Error(`The simulator's process ended with ${code}:\n${output}`)
  return JSON.parse(report)
}

const tool = (...args: string[]) => ['arv-tool-0.8', ...args] as const

/** A figure of the statistics that arv-camera-test ends with. */
function figure(output: string, name: string): number {
  const text = new RegExp(`^${name}\\s*=\\s*(\\d+)`, 'm').exec(output)?.[1]
  if (text === undefined) throw new Error(`arv-camera-test tells no ${name}:\n${output}`)
  return Number(text)
}

const isReady =
  hasProgram('arv-tool-0.8') && hasProgram('arv-camera-test-0.8') && hasProgram('unshare') && canMakeNetwork()

describe.skipIf(!isReady)('arv-tool', () => {
  test('finds it by broadcast, and lists all features of its description', async () => {
    const { outputs } = await errand({ serialNumber: 'ARV-1' }, tool(), tool('features'), tool('values'))
    const [found = '', features = '', values = ''] = outputs
    expect(found).toContain('Coverslip-Microscope camera-ARV-1 (127.0.0.1)')
    for (const name of ['ExposureTime', 'Width', 'PixelFormat', 'StageZ', 'TestInteger64']) {
      expect(features).toMatch(new RegExp(`: \\[RW\\] +'${name}'`))
    }
    for (const line of [
      /'Mono12Packed'/,
      /Integer +: \[RO\] +'SensorWidth'/,
      /'TriggerSoftware' \(Not available\)/,
    ]) {
      expect(features).toMatch(line)
    }
    expect(values).toContain("'DeviceSerialNumber' = 'ARV-1'")
    expect(values).toContain("'DeviceTemperature' = -10")
    expect(values).toContain("'PixelBits' = 8")
  })

  test('reads and writes through converters, masks, selectors and PENDING_ACK', async () => {
    const control = (...args: string[]) => tool('control', ...args)
    const { outputs, counters } = await errand(
      { pendingAckMs: 300 },
      control('ExposureTime=12345.6', 'ExposureTime', 'Gain=3.7', 'Gain', 'BlackLevel=42.5', 'BlackLevel'),
      control(
        'AcquisitionFrameRate=12.5',
        'AcquisitionFrameRate',
        'PixelFormat=Mono12p',
        'PixelFormat',
        'PixelBits',
      ),
      control(
        'TestInteger64=-4611686018427387909',
        'TestInteger64',
        'TestInteger16',
        'TestInteger16=-2',
        'TestInteger16',
      ),
      control(
        'Width=512',
        'OffsetX=256',
        'OffsetX',
        'Width',
        'PayloadSize',
        'GevSCPSPacketSize=1500',
        'GevSCPSPacketSize',
      ),
      control(
        'LightSelector=GreenLED',
        'LightIntensity=33.3',
        'LightIntensity',
        'LightSelector=UVLED',
        'LightIntensity',
      ),
      control(
        'DeviceTemperatureSelector=Mainboard',
        'DeviceTemperature',
        'GevVersionMajor',
        'DeviceStatusControlled',
      ),
    )
    const expected = [
      ['ExposureTime = 12345.6 us', 'Gain = 3.7 dB', 'BlackLevel = 42.5'],
      ['AcquisitionFrameRate = 12.5 Hz', 'PixelFormat = Mono12p', 'PixelBits = 12'],
      ['TestInteger64 = -4611686018427387909', 'TestInteger16 = -123', 'TestInteger16 = -2'],
      [
        'OffsetX = 256 px',
        'Width = 512 px',
        `PayloadSize = ${(512 * 2048 * 12) / 8} B`,
        'GevSCPSPacketSize = 1500 B',
      ],
      ['LightIntensity = 33.3 %', 'LightIntensity = 50 %'],
      ['DeviceTemperature = 41.5', 'GevVersionMajor = 2', 'DeviceStatusControlled = 1'],
    ]
    for (const [index, lines] of expected.entries()) {
      for (const line of lines) expect(outputs[index]).toContain(line)
    }
    expect(counters.pendingAcks).toBeGreaterThanOrEqual(10)
  })
})

describe.skipIf(!isReady)('arv-camera-test', () => {
  // Patience for a computer that has much else to do: the frames are to be complete, not to be so in time.
  const patient = ['--no-packet-socket', '-a', '-m', '10000', '-p', '60', '-q', '2.0', '--duration', '5']

  test.each([false, true])(
    'gets every frame when one packet in a hundred is lost (extended ids: %s)',
    async (extendedIds) => {
      const { outputs, counters } = await carryOut({
        options: {
          width: 512,
          height: 512,
          frameRate: 10,
          extendedIds,
          keptBlocks: 64,
          link: { loss: 0.01 },
        },
        commands: [['arv-camera-test-0.8', ...patient]],
        until: { counter: 'resentPackets', atLeast: 11 },
      })
      for (const output of outputs) {
        expect(figure(output, 'n_completed_buffers')).toBeGreaterThan(0)
        expect(figure(output, 'n_failures')).toBe(0)
        expect(figure(output, 'n_missing_packets')).toBe(0)
      }
      expect(counters.lostPackets).toBeGreaterThan(10)
    },
  )

  test('takes colour and chunks', async () => {
    const { outputs } = await errand(
      { camera: 'overview', frameRate: 10 },
      ['arv-camera-test-0.8', ...patient, '--features', 'PixelFormat=RGB8 Width=640 Height=480'],
      ['arv-camera-test-0.8', ...patient, '-u', 'FrameID,Timestamp'],
    )
    for (const output of outputs) {
      expect(figure(output, 'n_completed_buffers')).toBeGreaterThan(0)
      expect(figure(output, 'n_failures')).toBe(0)
    }
  })
})
