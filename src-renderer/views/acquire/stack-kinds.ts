/** Focus stacks as the editor shows them, and from one kind to another. */
import { maxPlanes, planesOf, type ZPlan } from '../../../src-shared/plan/z-plan.ts'
import { roundedUm } from '../../stores/plan-defaults.ts'

/** A stack with the same step between all planes. */
export type EvenStack = Extract<ZPlan, { readonly stepUm: number }>
/** Ways to say which planes a stack has. */
export type StackKind = ZPlan['kind']

export const stackKinds: readonly { readonly value: StackKind; readonly label: string }[] = [
  { value: 'topBottom', label: 'Between top and bottom' },
  { value: 'rangeAround', label: 'Around the focus' },
  { value: 'aboveBelow', label: 'Above and below the focus' },
  { value: 'relative', label: 'Listed planes around the focus' },
  { value: 'absolute', label: 'Listed planes' },
]

/** Listed planes are only as a file has them: the editor offers their kinds where they are. */
export function offeredKinds(kind: StackKind) {
  return stackKinds.filter(({ value }) => value === kind || (value !== 'relative' && value !== 'absolute'))
}

/** Lowest and highest plane, µm: from the focus, or of the stage, as the kind has it. */
export function stackSpan(plan: ZPlan): { readonly lowUm: number; readonly highUm: number } {
  switch (plan.kind) {
    case 'topBottom':
      return { lowUm: plan.bottomUm, highUm: plan.topUm }
    case 'aboveBelow':
      return { lowUm: -Math.abs(plan.belowUm), highUm: Math.abs(plan.aboveUm) }
    case 'rangeAround':
      return { lowUm: -plan.rangeUm / 2, highUm: plan.rangeUm / 2 }
    case 'absolute':
    case 'relative':
      return { lowUm: Math.min(...plan.planesUm), highUm: Math.max(...plan.planesUm) }
  }
}

const isAbsolute = (kind: StackKind) => kind === 'topBottom' || kind === 'absolute'

/**
 * The same span and step as another kind. `focusUm`: where the focus is, which makes of planes on the stage planes
 * around it, and the other way round.
 */
export function stackOfKind(
  plan: ZPlan,
  kind: StackKind,
  { focusUm, stepUm: usualStepUm }: { readonly focusUm: number; readonly stepUm: number },
): ZPlan {
  if (kind === plan.kind) return plan
  const { lowUm, highUm } = stackSpan(plan)
  const shift =
    isAbsolute(kind) === isAbsolute(plan.kind) ? 0 : isAbsolute(kind) ? focusUm : -(lowUm + highUm) / 2
  const [low, high] = [roundedUm(lowUm + shift), roundedUm(highUm + shift)]
  const stepUm = 'stepUm' in plan ? plan.stepUm : usualStepUm
  const { goUp } = plan
  switch (kind) {
    case 'topBottom':
      return { kind, topUm: high, bottomUm: low, stepUm, goUp }
    case 'aboveBelow':
      return { kind, aboveUm: Math.max(0, high), belowUm: Math.max(0, -low), stepUm, goUp }
    case 'rangeAround':
      return { kind, rangeUm: roundedUm(high - low), stepUm, goUp }
    case 'absolute':
    case 'relative':
      return plan
  }
}

/** With top or bottom at `zUm`; whichever is higher becomes the top. */
export function withEnd(
  plan: Extract<ZPlan, { kind: 'topBottom' }>,
  end: 'top' | 'bottom',
  zUm: number,
): ZPlan {
  const [a, b] = end === 'top' ? [zUm, plan.bottomUm] : [plan.topUm, zUm]
  return { ...plan, topUm: Math.max(a, b), bottomUm: Math.min(a, b) }
}

/** How many planes the plan can be made to have: where its ends are given and the same, one. */
export function mostPlanes(plan: EvenStack): number {
  return plan.kind === 'topBottom' && plan.topUm <= plan.bottomUm ? 1 : maxPlanes
}

/**
 * With `count` planes: around the focus there are more or fewer of them at the same distance, but top and bottom stay
 * where they were set, and the step changes.
 */
export function withPlaneCount(plan: EvenStack, count: number): ZPlan {
  const spanUm = tidy((count - 1) * plan.stepUm)
  switch (plan.kind) {
    case 'topBottom':
      return withStepFor(plan, count)
    case 'rangeAround':
      return { ...plan, rangeUm: spanUm }
    case 'aboveBelow': {
      const [above, below] = [Math.abs(plan.aboveUm), Math.abs(plan.belowUm)]
      const share = above + below > 0 ? above / (above + below) : 0.5
      const aboveUm = tidy(Math.round(share * (count - 1)) * plan.stepUm)
      return { ...plan, aboveUm, belowUm: tidy(spanUm - aboveUm) }
    }
  }
}

function withStepFor(plan: Extract<ZPlan, { kind: 'topBottom' }>, count: number): ZPlan {
  const spanUm = plan.topUm - plan.bottomUm
  if (spanUm <= 0) return plan
  // A step of more than twice the range leaves one plane.
  const stepUm = count <= 1 ? 3 * spanUm : spanUm / (count - 1)
  return { ...plan, stepUm: tidy(stepUm) }
}

/** Without the dust of binary fractions. */
const tidy = (um: number) => Number(um.toPrecision(9))

/** Planes of the stack. */
export function planeCount(plan: ZPlan): number {
  return planesOf(plan).length
}
