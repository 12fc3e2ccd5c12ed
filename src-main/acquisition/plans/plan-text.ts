/** Plans as text: JSON or YAML of useq-schema. */
import { parse, stringify, YAMLParseError } from 'yaml'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type ReadPlan, readPlan } from '../../../src-shared/plan/read-plan.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'

/** YAML is slow to read: this takes a few tenths of a second, in which the engine does nothing else. */
const mostYamlCharacters = 200_000
/** Times that YAML aliases may repeat what they stand for: more is not a plan, but meant to fill the memory. */
const mostAliases = 1000

/** Plan as JSON data with every field written, and what its author should know. */
export type WrittenPlan = {
  readonly plan: Record<string, unknown>
  readonly warnings: ReadPlan['warnings'][number][]
}

/** Reads the text of a plan file. @throws CoverslipError INVALID_INPUT naming the line, or the path, of each problem. */
export function readPlanText(text: string): WrittenPlan {
  const { sequence, warnings } = readPlan(parsed(text))
  return { plan: { ...writePlan(sequence) }, warnings: [...warnings] }
}

/** The text of a plan file, every field written. @throws CoverslipError INVALID_INPUT */
export function writePlanText(plan: Readonly<Record<string, unknown>>, format: 'json' | 'yaml'): string {
  const written = writePlan(readPlan(plan).sequence)
  return format === 'json' ? `${JSON.stringify(written, undefined, 2)}\n` : stringify(written)
}

function parsed(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === '') throw new CoverslipError('INVALID_INPUT', 'The plan is empty')
  // JSON is YAML too, but is read much faster as what it is; and a mapping in braces may be either.
  if (trimmed.startsWith('{')) {
    try {
      return JSON.parse(trimmed)
    } catch (error) {
      if (trimmed.length > mostYamlCharacters) throw unreadable(error)
    }
  }
  if (trimmed.length > mostYamlCharacters) {
    throw new CoverslipError(
      'TOO_LARGE',
      `A plan in YAML may have ${mostYamlCharacters} characters at most`,
      {
        hint: 'Write it as JSON.',
      },
    )
  }
  try {
    const value: unknown = parse(trimmed, { maxAliasCount: mostAliases, logLevel: 'error' })
    // An anchor can contain itself, which is no plan, and would have no end.
    JSON.stringify(value)
    return value
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(error: unknown): CoverslipError {
  const reason = error instanceof Error ? firstLine(error.message) : String(error)
  const kind = error instanceof YAMLParseError ? 'YAML' : 'JSON or YAML'
  return new CoverslipError('INVALID_INPUT', `The plan is no ${kind}: ${reason}`, {
    hint: 'A plan is an MDASequence of useq-schema; docs/acquisition.md describes it.',
    cause: error,
  })
}

const firstLine = (text: string) => text.split('\n', 1)[0]?.replace(/:$/, '') ?? text
