/** Our node map beside that of Aravis (arv-tool), over the registers of Aravis' fake camera. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { canUnshare, inNamespace } from '../fixtures/lo-namespace.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { comparedDescription } from '../fixtures/genicam/compared-description.ts'

type Values = Readonly<Record<string, string>>
type Comparison = { readonly ours: Values; readonly theirs: Values }
type Report = {
  readonly isFetchedWhole: boolean
  readonly faults: readonly string[]
  readonly initial: Comparison
  readonly modes: Comparison
  readonly afterOurSetting: Comparison
  readonly afterTheirSetting: Comparison
}

/** What Aravis 0.8.26 computes otherwise, and why we keep to ours. */
const exceptions: Readonly<Record<string, { readonly theirs: string; readonly reason: string }>> = {
  IntPowerMinus: { theirs: '4', reason: '-2 ** 2: a sign binds less than **, as in mathematics' },
  FloatPowerMinus: { theirs: '4', reason: '-2 ** 2: a sign binds less than **, as in mathematics' },
  IntAbsolute: { theirs: '0', reason: 'ABS(-5): Aravis has no ABS for integers' },
  IntTruncated: { theirs: '0', reason: 'TRUNC(3): Aravis has no TRUNC for integers' },
  IntLarge: {
    theirs: '9007199254740994',
    reason: '9007199254740993 + 2: Aravis reads integers as doubles',
  },
  IntWrapping: {
    theirs: '-9223372036854775807',
    reason: '0x7fffffffffffffff + 1: Aravis reads integers as doubles, and rounds this one up',
  },
  IntMaxOfVariable: { theirs: '0', reason: 'C.Max: Aravis does not know the limits of a variable' },
  FloatRemainder: { theirs: '1', reason: '7.5 % 2: Aravis takes the remainder of whole numbers' },
  FloatLeadingPoint: { theirs: '0', reason: '.5: Aravis wants a digit before the point' },
  FloatLogic: {
    theirs: '0',
    reason: '1.5 && 0.5: Aravis cuts off the fraction before it asks whether it is 0',
  },
}

const canRun = ['arv-fake-gv-camera-0.8', 'arv-tool-0.8'].every(hasProgram) && canUnshare()

describe.skipIf(!canRun)('node map and Aravis', () => {
  const { names, settings } = comparedDescription()
  let report: Report

  beforeAll(async () => {
    const script = join(import.meta.dirname, 'genicam', 'compare-with-aravis.ts')
    const [command, ...prepare] = inNamespace
    const args = [...prepare, process.execPath, ...process.execArgv, script]
    const { stdout } = await promisify(execFile)(command, args, {
      timeout: 200_000,
      maxBuffer: 1 << 24,
    })
    report = JSON.parse(stdout)
  })

  test('the description is fetched from the camera as it was given to it, and has no faults', () => {
    expect(report.isFetchedWhole).toBe(true)
    expect(report.faults).toEqual([])
    expect(names.length).toBeGreaterThan(150)
  })

  test.each(['initial', 'afterOurSetting', 'afterTheirSetting'] as const)(
    '%s: every value is the same',
    (when) => {
      const { ours, theirs } = report[when]
      for (const name of names) {
        const expected = exceptions[name]?.theirs ?? ours[name]
        expect({ name, value: theirs[name] }).toEqual({ name, value: asAravisPrints(expected, theirs[name]) })
      }
      for (const [name, { reason }] of Object.entries(exceptions)) {
        expect(ours[name], `${reason}: no exception any more`).not.toBe(theirs[name])
      }
    },
  )

  test('access modes are the same, but for locks, which Aravis does not show', () => {
    const { ours, theirs } = report.modes
    expect(ours).toMatchObject({ Free: 'RW', Locked: 'RO', LockedByFormula: 'RO' })
    expect(theirs).toEqual({ ...ours, Locked: 'RW', LockedByFormula: 'RW' })
  })

  test('what either program sets, both read', () => {
    for (const when of [report.afterOurSetting, report.afterTheirSetting]) {
      expect(when.ours).not.toEqual(report.initial.ours)
    }
    expect(report.afterTheirSetting.ours).toEqual(report.afterOurSetting.ours)
    const ours = report.afterOurSetting.ours
    const last = settings.filter(({ name }) => !['Period', 'Milliseconds', 'Rate', 'Text'].includes(name))
    for (const { name, value } of last) expect({ name, value: ours[name] }).toEqual({ name, value })
  })
})

/** Aravis prints floats with six digits; whole numbers are compared exactly. */
function asAravisPrints(ours: string | undefined, theirs: string | undefined): string | undefined {
  if (ours === undefined || theirs === undefined || ours === theirs) return ours
  const isFloat = /^-?[\d.]+(?:e[+-]?\d+)?$/.test(theirs) && /[.e]/.test(theirs)
  const difference = Math.abs(Number(ours) - Number(theirs))
  return isFloat && difference <= 1e-5 * Math.abs(Number(ours)) ? theirs : ours
}
