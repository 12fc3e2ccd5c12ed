import { useEngine } from '../services.ts'
import { whyNotOperate } from '../stores/permission.ts'
import { Refusable, type RefusableProps } from './refusable.tsx'

/** Why this page may not operate the microscope now; undefined when it may. */
export function useBlocked(): string | undefined {
  return useEngine((state) => whyNotOperate(state)?.reason)
}

/** Controls that change the microscope: while this page may not operate it they are disabled, and a tooltip says why. */
export function OperatorControls(props: Omit<RefusableProps, 'reason'>) {
  return <Refusable {...props} reason={useBlocked()} />
}
