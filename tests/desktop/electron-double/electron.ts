/** The part of the `electron` module that Coverslip uses, in plain Node with Chromium pages as windows. */
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { protocolHandlers, WebContents } from './web-contents.ts'

export { MessageChannelMain } from './message-ports.ts'

type Rectangle = { x: number; y: number; width: number; height: number }
type Item = { id?: string; submenu?: Item[]; click?: () => void; enabled?: boolean }

class App extends EventEmitter {
  readonly isPackaged = false
  readonly ready = Promise.withResolvers<void>()
  isReady = (): boolean => this.listenerCount('is-ready') > 0
  getVersion = (): string => '0.0.0-double'
  getPath = (name: string): string =>
    this.#paths.get(name) ?? join(process.env['ELECTRON_DOUBLE_HOME'] ?? '', name)
  setPath = (name: string, path: string): void => void this.#paths.set(name, path)
  requestSingleInstanceLock = (): boolean => process.env['ELECTRON_DOUBLE_LOCKED'] === undefined
  whenReady = (): Promise<void> => this.ready.promise
  exit = (code = 0): void => process.exit(code)
  readonly #paths = new Map<string, string>()

  quit(): void {
    let prevented = false
    this.emit('before-quit', { preventDefault: () => (prevented = true) })
    if (prevented) return
    void Promise.all(BrowserWindow.getAllWindows().map((window) => window.end())).then(() => this.exit())
  }

  /** As Electron, only when the main module has run to its end. */
  becomeReady(): void {
    this.on('is-ready', () => undefined)
    this.ready.resolve()
    this.emit('ready')
  }
}
export const app = new App()

export class BrowserWindow extends EventEmitter {
  static readonly #all = new Set<BrowserWindow>()
  static getAllWindows = (): BrowserWindow[] => [...BrowserWindow.#all]
  readonly webContents: WebContents
  #bounds: Rectangle
  #shown = new Set<'visible' | 'maximized' | 'minimized' | 'focused'>()

  constructor({ x, y, width, height, webPreferences }: Rectangle & { webPreferences: { preload: string } }) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    this.#bounds = { x, y, width, height }
    this.webContents = new WebContents(webPreferences.preload)
    BrowserWindow.#all.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.load(url, this.#bounds)
    this.emit('ready-to-show')
  }

  show = (): unknown => this.#shown.add('visible')
  isVisible = (): boolean => this.#shown.has('visible')
  focus = (): unknown => this.#shown.add('focused')
  isFocused = (): boolean => this.#shown.has('focused')
  maximize = (): unknown => this.#shown.add('maximized') && this.emit('maximize')
  isMaximized = (): boolean => this.#shown.has('maximized')
  minimize = (): unknown => this.#shown.add('minimized')
  isMinimized = (): boolean => this.#shown.has('minimized')
  restore = (): unknown => this.#shown.delete('minimized')
  getNormalBounds = (): Rectangle => this.#bounds
  setBounds = (bounds: Rectangle): unknown => {
    this.#bounds = bounds
    return this.emit('resize')
  }

  /** The user closes the window. */
  async close(): Promise<void> {
    await this.end()
    if (BrowserWindow.#all.size === 0) app.emit('window-all-closed')
  }

  async end(): Promise<void> {
    this.emit('close')
    await this.webContents.destroy()
    BrowserWindow.#all.delete(this)
    this.emit('closed')
  }
}

export class Menu {
  static #application: Menu | null = null
  static buildFromTemplate = (template: Item[]): Menu => new Menu(template)
  static setApplicationMenu = (menu: Menu): void => void (Menu.#application = menu)
  static getApplicationMenu = (): Menu | null => Menu.#application
  readonly items: Item[]

  constructor(items: Item[]) {
    this.items = items
  }

  getMenuItemById(id: string, items: Item[] = this.items): Item | null {
    for (const item of items) {
      const found = item.id === id ? item : this.getMenuItemById(id, item.submenu ?? [])
      if (found !== null) return found
    }
    return null
  }
}

export const protocol = {
  registerSchemesAsPrivileged: () => {
    if (app.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
  },
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
    void protocolHandlers.set(scheme, handler),
}

const display = { id: 1, workArea: { x: 0, y: 25, width: 1920, height: 1055 } }
export const screen = { getPrimaryDisplay: () => display, getAllDisplays: () => [display] }
export const session = {
  defaultSession: {
    setPermissionRequestHandler: () => undefined,
    setPermissionCheckHandler: () => undefined,
  },
}
export const shell = {
  openExternal: async () => undefined,
  openPath: async () => '',
  showItemInFolder: () => undefined,
}
export const nativeImage = { createFromBuffer: (buffer: Buffer) => ({ bytes: buffer.length }) }
export const dialog = { showErrorBox: console.error, showMessageBox: async () => ({ response: 0 }) }
