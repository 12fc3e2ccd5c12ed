import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Backend } from './backend/backend.ts'
import type { LiveDisplay } from './display/live-display.ts'
import type { Thumbnails } from './planes/thumbnails.ts'
import type { EngineState } from './stores/engine-state.ts'
import type { EngineStore } from './stores/engine-store.ts'
import type { ExportPhase, ExportStore } from './stores/export-store.ts'
import type { GalleryState, GalleryStore } from './stores/gallery-store.ts'
import { detectorOf } from './stores/layout.ts'
import type { Overview } from './stores/overview.ts'
import type { PaneId } from './stores/panes.ts'
import type { PlanDraft } from './stores/plan-draft.ts'
import type { PlanDraftStore } from './stores/plan-draft-store.ts'
import type { SessionState, SessionStore } from './stores/session-store.ts'
import type { ImageOnShow, ShownState, ShownStore } from './stores/shown-store.ts'
import type { ViewerState } from './stores/viewer-store.ts'
import type { ViewState, ViewStore } from './stores/view-store.ts'
import type { Viewer, ViewingStore } from './viewer.ts'

/** Everything the page is made of besides its components and panes; one set per page. */
export type PageServices = {
  readonly backend: Backend
  readonly engine: EngineStore
  readonly view: ViewStore
  readonly session: SessionStore
  /** The plan being edited. */
  readonly plan: PlanDraftStore
  readonly gallery: GalleryStore
  readonly viewing: ViewingStore
  /** Pictures under the map of the stage. */
  readonly overview: Overview
  readonly exporting: ExportStore
  readonly thumbnails: Thumbnails
}

/** What the page and one of its panes are made of. Whatever lies outside of the panes is about the active one. */
export type Services = PageServices & {
  readonly pane: PaneId
  readonly shown: ShownStore
  readonly display: LiveDisplay
  /** The canvas of `display`; the pane's view puts it into the page. */
  readonly canvas: HTMLCanvasElement
}

/** The services of the panes that are shown. */
export interface PaneServices {
  readonly view: ViewStore
  of(pane: PaneId): Services
}

/** The services of all panes, for `usePanes`. */
export const PanesContext = createContext<PaneServices | undefined>(undefined)

/** The services of the pane around, for `useServices`. */
export const ServicesContext = createContext<Services | undefined>(undefined)

/** Around what is about another image than that of a pane. */
export const ImageContext = createContext<ImageOnShow | undefined>(undefined)

/** Around what belongs to an open item. */
export const ViewerContext = createContext<Viewer | undefined>(undefined)

/** @throws Error outside of the application's root. */
export function usePanes(): PaneServices {
  const panes = useContext(PanesContext)
  if (panes === undefined) throw new Error('usePanes needs a PanesContext around the component.')
  return panes
}

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

/** What `select` takes of the view's state; the component is drawn anew when it changes. */
export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useServices().view, select)
}

/** The image that the component is about: that of an open item, or of the pane. */
export function useImage(): ImageOnShow {
  const services = useServices()
  return useContext(ImageContext) ?? services
}

/** What `select` takes of what the view shows; the component is drawn anew when it changes. */
export function useShown<T>(select: (state: ShownState) => T): T {
  return useStore(useImage().shown, select)
}

/** What `select` takes of the gallery's state; the component is drawn anew when it changes. */
export function useGallery<T>(select: (state: GalleryState) => T): T {
  return useStore(useServices().gallery, select)
}

/** @throws Error where no item is open. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext)
  if (viewer === undefined) throw new Error('useViewer needs a ViewerContext around the component.')
  return viewer
}

/** A part of the open item's state. */
export function useViewerState<T>(select: (state: ViewerState) => T): T {
  return useStore(useViewer().store, select)
}

/** What `select` takes of the session's state; the component is drawn anew when it changes. */
export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useServices().session, select)
}

/** What is being exported. */
export function useExport(): ExportPhase {
  return useStore(useServices().exporting)
}

/** A part of the plan being edited. */
export function usePlan<T>(select: (draft: PlanDraft) => T): T {
  return useStore(useServices().plan, select)
}

/** Device id of the camera on show: of the pane around the component, or else of the active one. */
export function useDetector(): string | undefined {
  const { pane } = useServices()
  const view = useView((state) => state)
  return useEngine((engine) => detectorOf(engine, view, pane))
}
