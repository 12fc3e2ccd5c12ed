import { useShallow } from 'zustand/react/shallow'
import type { DeviceKind, DeviceState } from '../../src-shared/devices.ts'
import { useEngine } from '../services.ts'
import { devicesOf } from '../stores/selectors.ts'

/** The devices of a kind; re-renders only when one of them changes. */
export function useDevices(kind: DeviceKind): readonly DeviceState[] {
  return useEngine(useShallow((state) => devicesOf(state.devices, kind)))
}
