import { describe, expect, it } from 'vitest'
import type { Histogram } from '../../../src-renderer/display/display-types.ts'
import {
  displaySettings,
  initialLooks,
  windowOf,
  withHistogram,
} from '../../../src-renderer/stores/channel-look.ts'
import {
  activeChannel,
  initialViewerState,
  isAtNewest,
  isUnderWay,
  planeIndex,
  shownChannels,
  trueRate,
  withDataset,
  withIndex,
  withOpened,
} from '../../../src-renderer/stores/viewer-store.ts'
import { datasetFacts } from '../../../src-renderer/views/viewer/dataset-facts.ts'
import { matchingRows, metadataRows } from '../../../src-renderer/views/viewer/metadata-rows.ts'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { sampleDataset, sampleOpened, sampleUnderWay } from './sample-image.ts'

const histogram = (p001: number, p999: number): Histogram => ({
  bins: new Uint32Array(256),
  binsUpTo: 4095,
  maxValue: 4095,
  min: p001,
  max: p999,
  mean: 0,
  p001,
  p999,
  saturatedFraction: 0,
})

describe('an item that is opened', () => {
  const state = withOpened(initialViewerState, sampleOpened())
  it('begins at the first time, in the middle of its stack, with all channels together', () => {
    expect(state.index).toEqual({ t: 0, p: 0, c: 0, z: 2 })
    expect([state.composed, shownChannels(state)]).toEqual([true, [0, 1]])
    expect(planeIndex(state, 1)).toEqual({ t: 0, c: 1, z: 2 })
    expect(datasetFacts(state)).toBe('OME-TIFF · 512 × 256 · 12 bits · 10 times · 2 channels · 5 z planes')
  })
  it('goes no further than its ends', () => {
    expect(withIndex(state, 't', 99).index.t).toBe(9)
    expect(withIndex(state, 'z', -3).index.z).toBe(0)
    expect(withIndex(state, 'p', 3)).toBe(state)
  })
  it('stays where it is when it has grown, with what the user chose', () => {
    const moved = withIndex({ ...state, composed: false }, 't', 8)
    const grown = withOpened(moved, sampleOpened([sampleDataset({ sizes: { t: 20, c: 2, z: 5 } })]))
    expect([grown.index.t, grown.composed]).toEqual([8, false])
    expect(grown.index).toBe(moved.index)
    expect(withIndex(grown, 't', 15).index.t).toBe(15)
    const other = withOpened(moved, sampleOpened([sampleDataset({ width: 100 })]))
    expect([other.index.t, other.composed]).toEqual([0, true])
  })
  it('shows other cameras from their beginning', () => {
    const two = [sampleDataset(), sampleDataset({ name: 'second', sizes: { t: 3 }, channels: [] })]
    const second = withDataset(withIndex(withOpened(initialViewerState, sampleOpened(two)), 't', 5), 1)
    expect([second.dataset, second.index.t, second.composed, second.looks.length]).toEqual([1, 0, false, 1])
    expect(planeIndex(second, 0)).toEqual({ t: 0 })
    expect(withDataset(second, 7)).toBe(second)
  })
  it('reads out a channel that is seen', () => {
    const hidden = { ...state, looks: state.looks.map((look, c) => ({ ...look, visible: c === 1 })) }
    expect([shownChannels(hidden), activeChannel(hidden)]).toEqual([[1], 1])
    expect(activeChannel({ ...hidden, composed: false })).toBe(0)
  })
})

describe('an item that is being acquired', () => {
  const grownTo = (t: number, wholeTimes?: number) =>
    sampleUnderWay([
      sampleDataset({ sizes: { t, c: 2, z: 5 }, ...(wholeTimes === undefined ? {} : { wholeTimes }) }),
    ])
  it('begins at the newest time of which nothing is still to come, and follows it', () => {
    const first = withOpened(initialViewerState, grownTo(1, 0))
    expect([first.index.t, isAtNewest(first), isUnderWay(first)]).toEqual([0, true, true])
    const second = withOpened(first, grownTo(7, 6))
    expect([second.index.t, isAtNewest(second)]).toEqual([5, true])
    expect(withOpened(second, grownTo(7)).index.t).toBe(6)
    expect(withOpened(initialViewerState, grownTo(7, 6)).index.t).toBe(5)
  })
  it('stays where the user goes, until that is the newest time again', () => {
    const at = (t: number) => withIndex(withOpened(initialViewerState, grownTo(7)), 't', t)
    expect(withOpened(at(5), grownTo(8)).index.t).toBe(5)
    expect(withOpened(at(6), grownTo(8)).index.t).toBe(7)
    // One that begins is seen already, if the user goes there.
    const ahead = withIndex(withOpened(initialViewerState, grownTo(7, 6)), 't', 6)
    expect(withOpened(ahead, grownTo(8, 7)).index.t).toBe(6)
    expect(withOpened(ahead, grownTo(9, 8)).index.t).toBe(7)
    const playing = { ...at(6), playing: 't' as const }
    expect(withOpened(playing, grownTo(8)).index.t).toBe(6)
  })
  it('shows its end when it was found to be shorter', () => {
    const state = withIndex(withOpened(initialViewerState, grownTo(9)), 't', 4)
    expect(withOpened(state, grownTo(3)).index.t).toBe(2)
  })
})

describe('rates', () => {
  const opened = (parts: Partial<ImageDataset>) =>
    withOpened(initialViewerState, sampleOpened([sampleDataset(parts)])).framesPerSecond
  it('are those of films, and usual ones of what nobody would wait for', () => {
    expect(opened({ timeStepS: 0.02 })).toBe(50)
    expect(opened({ timeStepS: 0.0333333 })).toBe(30)
    expect(opened({ timeStepS: 60 })).toBe(10)
    expect(opened({})).toBe(10)
    expect(trueRate(sampleDataset({ timeStepS: 4 }))).toBe(0.25)
    expect(trueRate(sampleDataset({ timeStepS: 1, sizes: { z: 5 } }))).toBeUndefined()
  })
})

describe('looks of channels', () => {
  it('have the file’s colours and contrast, or usual ones', () => {
    const [dapi, gfp] = initialLooks(sampleDataset())
    expect(dapi).toMatchObject({ table: '#3b7bff', window: undefined })
    expect(gfp).toMatchObject({ table: '#00ff3c', window: { low: 100, high: 900 } })
    const pixelFormat = 'Mono12'
    const own = initialLooks({
      pixelFormat,
      sizes: { c: 2 },
      channels: [
        { name: 'DAPI', color: '#123456' },
        { name: 'x', color: 'red' },
      ],
    })
    expect(own.map(({ table }) => table)).toEqual(['#123456', '#ff00e0'])
    expect(
      initialLooks({ pixelFormat, sizes: {}, channels: [{ name: 'GFP', color: '#00ff00' }] })[0]?.table,
    ).toBe('gray')
    expect(initialLooks({ pixelFormat, sizes: { c: 3 }, channels: [] }).map(({ name }) => name)).toEqual([
      'Channel 1',
      'Channel 2',
      'Channel 3',
    ])
  })
  it('leave colour images as they are', () => {
    const [look] = initialLooks({ pixelFormat: 'RGB8', sizes: {}, channels: [] })
    if (look === undefined) throw new Error('no channel')
    expect(windowOf(withHistogram(look, histogram(50, 200)), 255)).toEqual({ low: 0, high: 255 })
  })
  it('fit the first plane, and then stay, unless they follow each', () => {
    const [look] = initialLooks(sampleDataset())
    if (look === undefined) throw new Error('no channel')
    expect(windowOf(look, 4095)).toEqual({ low: 0, high: 4095 })
    const fitted = withHistogram(look, histogram(50, 700))
    expect(fitted.window).toEqual({ low: 50, high: 700 })
    expect(withHistogram(fitted, histogram(0, 4000))).toBe(fitted)
    const following = withHistogram({ ...fitted, windowMode: 'auto' }, histogram(50, 1900))
    expect(following.window?.high).toBeGreaterThan(700)
    const full = { ...fitted, windowMode: 'full' } as const
    expect(displaySettings(full, { maxValue: 4095, markSaturated: true, mosaic: 'raw' })).toEqual({
      low: 0,
      high: 4095,
      gamma: 1,
      lut: '#3b7bff',
      markSaturated: true,
      mosaic: 'raw',
    })
  })
})

describe('metadata', () => {
  const rows = metadataRows({
    devices: [{ id: 'camera', settings: { exposureMs: 20, roi: [0, 0, 512, 512] } }],
    software: 'Coverslip',
    startedAt: 1_795_889_660_547,
    many: Array.from({ length: 30 }, (_, i) => i),
  })
  it('is told line by line, below what it belongs to', () => {
    expect(rows.slice(0, 5)).toEqual([
      { group: '', name: 'software', value: 'Coverslip' },
      { group: '', name: 'startedAt', value: '2026-11-28 18:14:20.547 UTC' },
      { group: 'devices[0]', name: 'id', value: 'camera' },
      { group: 'devices[0].settings', name: 'exposureMs', value: '20' },
      { group: 'devices[0].settings', name: 'roi', value: '0, 0, 512, 512' },
    ])
    expect(rows).toHaveLength(35)
  })
  it('is found by all words, in any order', () => {
    expect(matchingRows(rows, 'exposure CAMERA')).toEqual([])
    expect(matchingRows(rows, '20 devices').map(({ name }) => name)).toEqual(['exposureMs'])
    expect(matchingRows(rows, '  ')).toBe(rows)
  })
})
