/** The options of the desktop window: what to show; serving belongs to the headless host. */
import { Command, InvalidArgumentError } from 'commander'

/** What the desktop app was started with. */
export type DesktopOptions = {
  readonly dataFolder: string | undefined
  readonly hardwareFile: string | undefined
  readonly replay: string | undefined
  readonly replayFrameRate: number | undefined
}

type Argv = { readonly argv: readonly string[]; readonly packaged: boolean; readonly version: string }

function frameRate(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('A frame rate is a number above 0 and up to 1000 (frames per second).')
}

/**
 * Reads the process's arguments: of `electron <app> <ours>`, or of the packaged program, where Chromium's switches may
 * be among ours. Prints help or what is wrong and ends the process where commander does.
 */
export function readDesktopOptions({ argv, packaged, version }: Argv): DesktopOptions {
  const command = new Command('coverslip')
    .description('Coverslip: live view of a microscope, in a window.')
    .version(version)
    .option('--data <folder>', 'folder for settings (default: the system’s place for application data)')
    .option(
      '--hardware <file>',
      'which devices there are (default: hardware.json in the data folder; without it, the demo microscope)',
    )
    .option(
      '--replay <folder or file>',
      'play images (PNG, TIFF, stacks) as a camera instead of any other device',
    )
    .option('--replay-fps <number>', 'frame rate of the replay', frameRate)
    .showHelpAfterError('Try --help.')
    .showSuggestionAfterError()
    .allowExcessArguments(packaged)
    .allowUnknownOption(packaged)
  const options = command.parse(ownArguments(argv, packaged), { from: 'user' }).opts<{
    data?: string
    hardware?: string
    replay?: string
    replayFps?: number
  }>()
  return {
    dataFolder: options.data,
    hardwareFile: options.hardware,
    replay: options.replay,
    replayFrameRate: options.replayFps,
  }
}

function ownArguments(argv: readonly string[], packaged: boolean): string[] {
  if (packaged) return argv.slice(1)
  const appPath = argv.findIndex((argument, index) => index > 0 && !argument.startsWith('-'))
  return appPath === -1 ? [] : argv.slice(appPath + 1)
}
