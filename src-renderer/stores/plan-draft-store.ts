/** The plan being edited, remembered on this computer. */
import { z } from 'zod'
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { planDraftSchema } from '../../src-shared/plan/sequence.ts'
import { writePlan } from '../../src-shared/plan/write-plan.ts'
import { emptyDraft, emptySequence, type PlanDraft, runOptionsSchema } from './plan-draft.ts'

export type PlanDraftStore = StoreApi<PlanDraft>

/** Plans are stored as in a file, so that what is read back is checked like one. */
const storedSchema = z.object({
  name: z.string(),
  plan: planDraftSchema,
  shelf: planDraftSchema,
  run: runOptionsSchema,
})

/** One part that is not valid any more does not take the others with it. */
const readablePartsSchema = z.object({
  name: storedSchema.shape.name.catch(emptyDraft.name),
  plan: storedSchema.shape.plan.catch(emptySequence),
  shelf: storedSchema.shape.shelf.catch(emptySequence),
  run: storedSchema.shape.run.catch(emptyDraft.run),
})

const key = 'coverslip-plan'
/** What could not be read stays here, until something else cannot be. */
const unreadableKey = 'coverslip-plan-unreadable'

/** What `restoreDraft` reads back. */
export function storedDraft({ name, sequence, shelf, run }: PlanDraft): z.input<typeof storedSchema> {
  return { name, plan: writePlan(sequence), shelf: writePlan(shelf), run }
}

/** The draft that was stored; parts of it that are not valid any more are empty. */
export function restoreDraft(stored: unknown): PlanDraft {
  const parsed = readablePartsSchema.safeParse(stored)
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

type PlanDraftStoreListener = {
  /** The plan does not fit into the storage. */
  onTooLarge(): void
  /** Parts of the stored plan were not valid: they are empty. `keptAs`: the key where all of it still is. */
  onUnreadable(keptAs: string): void
}

/**
 * @param storage where it is kept; `localStorage` in the page.
 */
export function createPlanDraftStore(
  storage: () => StateStorage,
  { onTooLarge, onUnreadable }: PlanDraftStoreListener,
): PlanDraftStore {
  return createStore<PlanDraft>()(
    persist(() => emptyDraft, {
      name: key,
      version: 1,
      storage: createJSONStorage(() => sizedStorage(storage(), onTooLarge)),
      partialize: storedDraft,
      merge: (stored) => {
        if (stored !== undefined && !storedSchema.safeParse(stored).success) {
          const stillThere = sizedStorage(storage(), onTooLarge)
          void stillThere.setItem(unreadableKey, JSON.stringify(stored))
          onUnreadable(unreadableKey)
        }
        return restoreDraft(stored)
      },
    }),
  )
}
