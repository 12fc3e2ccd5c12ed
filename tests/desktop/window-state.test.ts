import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  placeWindow,
  readWindowState,
  smallestSize,
  usualSize,
  writeWindowState,
} from '../../src-main/desktop/window-state.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'
import fc from '../fixtures/seeded-fast-check.ts'

const screen = { x: 0, y: 25, width: 1920, height: 1055 }
const left = { x: -1280, y: 0, width: 1280, height: 1024 }

describe('placing the window', () => {
  test('keeps bounds that are on a screen', () => {
    const saved = { x: -1200, y: 50, width: 900, height: 700 }
    expect(placeWindow(saved, [screen, left])).toEqual(saved)
  })

  test('opens in the middle when the screen it was on is gone', () => {
    const saved = { x: -1200, y: 50, width: 900, height: 700 }
    expect(placeWindow(saved, [screen])).toEqual({ x: 260, y: 103, ...usualSize })
  })

  test('never hides the title bar or exceeds the screen', () => {
    const placed = placeWindow({ x: 100, y: -30, width: 5000, height: 5000 }, [screen])
    expect(placed).toEqual({ x: 100, y: 25, width: 1920, height: 1055 })
  })

  test('leaves a part to drag on some screen, whatever was saved', () => {
    const coordinate = fc.integer({ min: -100_000, max: 100_000 })
    const length = fc.integer({ min: 100, max: 100_000 })
    fc.assert(
      fc.property(fc.record({ x: coordinate, y: coordinate, width: length, height: length }), (saved) => {
        const { x, y, width, height } = placeWindow(saved, [screen, left])
        expect(width).toBeGreaterThanOrEqual(smallestSize.width)
        expect(height).toBeGreaterThanOrEqual(smallestSize.height)
        const seen = [screen, left].some(
          (area) =>
            Math.min(x + width, area.x + area.width) - Math.max(x, area.x) >= 160 &&
            y >= area.y &&
            y <= area.y + area.height - 40,
        )
        expect(seen).toBe(true)
      }),
    )
  })
})

describe('the state file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(() => folder.remove())

  test('keeps what was written', () => {
    const file = join(folder.path, 'new', 'window-state.json')
    const state = { bounds: { x: 1, y: 2, width: 800, height: 600 }, maximized: true }
    writeWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
  })

  test.each([
    '',
    '{',
    'null',
    '{"bounds":{"x":0,"y":0,"width":1e9,"height":600},"maximized":false}',
    '{"maximized":true}',
  ])('is ignored when it holds %j', (text) => {
    const file = join(folder.path, 'bad.json')
    writeFileSync(file, text)
    expect(readWindowState(file)).toBeUndefined()
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('may be missing', () => {
    expect(readWindowState(join(folder.path, 'none.json'))).toBeUndefined()
  })
})
