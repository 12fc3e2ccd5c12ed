/** The order of a plan's axes in plain words. */
import type { Axis, MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { isOn, type PlanSection } from '../../stores/plan-draft.ts'

const sectionOf: Readonly<Record<Axis, PlanSection>> = {
  t: 'time',
  p: 'positions',
  g: 'grid',
  c: 'channels',
  z: 'z',
}

/** The axes along which the plan goes through more than one entry of a list, or a plan; the outermost first. */
export function axesInUse(sequence: MdaSequence): readonly Axis[] {
  const { channels, positions } = sequence
  const single: Readonly<Partial<Record<Axis, boolean>>> = {
    c: channels.length === 1,
    p: !('plate' in positions) && positions.length === 1,
  }
  return sequence.axisOrder.filter((axis) => isOn(sequence, sectionOf[axis]) && single[axis] !== true)
}

/** What each axis is called in the list of loops. */
export const axisTitles: Readonly<Record<Axis, string>> = {
  t: 'every time point',
  p: 'every position',
  g: 'every tile',
  c: 'every channel',
  z: 'every plane',
}

/** The order with `axis` moved by `by` places among the axes in use; the others keep their places. */
export function moveAxis(sequence: MdaSequence, axis: Axis, by: -1 | 1): readonly Axis[] {
  const used = axesInUse(sequence)
  const other = used[used.indexOf(axis) + by]
  if (other === undefined) return sequence.axisOrder
  const swapped: Partial<Record<Axis, Axis>> = { [axis]: other, [other]: axis }
  return sequence.axisOrder.map((each) => swapped[each] ?? each)
}

/** Which of two axes goes round within the other. */
export type OrderQuestion = {
  readonly axes: readonly [Axis, Axis]
  readonly title: string
  /** Which of the two is the outer one. */
  readonly answers: readonly [firstOutside: string, secondOutside: string]
}

/** The questions that matter, of those whose axes are both in use. */
export function orderQuestions(sequence: MdaSequence): readonly OrderQuestion[] {
  const used = axesInUse(sequence)
  return questions.filter(({ axes }) => axes.every((axis) => used.includes(axis)))
}

const questions: readonly OrderQuestion[] = [
  {
    axes: ['z', 'c'],
    title: 'Channels and planes',
    answers: ['All channels at each plane', 'The whole stack in each channel'],
  },
  {
    axes: ['t', 'p'],
    title: 'Time and positions',
    answers: ['All positions at each time point', 'The whole time lapse at each position'],
  },
  {
    axes: ['g', 'c'],
    title: 'Tiles and channels',
    answers: ['All channels at each tile', 'All tiles in each channel'],
  },
]

/** Which answer holds: 0 or 1. */
export function answerOf({ axisOrder }: MdaSequence, { axes }: OrderQuestion): 0 | 1 {
  return axisOrder.indexOf(axes[0]) < axisOrder.indexOf(axes[1]) ? 0 : 1
}

/** The order in which `answer` holds: the two axes change places where they do not yet. */
export function answered(sequence: MdaSequence, question: OrderQuestion, answer: 0 | 1): readonly Axis[] {
  if (answerOf(sequence, question) === answer) return sequence.axisOrder
  const [a, b] = question.axes
  return sequence.axisOrder.map((axis) => (axis === a ? b : axis === b ? a : axis))
}
