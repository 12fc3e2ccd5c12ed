/** What a page of the app may not do: leave, open windows, embed pages, ask for permissions. */
import { type App, shell, type WebContents } from 'electron'
import { appOrigin } from './app-protocol.ts'

/** Pages outside that the app may open in the user's browser. */
const externalOrigins: ReadonlySet<string> = new Set(['https://github.com', 'https://www.openmicroscopy.org'])

/** Copying the image, and full screen; everything else (camera, microphone, location, …) is refused. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'fullscreen'])

/** What Electron tells of a permission's use, as far as it decides here. */
type PermissionDetails = {
  /** Of the asking page, where a permission is requested. */
  readonly requestingUrl?: string
  readonly isDirectory?: boolean
}

/**
 * The app's own page may also write exports to files, which the user names each time, but have no folders. Chromium
 * writes only where reading is allowed as well.
 */
function mayUse(permission: string, origin: string, { isDirectory }: PermissionDetails): boolean {
  if (permission !== 'fileSystem') return allowedPermissions.has(permission)
  return isOfApp(origin) && isDirectory === false
}

/** @param address an origin or a page's address; that of Electron's checks ends in `/` */
function isOfApp(address: string): boolean {
  return address === appOrigin || address.startsWith(`${appOrigin}/`)
}

/** Guards every page that is ever made. */
export function guardPages(app: App): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
}

/** What refusing needs of Electron's `Session`. */
type PermissionAsker = {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      decide: (allowed: boolean) => void,
      details: PermissionDetails,
    ) => void,
  ): void
  setPermissionCheckHandler(
    handler: (contents: unknown, permission: string, origin: string, details: PermissionDetails) => boolean,
  ): void
}

/** Refuses permissions to all pages of a session. */
export function guardPermissions(session: PermissionAsker): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) =>
    decide(mayUse(permission, details.requestingUrl ?? '', details)),
  )
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    mayUse(permission, origin, details),
  )
}

function guard(contents: WebContents): void {
  // Of any frame; a page may load itself again.
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || event.url !== contents.getURL()) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url))
      void shell.openExternal(url).catch((error: unknown) => console.error(`Cannot open ${url}:`, error))
    return { action: 'deny' }
  })
}

/** True for pages that may be handed to the user's browser. */
export function mayOpenOutside(url: string): boolean {
  return URL.canParse(url) && externalOrigins.has(new URL(url).origin)
}
