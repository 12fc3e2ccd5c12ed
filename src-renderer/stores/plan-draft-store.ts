/** The plan being edited, remembered on this computer. */
import { z } from 'zod'
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { planDraftSchema } from '../../src-shared/plan/sequence.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'
import { emptyDraft, type PlanDraft, runOptionsSchema } from './plan-draft.ts'

export type PlanDraftStore = StoreApi<PlanDraft>

/** Plans are stored as in a file, so that what is read back is checked like one. */
const storedSchema = z.object({
  name: z.string(),
  plan: planDraftSchema,
  shelf: planDraftSchema,
  run: runOptionsSchema,
})

/** What `restoreDraft` reads back. */
export function storedDraft({ name, sequence, shelf, run }: PlanDraft): z.input<typeof storedSchema> {
  return { name, plan: writePlan(sequence), shelf: writePlan(shelf), run }
}

/** The draft that was stored; an empty one when it is not valid any more. */
export function restoreDraft(stored: unknown): PlanDraft {
  const parsed = storedSchema.safeParse(stored)
  if (!parsed.success) return emptyDraft
  const { plan, ...others } = parsed.data
  return { ...others, sequence: plan, remarks: [] }
}

/** `storage` for plans of any size: one that does not fit is told of, and none is kept rather than an older one. */
function sizedStorage(storage: StateStorage, onTooLarge: () => void): StateStorage {
  return {
    getItem: (name) => storage.getItem(name),
    removeItem: (name) => storage.removeItem(name),
    setItem: (name, value) => {
      try {
        storage.setItem(name, value)
      } catch (error) {
        if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error
        storage.removeItem(name)
        onTooLarge()
      }
    },
  }
}

/**
 * @param storage where it is kept; `localStorage` in the page.
 * @param onTooLarge called when the plan does not fit there.
 */
export function createPlanDraftStore(storage: () => StateStorage, onTooLarge: () => void): PlanDraftStore {
  return createStore<PlanDraft>()(
    persist(() => emptyDraft, {
      name: 'coverslip-plan',
      version: 1,
      storage: createJSONStorage(() => sizedStorage(storage(), onTooLarge)),
      partialize: storedDraft,
      merge: (stored) => restoreDraft(stored),
    }),
  )
}
