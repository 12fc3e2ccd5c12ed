import type { PropertyDescriptor } from '../../src-shared/devices.ts'
import { useEngine } from '../services.ts'
import { whyNotByHand, whyNotOperate, whyNotSet } from '../stores/permission.ts'
import { Refusable, type RefusableProps } from './refusable.tsx'

/** Why this page may not operate the microscope now; undefined when it may. */
export function useBlocked(): string | undefined {
  return useEngine((state) => whyNotOperate(state)?.reason)
}

/** Why stage, light and channel may not be set by hand on this page now; undefined when they may. */
export function useBlockedByHand(): string | undefined {
  return useEngine((state) => whyNotByHand(state)?.reason)
}

/** Why a property of a device may not be set on this page now; undefined when it may. */
export function useBlockedProperty(
  deviceId: string,
  property: Pick<PropertyDescriptor, 'lockedWhileAcquiring'>,
): string | undefined {
  return useEngine((state) => whyNotSet(state, deviceId, property)?.reason)
}

/** Controls of stage, light and channel: also disabled while a plan sets these. */
export function HandControls(props: Omit<RefusableProps, 'reason'>) {
  return <Refusable {...props} reason={useBlockedByHand()} />
}

/** Controls that change the microscope: while this page may not operate it they are disabled, and a tooltip says why. */
export function OperatorControls(props: Omit<RefusableProps, 'reason'>) {
  return <Refusable {...props} reason={useBlocked()} />
}
