/** The command line options of all hosts that say which hardware there is. */
import { type Command, InvalidArgumentError } from 'commander'

/** Adds `--hardware`, `--replay` and `--replay-fps`. */
export function addHardwareOptions(command: Command): Command {
  return command
    .option(
      '--hardware <file>',
      'which devices there are (default: hardware.json in the data folder; without it, the demo microscope)',
    )
    .option(
      '--replay <folder or file>',
      'play images (PNG, TIFF, stacks) as a camera instead of any other device',
    )
    .option('--replay-fps <number>', 'frame rate of the replay', frameRateOption)
}

/** Reads a frame rate, frames/s. @throws InvalidArgumentError, which commander shows. */
export function frameRateOption(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('A frame rate is a number above 0 and up to 1000 (frames per second).')
}
