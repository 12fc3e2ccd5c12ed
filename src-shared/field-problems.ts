/** What is wrong with data that somebody else has written, in words for him; zod's own are for programmers. */
import type { z } from 'zod'

/** Something about a field of a file or a request. `path`: where, as in `stage_positions[2].z`. */
export type FieldProblem = { readonly path: string; readonly message: string }

type Issue = z.core.$ZodIssue

/** Longer values are cut where they are shown, characters. */
const mostShown = 40

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a group of named fields',
  record: 'a group of named fields',
}
const kindOf = (expected: string): string => kinds[expected] ?? expected

/** To be given to `parse` and `safeParse` as `error`; what a schema says itself comes before it. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return mustBe(kindOf(issue.expected), issue.input)
    case 'invalid_value':
      return mustBe(either(issue.values.map(String)), issue.input)
    case 'invalid_union': {
      // The kind of what is read is named by one of its fields.
      if (issue.discriminator !== undefined)
        return mustBe(kindsNamed(issue), fieldOf(issue.input, issue.discriminator))
      const wanted = wantedBy(issue.errors)
      return wanted === undefined ? undefined : mustBe(either(wanted), issue.input)
    }
    case 'too_small':
      return bound(issue, Number(issue.minimum), { closed: 'at least', open: 'more than' })
    case 'too_big':
      return bound(issue, Number(issue.maximum), { closed: 'at most', open: 'less than' })
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `has fields that are not known: ${issue.keys.join(', ')}`
    default:
      return undefined
  }
}

function kindsNamed(issue: object): string {
  const options: readonly unknown[] = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
  return options.length === 0 ? 'a kind that is known' : either(options.map(String))
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined

/** `a, b or c` */
function either(choices: readonly string[]): string {
  const last = choices.at(-1) ?? ''
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`
}

function mustBe(wanted: string, value: unknown): string {
  if (value === undefined) return `is missing: it must be ${wanted}`
  return `must be ${wanted}, not ${shown(value)}`
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return kindOf('array')
  if (typeof value === 'object' && value !== null) return kindOf('object')
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

type Bounded = { readonly origin: string; readonly inclusive?: boolean; readonly exact?: boolean }

function bound(
  { origin, inclusive, exact }: Bounded,
  limit: number,
  words: { readonly closed: string; readonly open: string },
): string {
  const how = exact === true ? 'exactly' : inclusive === true ? words.closed : words.open
  if (origin === 'string') return `must have ${how} ${limit} character${limit === 1 ? '' : 's'}`
  if (origin === 'array') return `must have ${how} ${limit} entr${limit === 1 ? 'y' : 'ies'}`
  return `must be ${how} ${limit}`
}

/** The kinds of value that a union would take, where none of its `branches` complains of anything else. */
function wantedBy(branches: readonly (readonly Issue[])[]): readonly string[] | undefined {
  const wanted = branches.map(kindsOf)
  return wanted.includes(undefined) ? undefined : [...new Set(wanted.flatMap((own) => own ?? []))]
}

/** The kinds of value that a branch of a union would take; undefined: the value is of one, and something in it is wrong. */
function kindsOf([issue]: readonly Issue[]): readonly string[] | undefined {
  if (issue === undefined || issue.path.length > 0) return undefined
  if (issue.code === 'invalid_type') return [kindOf(issue.expected)]
  return issue.code === 'invalid_union' ? wantedBy(issue.errors) : undefined
}

/** Of unions that nothing fits, what that form complains of which the value was meant to be, at the exact paths. */
export function leafIssues(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue]
    const meant = issue.errors.filter((branch) => kindsOf(branch) === undefined)
    const [deepest] = meant.toSorted((a, b) => depth(b) - depth(a))
    if (deepest === undefined || deepest.length === 0) return [issue]
    return leafIssues(deepest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map(({ path }) => path.length))

/** All that `error` complains of. */
export function fieldProblems({ issues }: Pick<z.ZodError, 'issues'>): readonly FieldProblem[] {
  return leafIssues(issues).map(({ path, message }) => ({ path: fieldPath(path), message }))
}

/** The first few of `problems` in one line: `z_plan.step: must be more than 0; name: is missing: it must be text`. */
export function problemText(problems: readonly FieldProblem[], most = 3): string {
  const told = problems
    .slice(0, most)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const more = problems.length > told.length ? ` (and ${problems.length - told.length} more)` : ''
  return `${told.join('; ')}${more}`
}

/** `stage_positions[2].sequence.z_plan` */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('')
}
