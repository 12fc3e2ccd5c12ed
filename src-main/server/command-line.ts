/** `coverslip --help`: the options of the headless host. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { CoverslipError } from '../../src-shared/errors.ts'
import { isLoopback } from './request-guard.ts'

export type CommandLine = {
  readonly host: string
  readonly port: number
  readonly dataFolder: string | undefined
  readonly replay: string | undefined
  readonly replayFrameRate: number | undefined
  readonly open: boolean
}

function port(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 65535) return value
  throw new InvalidArgumentError('A port is a whole number from 0 (any free one) to 65535.')
}

function frameRate(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('A frame rate is a number above 0 and up to 1000 (frames per second).')
}

/**
 * Reads the arguments after the program's name; prints help, version or what is wrong and ends the process where
 * commander does.
 * @throws CoverslipError HOST_REFUSED for an address that others can reach.
 */
export function readCommandLine(argv: readonly string[], version: string): CommandLine {
  const command = new Command('npm start --')
    .description('Coverslip: live view of a microscope. Without options: the demo microscope, in a window.')
    .version(version)
    .option('--headless', 'serve only, open no window')
    .option('--host <address>', 'address to serve on', '127.0.0.1')
    .option('--port <number>', 'port to serve on; 0 for any free one', port, 8001)
    .option('--data <folder>', 'folder for settings (default: the system’s place for application data)')
    .option(
      '--replay <folder or file>',
      'play images (PNG, TIFF, stacks) as a camera instead of the demo microscope',
    )
    .option('--replay-fps <number>', 'frame rate of the replay', frameRate)
    .option(
      '--trust-network',
      'allow an address that other computers reach, though nobody is asked for a password',
    )
    .addOption(new Option('--open', 'open the app in a browser window').hideHelp())
    .showHelpAfterError('Try npm start -- --help.')
    .showSuggestionAfterError()
    .allowExcessArguments(false)
  const options = command.parse([...argv], { from: 'user' }).opts<{
    headless?: boolean
    host: string
    port: number
    data?: string
    replay?: string
    replayFps?: number
    trustNetwork?: boolean
    open?: boolean
  }>()
  if (!isLoopback(options.host) && options.trustNetwork !== true) {
    throw new CoverslipError(
      'HOST_REFUSED',
      `${options.host} can be reached by other computers, and Coverslip does not ask them for a password`,
      {
        hint: 'Serve on 127.0.0.1, or add --trust-network when everybody on that network may operate the microscope.',
      },
    )
  }
  return {
    host: options.host,
    port: options.port,
    dataFolder: options.data,
    replay: options.replay,
    replayFrameRate: options.replayFps,
    open: options.open === true && options.headless !== true,
  }
}
