import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { PlanEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import { type PlanRemark, problemsOfRefusal } from '../../../src-shared/plan/read-plan.ts'
import { estimatePlan, isRunning } from '../../actions/acquire-actions.ts'
import type { CallFailure } from '../../backend/call-failure.ts'
import { type RefusedField, RefusedFieldsContext, useRefusedFields } from '../../components/refused-fields.ts'
import { useEngine, usePlan, useServices } from '../../services.ts'
import { cameraSettings } from '../../stores/image-settings.ts'
import { checkPlan, isOn, planSections } from '../../stores/plan-draft.ts'
import { enclosingPaths } from './plan-paths.ts'

/** Whether the plan being edited can be run, and what it would take. */
export type CheckedPlan = {
  /** Undefined while the plan is empty or contradicts itself, and before the first answer. */
  readonly estimate: PlanEstimate | undefined
  readonly problems: readonly PlanRemark[]
  readonly warnings: readonly PlanRemark[]
  /** Why there is no estimate, where the plan is not the reason. */
  readonly failure: CallFailure | undefined
  /** An answer about the plan as it is now is awaited. */
  readonly asking: boolean
  /** Nothing is switched on. */
  readonly empty: boolean
}

const PlanCheckContext = createContext<CheckedPlan | undefined>(undefined)

/** @throws Error outside of `PlanCheckProvider`. */
export function usePlanCheck(): CheckedPlan {
  const check = useContext(PlanCheckContext)
  if (check === undefined) throw new Error('usePlanCheck needs a PlanCheckProvider around the component.')
  return check
}

/** Whether something is wrong with the field at `path`, or with what is in it. */
export function useHasProblem(path: string): boolean {
  return usePlanCheck().problems.some((problem) => enclosingPaths(problem.path).includes(path))
}

/** The editor waits so long after the last change before the engine is asked, ms. */
const quietMs = 350

/** Asks the engine about the plan whenever it, or the microscope, has changed. */
export function PlanCheckProvider({ children }: { readonly children: ReactNode }) {
  const [refused, tellRefused] = useRefusedFields()
  const check = useCheckedPlan(refused)
  return (
    <RefusedFieldsContext value={tellRefused}>
      <PlanCheckContext value={check}>{children}</PlanCheckContext>
    </RefusedFieldsContext>
  )
}

/** @param fields of the editor that hold what they do not take: the plan is not what its author thinks */
function useCheckedPlan(fields: readonly RefusedField[]): CheckedPlan {
  const services = useServices()
  const draft = usePlan((state) => state)
  const { sequence } = draft
  const presets = useEngine((state) => state.presets)
  // Files that came or went have changed the room on the disk.
  const kept = useEngine((state) => state.galleryChanges)
  // A plan that runs sets the cameras for each image.
  const cameras = useEngine((state) => (isRunning(state.acquisition) ? '' : cameraSettings(state)))
  const connected = useEngine((state) => state.connection.state === 'connected')
  const own = useMemo(() => checkPlan(sequence), [sequence])
  const empty = planSections.every((section) => !isOn(sequence, section))
  const askable = connected && !empty && own.problems.length === 0
  const question = useMemo(
    () => ({ draft, presets, kept, cameras, askable }),
    [draft, presets, kept, cameras, askable],
  )
  const [answer, setAnswer] = useState<{
    readonly question: typeof question
    readonly estimate?: PlanEstimate
    readonly failure?: CallFailure
  }>()
  useEffect(() => {
    if (!question.askable) return
    let stale = false
    const timer = setTimeout(() => {
      void estimatePlan(services, question.draft).then((outcome) => {
        if (stale) return
        setAnswer({ question, ...(outcome.ok ? { estimate: outcome.value } : { failure: outcome.failure }) })
      })
    }, quietMs)
    return () => {
      stale = true
      clearTimeout(timer)
    }
  }, [services, question])
  return useMemo(() => {
    const { estimate, failure } = askable ? (answer ?? {}) : {}
    const refused =
      failure?.code === 'INVALID_INPUT'
        ? problemsOfRefusal({ message: failure.message, data: failure.details })
        : []
    return {
      estimate,
      problems: [
        ...fields.map(({ path, label, reason }) => ({ path, message: `${label}: ${reason}` })),
        ...own.problems,
        ...refused,
        ...(estimate?.problems ?? []),
      ],
      warnings: unique([...own.warnings, ...(estimate?.warnings ?? [])]),
      failure: refused.length > 0 ? undefined : failure,
      asking: askable && answer?.question !== question,
      empty,
    }
  }, [fields, own, answer, question, askable, empty])
}

/** The engine repeats what this page found by itself. */
function unique(remarks: readonly PlanRemark[]): readonly PlanRemark[] {
  const seen = new Set<string>()
  return remarks.filter(({ path, message }) => {
    const key = `${path}\n${message}`
    const fresh = !seen.has(key)
    seen.add(key)
    return fresh
  })
}
