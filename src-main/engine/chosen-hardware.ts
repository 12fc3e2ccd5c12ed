/** Which hardware a command line asks for. */
import { resolve } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'
import { replayConnection } from './connections.ts'
import type { EngineConfig } from './create-engine.ts'

/** What a command line says of hardware. */
export type HardwareOptions = {
  readonly hardwareFile: string | undefined
  readonly replay: string | undefined
  readonly replayFrameRate: number | undefined
}

/** The same for `createEngine`. @throws CoverslipError INVALID_INPUT when a file and a replay are named. */
export function chosenHardware({
  hardwareFile,
  replay,
  replayFrameRate,
}: HardwareOptions): Pick<EngineConfig, 'connections' | 'hardwareFile'> {
  if (hardwareFile !== undefined && replay !== undefined) {
    throw new CoverslipError('INVALID_INPUT', '--hardware and --replay do not go together', {
      hint: 'A replay takes the place of all devices.',
    })
  }
  if (hardwareFile !== undefined) return { hardwareFile: resolve(hardwareFile) }
  if (replay === undefined) return {}
  const options = replayFrameRate === undefined ? {} : { frameRate: replayFrameRate }
  return { connections: [replayConnection(replay, options)] }
}
