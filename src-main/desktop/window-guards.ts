/** What a page of the app may not do: leave, open windows, embed pages, ask for permissions. */
import { type App, shell, type WebContents } from 'electron'

/** Pages outside that the app may open in the user's browser. */
const externalOrigins: ReadonlySet<string> = new Set(['https://github.com', 'https://www.openmicroscopy.org'])

/**
 * Copying the image, full screen, and writing exports to files that the user names each time; everything else (camera,
 * microphone, location, …) is refused.
 */
const allowedPermissions: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'fileSystem',
  'fullscreen',
])

/** Guards every page that is ever made. */
export function guardPages(app: App): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
}

/** What refusing needs of Electron's `Session`. */
type PermissionAsker = {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, decide: (allowed: boolean) => void) => void,
  ): void
  setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean): void
}

/** Refuses permissions to all pages of a session. */
export function guardPermissions(session: PermissionAsker): void {
  session.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(allowedPermissions.has(permission)),
  )
  session.setPermissionCheckHandler((_contents, permission) => allowedPermissions.has(permission))
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
