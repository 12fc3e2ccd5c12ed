/** The one window: where it was the last time, with a page that has no Node. */
import { join } from 'node:path'
import { app, BrowserWindow, dialog, screen } from 'electron'
import { placeWindow, readWindowState, smallestSize, writeWindowState } from './window-state.ts'

type Options = {
  /** What to show. */
  readonly url: string
  /** File of the preload script. */
  readonly preload: string
}

const saveDelayMs = 500
/** A page that crashes twice within this time is not loaded a third time. */
const crashLoopMs = 10_000

/** Makes the window; its page is loaded by `open`, so that listeners can be added first. */
export function createMainWindow({ url, preload }: Options): {
  readonly window: BrowserWindow
  open(): Promise<void>
} {
  const stateFile = join(app.getPath('userData'), 'window-state.json')
  const saved = readWindowState(stateFile)
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  const window = new BrowserWindow({
    ...placeWindow(
      saved?.bounds,
      [primary, ...others].map(({ workArea }) => workArea),
    ),
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    title: 'Coverslip',
    backgroundColor: '#0e1113',
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  })
  if (saved?.maximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  keepState(window, stateFile)
  recoverFromCrashes(window)
  return { window, open: () => window.loadURL(url) }
}

function keepState(window: BrowserWindow, file: string): void {
  let timer: NodeJS.Timeout | undefined
  const save = (): void => {
    clearTimeout(timer)
    try {
      writeWindowState(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() })
    } catch (error) {
      console.error(`The window's place cannot be saved to ${file}:`, error)
    }
  }
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(save, saveDelayMs)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', save)
  window.on('closed', () => clearTimeout(timer))
}

function recoverFromCrashes(window: BrowserWindow): void {
  let lastCrashMs = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    console.error(`The page ended: ${reason}`)
    const sinceLastMs = performance.now() - lastCrashMs
    lastCrashMs = performance.now()
    if (sinceLastMs > crashLoopMs) window.webContents.reload()
    else
      dialog.showErrorBox(
        'The Coverslip window keeps crashing',
        `Reason: ${reason}. Restart Coverslip; if that does not help, update the graphics driver.`,
      )
  })
}
