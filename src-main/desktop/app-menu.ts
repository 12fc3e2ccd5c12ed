/** The application menu. Its items for the live view call the engine, as the buttons in the page do. */
import { app, dialog, Menu, type MenuItemConstructorOptions, shell } from 'electron'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Engine } from '../engine/create-engine.ts'

type Options = { readonly engine: Engine; readonly dataFolder: string }

const alertId = 'menu:live-view'

/** Sets the menu and keeps its live-view items enabled as the engine's streams come and go. */
export function installMenu({ engine, dataFolder }: Options): void {
  const menu = Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { id: 'data-folder', label: 'Open Data Folder', click: () => void openFolder(dataFolder) },
        { type: 'separator' },
        process.platform === 'darwin'
          ? { role: 'close' }
          : { role: 'quit', label: 'Quit', accelerator: 'CmdOrCtrl+Q' },
      ],
    },
    { label: '&Edit', role: 'editMenu' },
    { label: '&View', submenu: viewItems() },
    {
      label: '&Live View',
      submenu: [
        {
          id: 'start-live',
          label: 'Start',
          accelerator: 'CmdOrCtrl+L',
          click: () => void report(engine, startLive(engine)),
        },
        {
          id: 'stop-live',
          label: 'Stop',
          accelerator: 'CmdOrCtrl+Shift+L',
          click: () => void report(engine, engine.liveView.stopAll()),
        },
      ],
    },
    { label: '&Help', role: 'help', submenu: [{ role: 'about' }] },
  ])
  Menu.setApplicationMenu(menu)
  const update = (): void => {
    const streaming = engine.liveView.getActiveStreams().length > 0
    for (const [id, enabled] of [
      ['start-live', !streaming],
      ['stop-live', streaming],
    ] as const) {
      const item = menu.getMenuItemById(id)
      if (item !== null) item.enabled = enabled
    }
  }
  update()
  engine.on(({ type }) => {
    if (type === 'streamStarted' || type === 'streamStopped') update()
  })
}

function viewItems(): MenuItemConstructorOptions[] {
  return [
    { role: 'reload' },
    ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ]
}

async function startLive(engine: Engine): Promise<void> {
  const result = await engine.liveView.startLiveView({})
  if (result.status !== 'long_exposure') return
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: result.message,
    buttons: ['Start All the Same', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  })
  if (response === 0) await engine.liveView.startLiveView({ detectorName: result.detectorName, force: true })
}

/** What a menu item could not do is shown as an alert. */
async function report(engine: Engine, action: Promise<unknown>): Promise<void> {
  try {
    await action
    engine.alerts.clear(alertId)
  } catch (error) {
    const { message, hint } = CoverslipError.from(error)
    engine.alerts.raise({
      id: alertId,
      severity: 'error',
      source: 'Live view',
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

async function openFolder(folder: string): Promise<void> {
  const problem = await shell.openPath(folder)
  if (problem !== '') dialog.showErrorBox('The folder cannot be opened', `${folder}: ${problem}`)
}
