/**
 * Entry of the desktop app: an engine in Electron's main process and one window on it.
 *
 * Electron holds back its `ready` until this module has run, so nothing here waits for it at top level.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, BrowserWindow, dialog, protocol, session } from 'electron'
import envPaths from 'env-paths'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { AccessControl } from '../access/access-control.ts'
import { chosenHardware } from '../engine/chosen-hardware.ts'
import { createEngine } from '../engine/create-engine.ts'
import { availableProtocols } from '../live-view/live-view-controller.ts'
import { galleryFilesPath } from '../page/gallery-file.ts'
import { ShareServer } from '../server/share-server.ts'
import { installMenu } from './app-menu.ts'
import { appOrigin, appScheme, serveAppFile, serveGalleryFile } from './app-protocol.ts'
import { quitCleanly } from './clean-quit.ts'
import { type DesktopOptions, readDesktopOptions } from './desktop-options.ts'
import { createMainWindow } from './main-window.ts'
import { type Microscope, servePage } from './page-ports.ts'
import { catchUnexpectedErrors } from './unexpected-errors.ts'
import { guardPages, guardPermissions } from './window-guards.ts'

const closeLimitMs = 5000

/** The bundles lie beside each other: `out/main`, `out/preload`, `out/renderer`. */
const bundle = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const options = readDesktopOptions({
  argv: process.argv,
  packaged: app.isPackaged,
  version: app.getVersion(),
})
const dataFolder = resolve(options.dataFolder ?? envPaths('coverslip', { suffix: '' }).data)
// A data folder of its own makes an instance of its own.
if (options.dataFolder !== undefined) app.setPath('userData', join(dataFolder, 'window'))

if (app.requestSingleInstanceLock()) {
  protocol.registerSchemesAsPrivileged([appScheme])
  guardPages(app)
  app.on('second-instance', () => showWindow())
  void start()
} else {
  app.quit()
}

async function start(): Promise<void> {
  const errors = catchUnexpectedErrors()
  const microscope = openMicroscope(options)
  quitCleanly({ app, close: async () => (await microscope).close(), limitMs: closeLimitMs })
  // Where it fails, the dialog below says so; the window's ports need not.
  microscope.catch(() => undefined)
  await app.whenReady()
  guardPermissions(session.defaultSession)
  protocol.handle(appScheme.scheme, async (request) => {
    // The page itself does not wait for the microscope.
    const isGallery = new URL(request.url).pathname.startsWith(galleryFilesPath)
    const file = isGallery ? await serveGalleryFile((await microscope).engine.gallery, request) : undefined
    return file ?? serveAppFile(bundle('renderer'), request)
  })
  openWindow(microscope)
  try {
    const { engine } = await microscope
    errors.showIn(engine.alerts)
    installMenu({ engine, dataFolder })
  } catch (error) {
    const { message, hint } = CoverslipError.from(error)
    console.error(error)
    dialog.showErrorBox('Coverslip cannot start', hint === undefined ? message : `${message}\n\n${hint}`)
    app.exit(1)
  }
}

type OpenMicroscope = Microscope & { close(): Promise<void> }

/** The engine, who may use it, and the server for other computers where the settings ask for it. */
async function openMicroscope(hardware: DesktopOptions): Promise<OpenMicroscope> {
  const engine = await createEngine({ ...chosenHardware(hardware), dataFolder })
  try {
    const access = await AccessControl.open({ dataFolder, alerts: engine.alerts })
    const share = new ShareServer({
      engine,
      access,
      version: app.getVersion(),
      dataFolder,
      appFolder: bundle('renderer'),
    })
    await share.start()
    const close = async () => {
      await share.close()
      await engine.close()
      await access.close()
    }
    return { engine, access, share, close }
  } catch (error) {
    await engine.close()
    throw error
  }
}

function openWindow(microscope: Promise<Microscope>): void {
  // electron-vite's server, while developing.
  const developmentUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  const origin = developmentUrl === undefined ? appOrigin : new URL(developmentUrl).origin
  const host: HostInfo = { version: app.getVersion(), transport: 'ipc', protocols: [...availableProtocols] }
  const { window, open } = createMainWindow({
    url: developmentUrl ?? `${appOrigin}/`,
    preload: bundle('preload/index.cjs'),
  })
  servePage({ contents: window.webContents, microscope, host, origin })
  open().catch((error: unknown) => dialog.showErrorBox('The window cannot be shown', String(error)))
}

function showWindow(): void {
  const window = BrowserWindow.getAllWindows()[0]
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.focus()
}
