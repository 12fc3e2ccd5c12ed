/** Where the window was, so that it opens there again: `window-state.json` in Electron's userData folder. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Rectangle } from 'electron'
import { z } from 'zod'

const length = z.number().int().min(100).max(100_000)
const coordinate = z.number().int().min(-100_000).max(100_000)
const windowStateSchema = z.object({
  bounds: z.object({ x: coordinate, y: coordinate, width: length, height: length }),
  maximized: z.boolean(),
})
export type WindowState = z.infer<typeof windowStateSchema>

/** Size of the first window, and the smallest that the layout holds, in pixels of the screen. */
export const usualSize = { width: 1400, height: 900 } as const
/** The window cannot be made smaller, CSS pixels. */
export const smallestSize = { width: 720, height: 480 } as const

/** So much of the window must be on a screen to be found and dragged. */
const visiblePart = { width: 160, height: 40 } as const

/** The state that was saved; undefined when there is none or it is damaged. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    return windowStateSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // The first start, or a file that was cut off: the window opens as usual.
    return undefined
  }
}

/** Saves the state; synchronous, as it happens while the window closes. */
export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(state, undefined, 2)}\n`)
}

/**
 * Bounds for the window: the saved ones where they are still on a screen, else the usual size in the middle of the
 * first. `workAreas` are the usable parts of all screens, the primary one first.
 */
export function placeWindow(saved: Rectangle | undefined, workAreas: readonly Rectangle[]): Rectangle {
  const home = workAreas[0] ?? { x: 0, y: 0, ...usualSize }
  if (saved !== undefined) {
    for (const area of workAreas) {
      const fitted = fit(saved, area)
      if (isFindable(fitted, area)) return fitted
    }
  }
  const width = Math.min(usualSize.width, home.width)
  const height = Math.min(usualSize.height, home.height)
  return {
    x: home.x + Math.round((home.width - width) / 2),
    y: home.y + Math.round((home.height - height) / 2),
    width,
    height,
  }
}

/** Not larger than the area, and with the title bar not above it. */
function fit(window: Rectangle, area: Rectangle): Rectangle {
  return {
    x: window.x,
    y: Math.max(window.y, area.y),
    width: Math.max(smallestSize.width, Math.min(window.width, area.width)),
    height: Math.max(smallestSize.height, Math.min(window.height, area.height)),
  }
}

function isFindable({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const visibleWidth = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  return visibleWidth >= visiblePart.width && area.y + area.height - y >= visiblePart.height
}
