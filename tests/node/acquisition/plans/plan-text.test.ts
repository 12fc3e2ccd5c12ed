import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readPlanText, writePlanText } from '../../../../src-main/acquisition/plans/plan-text.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'
import { planFiles } from '../../plan/plan-files.ts'

const yaml = `
# A plan as people write it.
channels: [DAPI, {config: GFP, exposure: 20}]
time_plan:
  interval: {seconds: 30}
  loops: 3
z_plan: {range: 4, step: 1}
stage_positions:
  - &first {x: 1, y: 2, z: 3, name: one}
  - {x: 4, y: 5, z: 6}
`
const refusalOf = (text: string) =>
  readPlanText(text).then(
    () => 'was accepted',
    (error: unknown) => (error instanceof CoverslipError ? `${error.code} ${error.message}` : error),
  )

describe('readPlanText', () => {
  it('reads YAML and JSON alike, and warns of what it does not know', async () => {
    const fromYaml = await readPlanText(`${yaml}\nz_paln: 1\n`)
    expect(fromYaml.warnings).toEqual([{ path: 'z_paln', message: 'is not known, and not used' }])
    expect(fromYaml.plan).toMatchObject({
      channels: [
        { config: 'DAPI', exposure: null },
        { config: 'GFP', exposure: 20 },
      ],
      time_plan: { phases: [{ interval: 30, loops: 3 }] },
    })
    expect((await readPlanText(JSON.stringify(fromYaml.plan))).plan).toEqual(fromYaml.plan)
    // As PyYAML reads it.
    const merged = 'x: &same {exposure: 5}\nchannels: [{<<: *same, config: DAPI}]'
    expect((await readPlanText(merged)).plan).toMatchObject({ channels: [{ config: 'DAPI', exposure: 5 }] })
    // A mapping in braces may be YAML as well.
    expect((await readPlanText('{channels: [DAPI]}')).plan).toMatchObject({ channels: [{ config: 'DAPI' }] })
  })

  it('writes JSON that it reads back to the same', async () => {
    await fc.assert(
      fc.asyncProperty(planFiles, async (file) => {
        const text = writePlanText(file, 'json')
        expect(writePlanText((await readPlanText(text)).plan, 'json')).toBe(text)
      }),
    )
  })

  it('writes YAML that says the same as JSON', () => {
    fc.assert(
      fc.property(planFiles, (file) => {
        expect(parse(writePlanText(file, 'yaml'))).toEqual(JSON.parse(writePlanText(file, 'json')))
      }),
    )
  })

  it.each([
    ['', /^INVALID_INPUT The plan is empty$/],
    ['channels: [', /line 1, column \d+ \(channels: \[\): a closing bracket is missing$/],
    ['{"channels": [}', /^INVALID_INPUT The plan is neither JSON nor YAML: line 1, column \d+/],
    [
      'channels:\n  - config: GFP\n   exposure: 10\n',
      /line 3, column 1 \(exposure: 10\): lines that belong together must begin at the same column/,
    ],
    ['z_plan:\n  range: 4\n  range: 5\n', /line 3, column 3 \(range: 5\): this name is there twice/],
    ['channels: [{config: GFP, "config": BF}]', /line 1, column 26 .*: this name is there twice/],
    ['z_plan:\n\trange: 4', /line 2, column 1 \(range: 4\): the line begins with a tab: use spaces/],
    ['channels: [GFP]\n---\nchannels: [BF]', /line 2.*a file holds one plan/],
    ['channels: [@GFP]', /line 1.*needs quotes/],
    [`z_plan: "${'z'.repeat(100)}`, /line 1, column \d+ \(z_plan: "z{50,60}…\): a closing quote is missing/],
    ['a: *nowhere', /Unresolved alias/],
    ['stage_positions:\n  - &p {sequence: *p}', /The plan is neither/],
    ['z_plan: {range: .nan, step: 1}', /z_plan/],
    ['- 1', /The plan cannot be run/],
    [
      `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(40)}]\nc: &c [${'*b,'.repeat(40)}]\nd: [${'*c,'.repeat(40)}]`,
      /alias/,
    ],
    ['['.repeat(5000), /^INVALID_INPUT/],
    [`{"stage_positions":${'[{"sequence":{"stage_positions":'.repeat(1000)}`, /^INVALID_INPUT/],
    [`{"metadata":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`, /nested too deeply/],
  ])('refuses %#', async (text, message) => {
    expect(await refusalOf(text)).toMatch(message)
  })

  it('reads in a thread of its own what takes long', async () => {
    let turns = 0
    const others = setInterval(() => turns++, 1)
    const keys = Array.from({ length: 2000 }, (_, i) => `key${i}: 1\n`).join('')
    expect((await readPlanText(`channels: [DAPI]\n${keys}`)).warnings).toHaveLength(2000)
    clearInterval(others)
    // Read in this thread, it would all be done before any other turn of it.
    expect(turns).toBeGreaterThan(0)
  })

  it('refuses another file than a plan, however large', async () => {
    const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, 1]))
    expect(await refusalOf(JSON.stringify(keys))).toMatch(
      /has 100000 fields that are not known: is it another file\?/,
    )
    const positions = Array.from({ length: 20_000 }, (_, x) => ({ x, colour: 1 }))
    expect(await refusalOf(JSON.stringify({ stage_positions: positions }))).toMatch(/has 20000 fields/)
  })

  it('warns of fields that are not known wherever they are', async () => {
    const positions = Array.from({ length: 9000 }, (_, x) => ({ x, colour: 1 }))
    const { warnings } = await readPlanText(JSON.stringify({ stage_positions: positions }))
    expect(warnings).toHaveLength(9000)
    expect(warnings[8999]?.path).toBe('stage_positions[8999].colour')
  })
})
