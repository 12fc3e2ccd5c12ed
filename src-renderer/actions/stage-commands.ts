/** Commands that move stage and focus. */
import type { EngineState } from '../stores/engine-state.ts'
import { mayOperate } from '../stores/permission.ts'
import { xyStage } from '../stores/selectors.ts'
import { byHand, findsFocus } from './command-refusals.ts'
import type { Command } from './command.ts'
import { toggleFocusSearch } from './focus-actions.ts'
import { jog } from './stage-actions.ts'
import { pan } from './view-actions.ts'

const panStepPx = 60
/** Shift makes steps ten times as large. */
const largeStep = 10

/** Whether keys move the stage: who may not, pans the image by them. */
function movesStage(state: EngineState): boolean {
  return xyStage(state.devices) !== undefined && mayOperate(state)
}

function arrow(title: string, key: string, x: number, y: number): Command {
  return {
    id: `stage-${key}`,
    title,
    group: 'Stage',
    keys: [key],
    scope: 'image',
    run: (services, { shiftKey }) => {
      const factor = shiftKey ? largeStep : 1
      if (movesStage(services.engine.getState())) jog(services, { x: x * factor, y: y * factor })
      else pan(services, -x * panStepPx, -y * panStepPx)
    },
  }
}

function focusKey(title: string, key: string, z: number): Command {
  return {
    id: `stage-${key}`,
    title,
    group: 'Stage',
    keys: [key],
    scope: 'image',
    refusal: byHand,
    run: (services, { shiftKey }) => jog(services, { z: shiftKey ? z * largeStep : z }),
  }
}

/** Commands that move the stage and the focus. */
export const stageCommands: readonly Command[] = [
  arrow('Stage left (pan without a stage)', 'ArrowLeft', -1, 0),
  arrow('Stage right', 'ArrowRight', 1, 0),
  arrow('Stage up', 'ArrowUp', 0, -1),
  arrow('Stage down', 'ArrowDown', 0, 1),
  focusKey('Focus up', 'PageUp', 1),
  focusKey('Focus down', 'PageDown', -1),
  {
    id: 'find-focus',
    title: 'Find the focus by the image, or end the search',
    group: 'Stage',
    keys: ['F'],
    shownKeys: 'Shift F',
    scope: 'live',
    once: true,
    refusal: findsFocus,
    run: (services) => void toggleFocusSearch(services),
  },
]
