import { describe, expect, it } from 'vitest'
import { addPositions, stageTarget, withinTravel } from '../../../src-renderer/actions/stage-actions.ts'
import type { Command } from '../../../src-renderer/actions/command.ts'
import { commandOf } from '../../../src-renderer/actions/command-keys.ts'
import { commands } from '../../../src-renderer/actions/commands.ts'
import { callFailure } from '../../../src-renderer/backend/call-failure.ts'
import type { ShownFrame } from '../../../src-renderer/display/display-types.ts'
import { initialEngineState, reduceEngineEvent } from '../../../src-renderer/stores/engine-state.ts'
import { LatestSender } from '../../../src-renderer/stores/latest-sender.ts'
import { activePreset, nextProtocol, streamOf } from '../../../src-renderer/stores/selectors.ts'
import {
  defaultDetectorDisplay,
  initialViewState,
  restoreViewState,
} from '../../../src-renderer/stores/view-store.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { sampleCamera, sampleSnapshot, sampleStream } from './sample-engine.ts'

describe('LatestSender', () => {
  it('sends one at a time and of those waiting only the newest', async () => {
    const sent: number[] = []
    const releases: (() => void)[] = []
    let idle = 0
    const sender = new LatestSender<number>(
      (value) => {
        sent.push(value)
        return new Promise((resolve) => releases.push(resolve))
      },
      () => {
        idle += 1
      },
    )
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    for (const value of [1, 2, 3, 4]) sender.submit(value)
    expect(sent).toEqual([1])
    releases[0]?.()
    await settle()
    expect(sent).toEqual([1, 4])
    expect(sender.busy).toBe(true)
    releases[1]?.()
    await settle()
    expect([sender.busy, idle]).toEqual([false, 1])
    sender.submit(5)
    expect(sent).toEqual([1, 4, 5])
  })
})

describe('what is remembered of the view', () => {
  it('comes back as it was', () => {
    const panes = { ...initialViewState.panes, a: { detector: 'a' }, b: { display: defaultDetectorDisplay } }
    const stored = { ...initialViewState, layout: 'rows', panes, stageStep: { xyUm: 7, zUm: 2 } } as const
    expect(restoreViewState(JSON.parse(JSON.stringify(stored)))).toEqual(stored)
  })
  it('falls back part by part where it is damaged or from another version', () => {
    const restored = restoreViewState({
      detector: 'a',
      layout: 'spiral',
      panels: { leftWidth: 'wide' },
      displays: { a: { lut: 'rainbow' } },
      stageStep: { xyUm: 7, zUm: 2 },
      unknown: 1,
    })
    const panes = { ...initialViewState.panes, a: { detector: 'a' } }
    expect(restored).toEqual({ ...initialViewState, panes, stageStep: { xyUm: 7, zUm: 2 } })
    for (const nothing of [undefined, null, 3, 'x'])
      expect(restoreViewState(nothing)).toEqual(initialViewState)
  })
})

describe('which camera and stream', () => {
  const state = reduceEngineEvent(
    { ...initialEngineState, info: { version: '1', transport: 'network', protocols: ['binary', 'jpeg'] } },
    sampleSnapshot({ devices: [sampleCamera('a', { status: { state: 'connecting' } }), sampleCamera('b')] }),
  )
  it('starts by the protocol chosen here, used last, or set as default, if the host has it', () => {
    expect(nextProtocol(state, initialViewState, 'a')).toBe('binary')
    expect(nextProtocol(state, { ...initialViewState, protocols: { a: 'jpeg' } }, 'a')).toBe('jpeg')
    expect(nextProtocol(state, { ...initialViewState, protocols: { a: 'webrtc' } }, 'a')).toBe('binary')
  })
  it('prefers the stream that can be shown here', () => {
    const streams = [sampleStream('a', 'mjpeg'), sampleStream('a', 'jpeg'), sampleStream('b')]
    expect(streamOf(streams, 'a')?.protocol).toBe('jpeg')
    expect(streamOf(streams, undefined)).toBeUndefined()
  })
  it('knows the channel whose settings all hold', () => {
    const preset = (name: string, value: number) => ({
      group: 'Channel',
      name,
      settings: [{ deviceId: 'b', property: 'exposureMs', value }],
    })
    const withPresets = { ...state, presets: [preset('GFP', 5), preset('DAPI', 20)] }
    expect(activePreset(withPresets, 'Channel')).toBe('DAPI')
    expect(activePreset({ ...withPresets, devices: [] }, 'Channel')).toBeUndefined()
  })
})

describe('stage', () => {
  const frame: ShownFrame = {
    detectorName: 'a',
    frameId: 0,
    sequence: 0,
    width: 100,
    height: 50,
    originalWidth: 200,
    originalHeight: 100,
    offsetX: 0,
    offsetY: 0,
    subsampling: 2,
    pixelFormat: 'Mono12',
    significantBits: 12,
    maxValue: 4095,
    pixelSizeUm: 0.5,
    stage: { x: 10, y: -20 },
    channel: undefined,
    protocol: 'binary',
    windowed: undefined,
  }
  it('goes where a pixel is', () => {
    expect(stageTarget(frame, { x: 50, y: 25 })).toEqual({ x: 10, y: -20 })
    expect(stageTarget(frame, { x: 60, y: 5 })).toEqual({ x: 15, y: -30 })
    expect(stageTarget({ ...frame, pixelSizeUm: undefined }, { x: 0, y: 0 })).toBeUndefined()
  })
  it('stays within its travel and adds up steps by axis', () => {
    expect(
      withinTravel({ x: 200, y: -5, z: 1 }, { x: { min: -100, max: 100 }, y: { min: 0, max: 9 } }),
    ).toEqual({
      x: 100,
      y: 0,
    })
    expect(addPositions({ x: 1, z: 2 }, { x: 3, y: 4 })).toEqual({ x: 4, y: 4, z: 2 })
  })
})

describe('keys', () => {
  const press = (
    key: string,
    modifiers: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
  ) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...modifiers,
  })
  it('run one command each', () => {
    // The viewer and the live view are never on show together.
    const together: readonly Command['scope'][][] = [
      ['page', 'live', 'image'],
      ['page', 'viewer'],
    ]
    for (const scopes of together) {
      const keys = commands.flatMap((command) => (scopes.includes(command.scope) ? command.keys : []))
      expect(new Set(keys).size).toBe(keys.length)
    }
    expect(commandOf(press('0'), 'viewer')?.id).toBe('viewer-fit')
    expect(commandOf(press('0'), 'live')?.id).toBe('fit')
    expect(commandOf(press('Escape'), 'page')).toBeUndefined()
  })
  it('of the stage need the image to have the focus', () => {
    expect(commandOf(press('ArrowLeft'), 'image')?.group).toBe('Stage')
    expect(commandOf(press('ArrowLeft'), 'live')).toBeUndefined()
  })
  it('leave the browser’s own combinations alone', () => {
    expect(commandOf(press('f'), 'live')?.id).toBe('fit')
    expect(commandOf(press('f', { ctrlKey: true }), 'live')).toBeUndefined()
    expect(commandOf(press('l', { altKey: true }), 'live')).toBeUndefined()
    expect(commandOf(press('K', { metaKey: true }), 'live')?.id).toBe('commands')
  })
})

describe('failures in words', () => {
  it('keep message, hint and details', () => {
    const error = new CoverslipError('OUT_OF_RANGE', 'Too long', { hint: 'Shorter', data: { max: 5 } })
    expect(callFailure(error)).toEqual({
      code: 'OUT_OF_RANGE',
      message: 'Too long',
      hint: 'Shorter',
      details: { max: 5 },
    })
  })
  it('say that the host does not answer when fetch fails', () => {
    expect(callFailure(new TypeError('Failed to fetch')).code).toBe('UNREACHABLE')
    expect(callFailure('odd').message).toBe('odd')
  })
})
