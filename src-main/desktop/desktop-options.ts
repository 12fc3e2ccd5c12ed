/** The options of the desktop window: what to show; serving belongs to the headless host. */
import { Command } from 'commander'
import { addHardwareOptions } from '../engine/hardware-options.ts'

/** What the desktop app was started with. */
export type DesktopOptions = {
  readonly dataFolder: string | undefined
  readonly hardwareFile: string | undefined
  readonly replay: string | undefined
  readonly replayFrameRate: number | undefined
}

type Argv = { readonly argv: readonly string[]; readonly packaged: boolean; readonly version: string }

/**
 * Reads the process's arguments: of `electron <app> <ours>`, or of the packaged program, where Chromium's switches may
 * be among ours. Prints help or what is wrong and ends the process where commander does.
 */
export function readDesktopOptions({ argv, packaged, version }: Argv): DesktopOptions {
  const command = new Command('coverslip')
    .description('Coverslip: live view of a microscope, in a window.')
    .version(version)
    .option('--data <folder>', 'folder for settings (default: the system’s place for application data)')
    .showHelpAfterError('Try --help.')
    .showSuggestionAfterError()
    .allowExcessArguments(packaged)
    .allowUnknownOption(packaged)
  const options = addHardwareOptions(command).parse(ownArguments(argv, packaged), { from: 'user' }).opts<{
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
