/**
 * The events of a plan, one after the other, made when asked for: a million events take no memory.
 * The order and the rules are those of useq-schema (`useq/_iter_sequence.py`), with these exceptions:
 * - wells do not move the focus (useq-schema sends it to 0, its position's default);
 * - nothing leaks from one event of a sub-sequence to the next (exposure, properties);
 * - an autofocus step does not keep the shutter open;
 * - a position's sequence that plans nothing leaves all channels of the position in;
 * - what is relative to a position that names no place lies around `home`, where the stage is.
 */
import type { AcquisitionEvent, EventIndex } from './acquisition-event.ts'
import type { ExpandOptions } from './plan-axes.ts'
import { imageSteps } from './image-steps.ts'
import type { AutofocusPlan, Axis, MdaSequence } from './sequence.ts'

const maxAutofocusRetries = 3

/**
 * The events of `sequence` in the order in which they are run.
 * @throws CoverslipError INVALID_INPUT when a grid needs the size of an image and it is not known.
 */
export function* expandPlan(sequence: MdaSequence, options: ExpandOptions = {}): Generator<AcquisitionEvent> {
  const autofocus = new AutofocusMemory()
  let last: AcquisitionEvent | undefined
  let timePoint = -1
  for (const step of imageSteps(sequence, options)) {
    const { event, autofocusPlan, homeUm } = step
    const index = event.index.t
    const resetTimer = index === 0 && timePoint !== 0
    timePoint = index ?? timePoint
    const image = resetTimer ? { ...event, resetTimer } : event
    if (autofocusPlan !== undefined && autofocus.isDue(autofocusPlan, image.index)) {
      if (last !== undefined) yield last
      last = autofocusEvent(image, autofocusPlan, homeUm)
    }
    if (last !== undefined) yield keepsOpen(sequence, last, image) ? { ...last, keepShutterOpen: true } : last
    last = image
  }
  if (last !== undefined) yield last
}

function autofocusEvent(
  image: AcquisitionEvent,
  { deviceName, motorOffset }: AutofocusPlan,
  zUm: number | undefined,
): AcquisitionEvent {
  const action = {
    type: 'hardwareAutofocus',
    deviceName,
    motorOffset,
    maxRetries: maxAutofocusRetries,
  } as const
  return { ...image, action, zUm }
}

/** The shutter stays open when nothing but the listed axes changes until the next image. */
function keepsOpen(
  { keepShutterOpenAcross }: MdaSequence,
  event: AcquisitionEvent,
  next: AcquisitionEvent,
): boolean {
  if (keepShutterOpenAcross.length === 0 || event.action.type !== 'acquireImage') return false
  const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']
  return axes.every((axis) => event.index[axis] === next.index[axis] || keepShutterOpenAcross.includes(axis))
}

/** Autofocus is due before the first image, and where one of the plan's axes has moved on. */
class AutofocusMemory {
  #last: EventIndex | undefined

  isDue({ axes }: AutofocusPlan, index: EventIndex): boolean {
    const before = this.#last
    this.#last = index
    return axes.some((axis) => index[axis] !== undefined && index[axis] !== before?.[axis])
  }
}
