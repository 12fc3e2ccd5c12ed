import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import { expandPlan } from '../../../src-shared/plan/expand-plan.ts'
import { axesOf } from '../../../src-shared/plan/plan-axes.ts'
import { readPlan } from '../../../src-shared/plan/read-plan.ts'
import { sharedDataFolder } from '../../fixtures/shared-data.ts'

type GoldenCase = {
  readonly name: string
  readonly input: unknown
  readonly sizes: Readonly<Record<string, number>>
  readonly events: readonly Readonly<Record<string, unknown>>[]
}

/** What useq-schema yields and we do otherwise on purpose: case → what is different, and why. */
const deviations: Readonly<Record<string, (event: Record<string, unknown>) => Record<string, unknown>>> = {
  // Wells would send the focus to 0: the objective could hit the plate.
  plate_96_two_wells: ({ z_pos: _zPos, ...event }) => event,
}

/** An event as useq-schema writes it, without what is not set. */
function asInUseq(event: AcquisitionEvent): Record<string, unknown> {
  const { action } = event
  const written = {
    index: event.index,
    channel: event.channel,
    exposure: event.exposureMs,
    min_start_time: event.minStartS,
    pos_name: event.positionName,
    x_pos: event.xUm,
    y_pos: event.yUm,
    z_pos: event.zUm,
    properties: event.properties.length === 0 ? undefined : event.properties,
    action:
      action.type === 'acquireImage'
        ? undefined
        : {
            type: 'hardware_autofocus',
            autofocus_device_name: action.deviceName,
            autofocus_motor_offset: action.motorOffset,
            max_retries: action.maxRetries,
          },
    keep_shutter_open: event.keepShutterOpen || undefined,
    reset_event_timer: event.resetTimer || undefined,
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined))
}

/** Numbers to nine decimals, as floating point is not the same everywhere. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * 1e9) / 1e9 + 0
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, rounded(field)]))
}

const folder = sharedDataFolder('useq')
if (folder === undefined)
  console.log('Skipped: the golden cases of useq-schema are not on this computer (../shared/data/useq).')

describe.skipIf(folder === undefined)('useq-schema’s golden cases', () => {
  const { cases } =
    folder === undefined
      ? { cases: [] }
      : (JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as { cases: GoldenCase[] })

  it('are all there', () => {
    expect(cases.length).toBeGreaterThanOrEqual(28)
    expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(deviations)))
  })

  it.each(cases)('$name', ({ name, input, sizes, events }) => {
    const { sequence } = readPlan(input)
    // useq-schema takes an unknown field of view as 1 µm.
    const options = { fieldOfView: { widthUm: 1, heightUm: 1 } }
    const lengths = Object.entries(axesOf(sequence, options)).map(([axis, { length }]) => [axis, length])
    // Axes that the order does not name are not in the file: they have no plan.
    const noneElsewhere = { t: 0, p: 0, g: 0, c: 0, z: 0, ...sizes }
    expect(Object.fromEntries(lengths)).toEqual(noneElsewhere)
    const deviate = deviations[name] ?? ((event) => event)
    // An exception that is none any more must go.
    if (name in deviations) expect(events.map(deviate)).not.toEqual(events)
    expect(rounded([...expandPlan(sequence, options)].map(asInUseq))).toEqual(rounded(events.map(deviate)))
  })
})
