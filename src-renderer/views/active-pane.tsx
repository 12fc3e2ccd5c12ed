import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { ServicesContext, usePanes } from '../services.ts'

/** Makes what is inside be about the active pane. */
export function ActivePane({ children }: { readonly children: ReactNode }) {
  const panes = usePanes()
  const active = useStore(panes.view, (state) => state.activePane)
  return <ServicesContext value={panes.of(active)}>{children}</ServicesContext>
}
