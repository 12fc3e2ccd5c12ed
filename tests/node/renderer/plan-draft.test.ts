import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { channelGroup } from '../../../src-shared/devices.ts'
import { expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { requestOf } from '../../../src-renderer/actions/acquire-actions.ts'
import {
  channelPresets,
  type Microscope,
  suggestedStepUm,
  usualPlan,
} from '../../../src-renderer/stores/plan-defaults.ts'
import {
  checkPlan,
  emptyDraft,
  emptySequence,
  isOn,
  type PlanDraft,
  planSections,
  switchOff,
  switchOn,
  withPlan,
  withSequence,
} from '../../../src-renderer/stores/plan-draft.ts'
import {
  createPlanDraftStore,
  restoreDraft,
  storedDraft,
} from '../../../src-renderer/stores/plan-draft-store.ts'
import { builtInTemplates } from '../../../src-renderer/views/acquire/built-in-templates.ts'
import { sharedDataFolder } from '../../fixtures/shared-data.ts'
import { planFiles } from '../plan/plan-files.ts'
import { sampleStage } from './sample-engine.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const fieldOfView = { widthUm: 1, heightUm: 1 }
/** Of a store that has nothing to tell. */
const silent = { onTooLarge: expect.fail, onUnreadable: expect.fail }
const eventsOf = (sequence: MdaSequence) => [...expandPlan(sequence, { fieldOfView })]

const microscope: Microscope = {
  presets: [
    { group: 'Channel', name: 'DAPI', settings: [] },
    { group: 'Channel', name: 'GFP', settings: [] },
    { group: 'Objective', name: '20x', settings: [] },
  ],
  xy: sampleStage,
  focus: sampleStage,
  pixelSizeUm: 0.325,
}

describe('the channels there are to choose from', () => {
  it('stay on the list when one more is kept among them', () => {
    for (const presets of [[], microscope.presets, [{ group: 'Light', name: 'Blue', settings: [] }]]) {
      const listed = channelPresets(presets)
      const kept = { group: channelGroup(presets), name: 'New', settings: [] }
      expect(channelPresets([...presets, kept])).toEqual([...listed, kept])
    }
  })
})

/** A user loads the plan, changes what has nothing to do with it, and saves. */
function edited(input: unknown): MdaSequence {
  const { sequence } = readPlan(input)
  const loaded = withPlan(emptyDraft, sequence)
  const draft: PlanDraft = {
    ...loaded,
    name: 'Tuesday',
    run: { ...loaded.run, storage: { format: 'raw' }, onFault: { kind: 'skip' } },
  }
  // What the store keeps is what is saved after a reload.
  const reloaded = restoreDraft(JSON.parse(JSON.stringify(storedDraft(draft))))
  expect(reloaded.name).toBe('Tuesday')
  return readPlan(JSON.parse(JSON.stringify(requestOf(reloaded).plan))).sequence
}

const folder = sharedDataFolder('useq')
if (folder === undefined)
  console.log('Skipped: the golden cases of useq-schema are not on this computer (../shared/data/useq).')

describe.skipIf(folder === undefined)('the editor and useq-schema’s golden cases', () => {
  const { cases } = JSON.parse(readFileSync(join(folder ?? '', 'golden.json'), 'utf8')) as {
    cases: { readonly name: string; readonly input: unknown }[]
  }
  it.each(cases)('keeps $name', ({ input }) => {
    const { sequence } = readPlan(input)
    const after = edited(input)
    expect(eventsOf(after)).toEqual(eventsOf(sequence))
    expect(writePlan(after)).toEqual(writePlan(sequence))
  })

  it.each(cases)('brings every section of $name back when it is switched off and on', ({ input }) => {
    const { sequence } = readPlan(input)
    const loaded = withPlan(emptyDraft, sequence)
    for (const section of planSections.filter((each) => isOn(sequence, each))) {
      const off = switchOff(loaded, section)
      expect(isOn(off.sequence, section)).toBe(false)
      const on = switchOn(off, section, usualPlan(microscope))
      expect(eventsOf(on.sequence)).toEqual(eventsOf(sequence))
    }
  })
})

describe('the plan being edited', () => {
  it('survives an edit, whatever it is', () => {
    fc.assert(
      fc.property(planFiles, (file) => {
        let sequence: MdaSequence
        try {
          sequence = readPlan(file).sequence
        } catch {
          return
        }
        expect(writePlan(edited(file))).toEqual(writePlan(sequence))
      }),
    )
  })

  it('begins each section with what the microscope has', () => {
    let draft = emptyDraft
    for (const section of planSections) draft = switchOn(draft, section, usualPlan(microscope))
    const { channels, positions, z } = draft.sequence
    expect(channels.map(({ config }) => config)).toEqual(['DAPI'])
    expect(positions).toEqual([
      { xUm: 0, yUm: 0, zUm: 10, name: undefined, sequence: undefined, properties: [] },
    ])
    expect(z).toEqual({ kind: 'rangeAround', rangeUm: 16, stepUm: 1.6, goUp: true })
    expect(checkPlan(draft.sequence)).toEqual({ problems: [], warnings: [] })
  })

  it('cannot switch channels on where there are no presets', () => {
    const draft = switchOn(emptyDraft, 'channels', usualPlan({ ...microscope, presets: [] }))
    expect(isOn(draft.sequence, 'channels')).toBe(false)
  })

  it('puts an axis that comes anew where it belongs, and leaves the others', () => {
    const order = (sequence: Partial<MdaSequence>) =>
      withSequence(
        { ...emptyDraft, sequence: { ...emptySequence, ...sequence } },
        { grid: usualPlan(microscope).grid },
      ).sequence.axisOrder.join('')
    expect(order({ axisOrder: ['p', 't', 'z', 'c'] })).toBe('ptgzc')
    expect(order({ axisOrder: ['t', 'p'] })).toBe('tpg')
    expect(order({ axisOrder: ['c', 'g', 't'] })).toBe('cgt')
  })

  it('tells contradictions by their paths, and keeps them when the page is loaded again', () => {
    const sequence: MdaSequence = {
      ...emptySequence,
      z: { kind: 'topBottom', topUm: 5, bottomUm: 0, stepUm: 1, goUp: true },
      autofocus: { axes: ['p'], deviceName: undefined, motorOffset: undefined },
    }
    expect(checkPlan(sequence).problems).toEqual([
      { path: 'autofocus_plan', message: expect.stringContaining('relative') },
    ])
    const draft = withPlan(emptyDraft, sequence)
    expect(restoreDraft(storedDraft(draft)).sequence).toEqual(draft.sequence)
  })

  it('begins anew when what was stored is not valid', () => {
    for (const stored of [undefined, null, 5, {}, { name: 5, plan: { channels: 7 }, shelf: {}, run: {} }])
      expect(restoreDraft(stored)).toEqual(emptyDraft)
  })

  it('loses no more than the part that is not valid any more, and says where all of it still is', () => {
    const stored = storedDraft({ ...switchOn(emptyDraft, 'time', usualPlan(microscope)), name: 'growth' })
    const odd = { ...stored, shelf: { grid_plan: { width: 0, height: 0 } } }
    const kept = new Map([['coverslip-plan', JSON.stringify({ state: odd, version: 1 })]])
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    const told: string[] = []
    const store = createPlanDraftStore(() => storage, {
      ...silent,
      onUnreadable: (keptAs) => void told.push(keptAs),
    })
    expect(store.getState().name).toBe('growth')
    expect(store.getState().sequence.time).toEqual(usualPlan(microscope).time)
    expect(store.getState().shelf).toEqual(emptyDraft.shelf)
    expect(told.map((key) => JSON.parse(kept.get(key) ?? 'null'))).toEqual([JSON.parse(JSON.stringify(odd))])
  })

  it('is remembered on this computer', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    const store = createPlanDraftStore(() => storage, silent)
    store.setState((draft) => ({ ...switchOn(draft, 'time', usualPlan(microscope)), name: 'growth' }))
    const again = createPlanDraftStore(() => storage, silent).getState()
    expect(again.name).toBe('growth')
    expect(again.sequence.time).toEqual(usualPlan(microscope).time)
  })

  it('says when it is too large to be remembered, and does not bring an older one back', () => {
    const kept = new Map([['coverslip-plan', JSON.stringify({ state: storedDraft(emptyDraft), version: 1 })]])
    const full = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError')
      },
      removeItem: (key: string) => void kept.delete(key),
    }
    let told = 0
    const store = createPlanDraftStore(() => full, {
      ...silent,
      onTooLarge: () => {
        told += 1
      },
    })
    store.setState({ name: 'large' })
    expect(store.getState().name).toBe('large')
    expect(told).toBeGreaterThan(0)
    expect(kept.size).toBe(0)
  })

  it('has templates that can be run', () => {
    for (const { title, make } of builtInTemplates) {
      const sequence = make(microscope)
      expect(checkPlan(sequence), title).toEqual({ problems: [], warnings: [] })
      expect(eventsOf(sequence).length, title).toBeGreaterThan(0)
    }
  })

  it('suggests finer steps for finer pixels, and never finer than light allows', () => {
    expect(suggestedStepUm(undefined)).toBe(1)
    expect(suggestedStepUm(0.325)).toBe(1.6)
    expect(suggestedStepUm(0.01)).toBe(suggestedStepUm(0.02))
    expect(suggestedStepUm(0.1)).toBeLessThan(suggestedStepUm(0.2))
  })
})
