import { describe, expect, it } from 'vitest'
import { burntInLayout, legibleColour } from '../../../src-renderer/export/burnt-in.ts'
import {
  exportAxes,
  expectedDurationS,
  fileStem,
  offeredWidths,
  pictureCount,
  pictureLabels,
  pictureName,
  pictureSize,
  plannedPictures,
  ShowingTimes,
} from '../../../src-renderer/export/export-plan.ts'
import {
  initialViewerState,
  type ViewerState,
  withDataset,
} from '../../../src-renderer/stores/viewer-store.ts'
import type { ExportChoices, ExportSpeed } from '../../../src-renderer/export/export-choices.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function viewerOf(change: Partial<ImageDataset>): ViewerState {
  const dataset: ImageDataset = {
    name: 'cells',
    format: 'OME-Zarr',
    width: 640,
    height: 480,
    pixelFormat: 'Mono12',
    significantBits: 12,
    sizes: { t: 3 },
    channels: [{ name: 'Camera' }],
    positions: [],
    levels: [{ width: 640, height: 480 }],
    planes: 3,
    ...change,
  }
  const item = {
    id: 'x',
    name: 'cells',
    folder: true,
    kind: 'plan',
    format: 'OME-Zarr',
    startedAt: 0,
    cameras: [],
  } as const
  const opened = { item: { ...item, cameras: [] }, datasets: [dataset], metadata: {}, remarks: [] }
  return withDataset({ ...initialViewerState, opened }, 0)
}

const nowhere = { from: 0, to: 0 }
const extent = {
  format: 'mp4',
  axis: 't',
  ranges: { t: nowhere, z: nowhere, p: nowhere },
  zProjection: undefined,
  channels: 'all',
} as const satisfies Partial<ExportChoices>
const origin = { t: 0, p: 0, c: 0, z: 0 }

describe('Pictures of an export', () => {
  it('are those of the channels on show, in order, the others’ axes as they are seen', () => {
    const state = viewerOf({
      sizes: { t: 4, c: 3, z: 5 },
      channels: [{ name: 'DAPI' }, { name: 'GFP' }, { name: 'Cy5' }],
    })
    const looks = state.looks.map((look, channel) => ({ ...look, visible: channel !== 1 }))
    const along = { ...extent, ranges: { ...extent.ranges, t: { from: 1, to: 2 }, z: { from: 0, to: 4 } } }
    const pictures = [...plannedPictures({ ...state, looks }, along)]
    expect(pictures).toEqual(
      [1, 2].map((t) => ({
        index: { ...origin, t, z: 2 },
        planes: [0, 2].map((c) => ({ channel: c, index: { t, c, z: 2 } })),
        about: { t, c: 0, z: 2 },
      })),
    )
    const alone = { ...state, composed: false, index: { ...state.index, c: 1 } }
    const single = [...plannedPictures(alone, { ...along, axis: 'z' })]
    expect(single.map(({ planes }) => planes)).toEqual(
      [0, 1, 2, 3, 4].map((z) => [{ channel: 1, index: { t: 0, c: 1, z } }]),
    )
  })

  it('are along the axes that have several images', () => {
    expect(exportAxes({ sizes: { t: 1, z: 4, p: 2, c: 3 } })).toEqual(['z', 'p'])
    expect(exportAxes({ sizes: {} })).toEqual(['t'])
  })

  it('of formats that do not move go along all axes, raw values channel by channel', () => {
    const state = viewerOf({
      sizes: { t: 4, c: 2, z: 5, p: 3 },
      channels: [{ name: 'DAPI' }, { name: 'GFP' }],
    })
    const ranges = { t: { from: 1, to: 2 }, z: { from: 3, to: 4 }, p: { from: 0, to: 1 } }
    const indices = (choices: Partial<ExportChoices>) =>
      [...plannedPictures(state, { ...extent, ranges, ...choices })].map(({ index, planes }) => {
        if (choices.format !== 'png') expect(planes.map((plane) => plane.index)).toEqual([index])
        return `${index.p}${index.t}${index.z}${index.c}`
      })
    expect(indices({ format: 'tiff' })).toEqual(
      [0, 1].flatMap((p) =>
        [1, 2].flatMap((t) => [3, 4].flatMap((z) => [0, 1].map((c) => `${p}${t}${z}${c}`))),
      ),
    )
    expect(indices({ format: 'png' })).toEqual(
      [0, 1].flatMap((p) => [1, 2].flatMap((t) => [3, 4].map((z) => `${p}${t}${z}0`))),
    )
    expect(indices({ format: 'png', zProjection: 'max' })).toEqual(['0120', '0220', '1120', '1220'])
    const shown = { ...state, composed: false, index: { ...state.index, c: 1 } }
    for (const channels of ['all', 'shown'] as const) {
      const choices = { ...extent, ranges, format: 'raw', channels } as const
      const planned = [...plannedPictures(shown, choices)]
      expect(new Set(planned.map(({ index }) => index.c))).toEqual(new Set(channels === 'all' ? [0, 1] : [1]))
      expect(pictureCount(shown, choices)).toBe(planned.length)
    }
  })

  it('say what they are of', () => {
    const state = viewerOf({
      sizes: { c: 2, z: 3, p: 2 },
      zStepUm: 0.5,
      positions: ['A1', 'B2'],
      channels: [
        { name: 'DAPI', color: '#0000ff' },
        { name: 'GFP', color: '#00ff00' },
      ],
    })
    expect(pictureLabels(state, { ...extent, axis: 'z' }, { ...origin, z: 2 })).toEqual([
      { text: 'A1', colour: '#ffffff' },
      { text: 'z 0.50 µm', colour: '#ffffff' },
      { text: 'DAPI', colour: '#0000ff' },
      { text: 'GFP', colour: '#00ff00' },
    ])
    expect(pictureLabels(state, { ...extent, axis: 'p' }, { ...origin, p: 1 })[0]).toEqual({
      text: 'B2',
      colour: '#ffffff',
    })
    expect(pictureLabels(viewerOf({}), extent, origin)).toEqual([])
  })

  it('keep the images’ shape, with even sides where it is a video', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9000 }), fc.integer({ min: 2, max: 9000 }), (width, height) => {
        for (const offered of offeredWidths({ width, height })) {
          expect(offered).toBeLessThanOrEqual(width)
          const png = pictureSize({ width, height }, { format: 'png', width: offered })
          expect(Math.abs(png.height - (height * offered) / width)).toBeLessThanOrEqual(1)
          const video = pictureSize({ width, height }, { format: 'mp4', width: offered })
          expect([video.width % 2, video.height % 2]).toEqual([0, 0])
          expect(png.width - video.width).toBeLessThanOrEqual(1)
        }
        expect(pictureSize({ width, height }, { format: 'raw', width: 1 })).toEqual({ width, height })
      }),
    )
  })

  it('have names that sort, and files ones that every system takes', () => {
    const nameOf = (sizes: ImageDataset['sizes'], change: Partial<ExportChoices>, index: PlaneIndex) =>
      pictureName({ stem: 'cells', sizes }, { ...extent, ...change }, { ...origin, ...index })
    expect([0, 8, 9].map((t) => nameOf({ t: 100 }, {}, { t }))).toEqual([
      'cells_t001',
      'cells_t009',
      'cells_t010',
    ])
    const sizes = { t: 12, z: 5, p: 2, c: 3 }
    const index = { t: 9, z: 4, p: 1, c: 2 }
    expect(nameOf(sizes, { format: 'raw' }, index)).toBe('cells_p2_t10_z5_c3')
    expect(nameOf(sizes, { format: 'png' }, index)).toBe('cells_p2_t10_z5')
    expect(nameOf(sizes, { format: 'png', zProjection: 'max' }, index)).toBe('cells_p2_t10')
    expect(nameOf({}, { format: 'raw' }, {})).toBe('cells')
    expect(fileStem('../Zellen: "rot" / grün?')).toBe('Zellen_rot_grün')
    expect(fileStem('///')).toBe('export')
  })
})

describe('Times of an export', () => {
  function shownTimes(elapsedS: readonly (number | undefined)[], speed: ExportSpeed) {
    const times = new ShowingTimes(speed)
    return elapsedS.map((own, i) => times.next(own, elapsedS[i + 1]))
  }

  it('are even at a rate', () => {
    expect(shownTimes([undefined, 7, 3], { kind: 'rate', perSecond: 25 })).toEqual(
      [0, 0.04, 0.08].map((atS) => ({ atS, durationS: 0.04 })),
    )
  })

  it('follow the images’ own, so many times as fast; the last is as long as the others on average', () => {
    expect(shownTimes([10, 11, 14], { kind: 'real', times: 2 })).toEqual([
      { atS: 0, durationS: 0.5 },
      { atS: 0.5, durationS: 1.5 },
      { atS: 2, durationS: 1 },
    ])
    expect(shownTimes([5], { kind: 'real', times: 1 })).toEqual([{ atS: 0, durationS: 0.1 }])
  })

  it('always go on, whatever clocks say', () => {
    const time = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: undefined })
    fc.assert(
      fc.property(
        fc.array(time, { maxLength: 30 }),
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        (elapsed, times) => {
          const shown = shownTimes(elapsed, { kind: 'real', times })
          expect(shown.length).toBe(elapsed.length)
          for (const [i, { atS, durationS }] of shown.entries()) {
            expect(durationS).toBeGreaterThan(0)
            expect(shown[i + 1]?.atS ?? Number.POSITIVE_INFINITY).toBeGreaterThan(atS)
          }
        },
      ),
    )
  })

  it('are foretold where they can be', () => {
    const range = { ...extent, ranges: { ...extent.ranges, t: { from: 0, to: 9 } } }
    expect(expectedDurationS({}, { ...range, speed: { kind: 'rate', perSecond: 5 } })).toBe(2)
    expect(expectedDurationS({ timeStepS: 60 }, { ...range, speed: { kind: 'real', times: 300 } })).toBe(2)
    expect(expectedDurationS({}, { ...range, speed: { kind: 'real', times: 300 } })).toBeUndefined()
  })
})

describe('What is burnt in', () => {
  it('has a scale bar of a round length within the picture', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 4096 }),
        fc.integer({ min: 64, max: 4096 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (width, height, pixelSizeUm) => {
          const { bar, fontPx } = burntInLayout({ width, height }, pixelSizeUm)
          if (bar === undefined) throw new Error('no scale bar')
          expect(bar.x).toBeGreaterThan(width / 2)
          expect(bar.x + bar.width).toBeLessThan(width)
          expect(bar.y - fontPx).toBeGreaterThan(0)
          const [, number, unit] = /^([\d.]+) (nm|µm|mm)$/.exec(bar.label) ?? []
          const lengthUm =
            Number(number) * { nm: 0.001, µm: 1, mm: 1000 }[unit === 'nm' || unit === 'mm' ? unit : 'µm']
          expect(Math.abs(bar.width - lengthUm / pixelSizeUm)).toBeLessThanOrEqual(0.51)
        },
      ),
    )
    expect(burntInLayout({ width: 100, height: 100 }, undefined).bar).toBeUndefined()
  })

  it('has letters that are bright enough, in their colours as far as those are', () => {
    expect(legibleColour('#00ff3c')).toBe('#00ff3c')
    expect(legibleColour('#0000ff')).toBe('#7070ff')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (rgb) => {
        const legible = legibleColour(`#${rgb.toString(16).padStart(6, '0')}`)
        expect(legible).toMatch(/^#[\da-f]{6}$/)
        const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
          Number.parseInt(legible.slice(at, at + 2), 16),
        )
        expect(0.299 * red + 0.587 * green + 0.114 * blue).toBeGreaterThanOrEqual(127.4)
      }),
    )
  })
})
