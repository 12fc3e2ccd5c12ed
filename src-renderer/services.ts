import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Backend } from './backend/backend.ts'
import type { LiveDisplay } from './display/live-display.ts'
import type { EngineState } from './stores/engine-state.ts'
import type { EngineStore } from './stores/engine-store.ts'
import { currentDetector } from './stores/selectors.ts'
import type { SessionState, SessionStore } from './stores/session-store.ts'
import type { ShownState, ShownStore } from './stores/shown-store.ts'
import type { ViewState, ViewStore } from './stores/view-store.ts'

/** Everything the page is made of besides its components; one set per page. */
export type Services = {
  readonly backend: Backend
  readonly engine: EngineStore
  readonly view: ViewStore
  readonly shown: ShownStore
  readonly session: SessionStore
  readonly display: LiveDisplay
  /** The canvas of `display`; the live view puts it into the page. */
  readonly canvas: HTMLCanvasElement
}

export const ServicesContext = createContext<Services | undefined>(undefined)

/** @throws Error outside of the application's root. */
export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (services === undefined) throw new Error('useServices needs a ServicesContext around the component.')
  return services
}

/** A part of the engine's state; re-renders only when that part changes. `select` must return kept values. */
export function useEngine<T>(select: (state: EngineState) => T): T {
  return useStore(useServices().engine, select)
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useServices().view, select)
}

export function useShown<T>(select: (state: ShownState) => T): T {
  return useStore(useServices().shown, select)
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useServices().session, select)
}

/** Device id of the camera on show. */
export function useDetector(): string | undefined {
  const view = useView((state) => state)
  return useEngine((engine) => currentDetector(engine, view))
}
