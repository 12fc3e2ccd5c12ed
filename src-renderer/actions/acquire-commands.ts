import { whyNotAct, whyNotOperate } from '../stores/permission.ts'
import { isRunning, pausePlan, resumePlan } from './acquire-actions.ts'
import type { Command } from './command.ts'
import { showPlace } from './hardware-actions.ts'

/** Plans, by keys and from the command palette. */
export const acquireCommands: readonly Command[] = [
  {
    id: 'show-acquire',
    title: 'Acquire',
    group: 'Window',
    keys: ['P'],
    shownKeys: 'Shift P',
    scope: 'page',
    run: (services) => showPlace(services, 'acquire'),
  },
  {
    id: 'pause-plan',
    title: 'Pause the acquisition, or go on',
    group: 'Live view',
    keys: [],
    scope: 'page',
    refusal: ({ engine }) => {
      const state = engine.getState()
      return state.acquisition?.state === 'paused' ? whyNotOperate(state) : whyNotAct(state)
    },
    run: (services) => {
      const { acquisition } = services.engine.getState()
      if (isRunning(acquisition)) void (acquisition?.state === 'paused' ? resumePlan : pausePlan)(services)
    },
  },
]
