/** `npm run gige-simulator -- --help`: the options of the simulator as a command. */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { GigeSimulatorOptions } from './simulator-options.ts'

type Flags = {
  readonly address: string
  readonly allInterfaces?: boolean
  readonly port: number
  readonly broadcast: boolean
  readonly camera: 'main' | 'overview'
  readonly size: { readonly width: number; readonly height: number }
  readonly frameRate: number
  readonly serial: string
  readonly name: string
  readonly seed: number
  readonly extendedIds?: boolean
  readonly resend: boolean
  readonly keptBlocks: number
  readonly pendingAck: number
  readonly xml: 'memory' | 'zipped-memory' | 'http' | 'file'
  readonly xmlFile?: string
  readonly loss: number
  readonly reorder: number
  readonly duplicate: number
  readonly corrupt: number
  readonly mtu: number
  readonly mbit: number
}

/** Reads the arguments after the program's name; prints help or what is wrong and ends the process where commander does. */
export function readSimulatorArguments(argv: readonly string[]): GigeSimulatorOptions {
  const command = new Command('npm run gige-simulator --')
    .description(
      'A GigE Vision camera on Coverslip’s simulated microscope, for demos and for developing clients.',
    )
    .option('--address <address>', 'IPv4 address to serve on', '127.0.0.1')
    .option('--all-interfaces', 'allow the address 0.0.0.0')
    .option('--port <number>', 'UDP port of the control channel; clients expect 3956', number, 3956)
    .option('--no-broadcast', 'do not answer discovery by broadcast')
    .addOption(
      new Option('--camera <which>', 'monochrome camera behind the objective, or colour camera from afar')
        .choices(['main', 'overview'])
        .default('main'),
    )
    .option('--size <width>x<height>', 'sensor of the monochrome camera, pixels', size, {
      width: 2048,
      height: 2048,
    })
    .option('--frame-rate <fps>', 'frame rate at the start', number, 30)
    .option('--serial <text>', 'serial number, up to 15 characters', 'CVS-0001')
    .option('--name <text>', 'user name, up to 15 characters', '')
    .option('--seed <number>', 'the same seed gives the same specimen, noise and lost packets', number, 1)
    .option('--extended-ids', 'stream with 64-bit block ids from the start')
    .option('--no-resend', 'do not send packets again')
    .option('--kept-blocks <number>', 'frames kept for sending packets again', number, 6)
    .option(
      '--pending-ack <ms>',
      'time that each write of a feature takes, announced by PENDING_ACK',
      number,
      0,
    )
    .addOption(
      new Option('--xml <how>', 'how clients fetch the camera’s description')
        .choices(['memory', 'zipped-memory', 'http', 'file'])
        .default('zipped-memory'),
    )
    .option('--xml-file <path>', 'absolute path to write the description to, for --xml file')
    .option('--loss <percent>', 'packets lost', percent, 0)
    .option('--reorder <percent>', 'packets overtaken by later ones', percent, 0)
    .option('--duplicate <percent>', 'packets that arrive twice', percent, 0)
    .option('--corrupt <percent>', 'packets damaged', percent, 0)
    .option('--mtu <bytes>', 'larger packets are lost', number, 65_535)
    .option('--mbit <number>', 'speed of the link, Mbit/s', number, 2500)
  command.parse([...argv], { from: 'user' })
  return optionsOf(command.opts<Flags>())
}

function optionsOf(flags: Flags): GigeSimulatorOptions {
  return {
    address: flags.address,
    allInterfaces: flags.allInterfaces === true,
    port: flags.port,
    broadcast: flags.broadcast,
    camera: flags.camera,
    ...flags.size,
    frameRate: flags.frameRate,
    serialNumber: flags.serial,
    userName: flags.name,
    seed: flags.seed,
    extendedIds: flags.extendedIds === true,
    resend: flags.resend,
    keptBlocks: flags.keptBlocks,
    pendingAckMs: flags.pendingAck,
    xml: flags.xml === 'file' ? { by: 'file', path: flags.xmlFile ?? '' } : { by: flags.xml },
    link: {
      loss: flags.loss,
      reorder: flags.reorder,
      duplicate: flags.duplicate,
      corrupt: flags.corrupt,
      mtu: flags.mtu,
      mbitPerSecond: flags.mbit,
    },
  }
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is no number.')
  return value
}

/** A share, 0 to 1. */
function percent(text: string): number {
  const value = number(text)
  if (value < 0 || value > 100) throw new InvalidArgumentError('It is from 0 to 100.')
  return value / 100
}

function size(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? []
  if (width === undefined || height === undefined) throw new InvalidArgumentError('It is like 1024x768.')
  return { width: Number(width), height: Number(height) }
}
