/** Focus positions of a stack: useq-schema's z plans (`useq/_z.py`), µm. */
import { z } from 'zod'
import { fieldWithDefault, type Indexed, indexedOf, micrometres, oneOfKinds } from './plan-parts.ts'

/** `goUp` false: the planes in reverse order. */
export type ZPlan =
  | {
      readonly kind: 'topBottom'
      readonly topUm: number
      readonly bottomUm: number
      readonly stepUm: number
      readonly goUp: boolean
    }
  | {
      readonly kind: 'aboveBelow'
      readonly aboveUm: number
      readonly belowUm: number
      readonly stepUm: number
      readonly goUp: boolean
    }
  | {
      readonly kind: 'rangeAround'
      readonly rangeUm: number
      readonly stepUm: number
      readonly goUp: boolean
    }
  | { readonly kind: 'absolute'; readonly planesUm: readonly number[]; readonly goUp: boolean }
  | { readonly kind: 'relative'; readonly planesUm: readonly number[]; readonly goUp: boolean }

/** Planes a stack may have: more is a mistake in the step. */
export const maxPlanes = 100_000

const step = micrometres.positive({ message: 'must be greater than 0' })
const goUp = fieldWithDefault(z.boolean(), true)
const planes = z.array(micrometres).min(1).max(maxPlanes)

const fits = (plan: ZPlan): boolean => rangeLength(plan) <= maxPlanes
const tooMany = { message: `would have more than ${maxPlanes} planes: enlarge step` }

const kindSchema = oneOfKinds('z plan', [
  {
    keys: ['top', 'bottom', 'step'],
    schema: z
      .strictObject({ top: micrometres, bottom: micrometres, step, go_up: goUp })
      .transform(
        (plan): ZPlan => ({
          kind: 'topBottom',
          topUm: plan.top,
          bottomUm: plan.bottom,
          stepUm: plan.step,
          goUp: plan.go_up,
        }),
      )
      .refine((plan) => plan.kind !== 'topBottom' || plan.topUm >= plan.bottomUm, {
        path: ['top'],
        message: 'must not lie below bottom; go_up: false reverses the order',
      })
      .refine(fits, tooMany),
  },
  {
    keys: ['above', 'below', 'step'],
    schema: z
      .strictObject({ above: micrometres, below: micrometres, step, go_up: goUp })
      .transform(
        (plan): ZPlan => ({
          kind: 'aboveBelow',
          aboveUm: plan.above,
          belowUm: plan.below,
          stepUm: plan.step,
          goUp: plan.go_up,
        }),
      )
      .refine(fits, tooMany),
  },
  {
    keys: ['range', 'step'],
    schema: z
      .strictObject({ range: micrometres.nonnegative(), step, go_up: goUp })
      .transform(
        (plan): ZPlan => ({ kind: 'rangeAround', rangeUm: plan.range, stepUm: plan.step, goUp: plan.go_up }),
      )
      .refine(fits, tooMany),
  },
  {
    keys: ['absolute'],
    schema: z
      .strictObject({ absolute: planes, go_up: goUp })
      .transform((plan): ZPlan => ({ kind: 'absolute', planesUm: plan.absolute, goUp: plan.go_up })),
  },
  {
    keys: ['relative'],
    schema: z
      .strictObject({ relative: planes, go_up: goUp })
      .transform((plan): ZPlan => ({ kind: 'relative', planesUm: plan.relative, goUp: plan.go_up })),
  },
])

/** Undefined: no plan. */
export const zPlanSchema = kindSchema.nullish().transform((plan) => plan ?? undefined)

/** True: planes count from the position's focus, or from where the focus is. */
export function isRelativeZ({ kind }: ZPlan): boolean {
  return kind === 'aboveBelow' || kind === 'rangeAround' || kind === 'relative'
}

function rangeOf(plan: Exclude<ZPlan, { kind: 'absolute' | 'relative' }>) {
  switch (plan.kind) {
    case 'topBottom':
      return { startUm: plan.bottomUm, stopUm: plan.topUm }
    case 'aboveBelow':
      return { startUm: -Math.abs(plan.belowUm), stopUm: Math.abs(plan.aboveUm) }
    case 'rangeAround':
      return { startUm: -plan.rangeUm / 2, stopUm: plan.rangeUm / 2 }
  }
}

/** Half a step beyond the end belongs to the range; the small number stands for what floating point loses. */
const slack = 1e-9

function rangeLength(plan: ZPlan): number {
  if (plan.kind === 'absolute' || plan.kind === 'relative') return plan.planesUm.length
  const { startUm, stopUm } = rangeOf(plan)
  return Math.max(1, Math.ceil((stopUm - startUm) / plan.stepUm + 0.5 - slack))
}

/** The planes in the order of the plan, µm: `start + k * step` while below `stop + step / 2`. */
export function planesOf(plan: ZPlan): Indexed<number> {
  if (plan.kind === 'absolute' || plan.kind === 'relative')
    return indexedOf(plan.goUp ? plan.planesUm : plan.planesUm.toReversed())
  const { startUm } = rangeOf(plan)
  const length = rangeLength(plan)
  const { stepUm } = plan
  return { length, at: (index) => startUm + (plan.goUp ? index : length - 1 - index) * stepUm }
}

/** Index, in the order of the plan, of the plane that channels without a stack are taken at: the upper middle. */
export function middlePlane(plan: ZPlan): number {
  return Math.floor(planesOf(plan).length / 2)
}
