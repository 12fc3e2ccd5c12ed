import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'

const optionsSchema = z.strictObject({
  /** The same seed gives the same specimen and the same noise. */
  seed: z.int().min(0).max(0x7fffffff).default(1),
  /** Draws each frame's sequence number into its top rows; see `barcode.ts`. */
  counter: z.boolean().default(false),
  /** Frame rate that Camera 1 starts with, frames/s. */
  frameRate: z.number().min(1).max(1000).default(50),
  /** Sensor of Camera 1, pixels. */
  width: z.int().min(64).max(8192).multipleOf(16).default(2048),
  height: z.int().min(64).max(8192).multipleOf(16).default(2048),
  /** A shutter before all light sources, as a device of its own. */
  shutter: z.boolean().default(false),
  /** Whether the focus drive's trigger cable leads to Camera 1. */
  triggerCable: z.boolean().default(true),
  /** The stage's move that fails, the turning on of a light that fails, counted from 1; 0: none. */
  failMove: z.int().min(0).default(0),
  failLight: z.int().min(0).default(0),
  /** How many searches of the autofocus fail at first. */
  failFocus: z.int().min(0).default(0),
  /** A fault that Camera 1 shall show, to try how the rest of the program takes it; see `faults.ts`. */
  fault: z
    .enum([
      'none',
      'throw-on-start',
      'hang-on-start',
      'throw-while-running',
      'hang-while-running',
      'flood-properties',
    ])
    .default('none'),
})
/** Options of the simulated microscope in the hardware configuration. */
export type SimulatorOptions = z.infer<typeof optionsSchema>
/** A way to fail; see `FaultInjector`. */
export type SimulatorFault = SimulatorOptions['fault']

/** @throws CoverslipError `INVALID_INPUT` naming the option that is unknown or wrong. */
export function parseOptions(options: Readonly<Record<string, unknown>>): SimulatorOptions {
  const result = optionsSchema.safeParse(options)
  if (result.success) return result.data
  const known = Object.keys(optionsSchema.shape)
  const unknown = Object.keys(options).filter((key) => !known.includes(key))
  const problems = result.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
  )
  throw new CoverslipError(
    'INVALID_INPUT',
    unknown.length > 0
      ? `The simulated microscope has no option ${unknown.map((key) => `"${key}"`).join(', ')}`
      : `Wrong options for the simulated microscope: ${problems.join('; ')}`,
    { hint: `Options are ${known.join(', ')}.`, data: { problems } },
  )
}
