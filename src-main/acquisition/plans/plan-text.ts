/** Plans as text: JSON or YAML of useq-schema. */
import { stringify } from 'yaml'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type ReadPlan, readPlan } from '../../../src-shared/plan/read-plan.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { parseYaml } from './parse-yaml.ts'

/** Plan as JSON data with every field written, and what its author should know. */
export type WrittenPlan = {
  readonly plan: Record<string, unknown>
  readonly warnings: ReadPlan['warnings'][number][]
}

/** Reads the text of a plan file. @throws CoverslipError INVALID_INPUT naming the line, or the path, of each problem. */
export async function readPlanText(text: string): Promise<WrittenPlan> {
  const { sequence, warnings } = readPlan(await parsed(text.trim()))
  return { plan: { ...writePlan(sequence) }, warnings: [...warnings] }
}

/** The text of a plan file, every field written. @throws CoverslipError INVALID_INPUT */
export function writePlanText(plan: Readonly<Record<string, unknown>>, format: 'json' | 'yaml'): string {
  const written = writePlan(readPlan(plan).sequence)
  return format === 'json'
    ? `${JSON.stringify(written, undefined, 2)}\n`
    : stringify(written, { aliasDuplicateObjects: false })
}

/** JSON is YAML too, but is read much faster as what it is; and a mapping in braces may be either. */
async function parsed(text: string): Promise<unknown> {
  if (text === '') throw new CoverslipError('INVALID_INPUT', 'The plan is empty')
  try {
    return JSON.parse(text)
  } catch {
    // Then it is YAML, or what its reader complains of.
  }
  try {
    return await parseYaml(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const [first = ''] = reason.split('\n', 1)
    throw new CoverslipError('INVALID_INPUT', `The plan is neither JSON nor YAML: ${first}`, {
      hint: 'A plan is an MDASequence of useq-schema; docs/acquisition.md describes it.',
      cause: error,
    })
  }
}
