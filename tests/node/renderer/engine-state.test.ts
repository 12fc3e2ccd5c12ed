import { describe, expect, it } from 'vitest'
import { initialEngineState, reduceEngineEvent } from '../../../src-renderer/stores/engine-state.ts'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import { sampleCamera, sampleSnapshot, sampleStage, sampleStats, sampleStream } from './sample-engine.ts'

const reduce = (...events: EngineEvent[]) => events.reduce(reduceEngineEvent, initialEngineState)

describe('the engine’s state in the UI', () => {
  it('begins with the snapshot, which replaces everything known before', () => {
    const first = reduce(
      sampleSnapshot({ streams: [sampleStream('a')] }),
      { type: 'streamStats', stats: sampleStats('a') },
      sampleSnapshot({ devices: [sampleCamera('c')] }),
    )
    expect(first.connection).toEqual({ state: 'connected' })
    expect(first.devices.map((device) => device.id)).toEqual(['c'])
    expect(first.streams).toEqual([])
    expect(first.stats).toEqual({})
  })

  it('replaces a changed device in its place and keeps the others’ identity', () => {
    const before = reduce(sampleSnapshot())
    const changed = sampleCamera('a', { status: { state: 'connecting' } })
    const after = reduceEngineEvent(before, { type: 'deviceChanged', device: changed })
    expect(after.devices.map((device) => device.id)).toEqual(['a', 'b', 'stage'])
    expect(after.devices[0]).toEqual(changed)
    expect(after.devices[1]).toBe(before.devices[1])
    expect(after.presets).toBe(before.presets)
  })

  it('adds and removes devices', () => {
    const added = reduce(sampleSnapshot(), { type: 'deviceChanged', device: sampleCamera('new') })
    expect(added.devices.map((device) => device.id)).toEqual(['a', 'b', 'stage', 'new'])
    const removed = reduceEngineEvent(added, { type: 'deviceRemoved', deviceId: 'b' })
    expect(removed.devices.map((device) => device.id)).toEqual(['a', 'stage', 'new'])
  })

  it('moves the stage, and ignores the move of an unknown one', () => {
    const before = reduce(sampleSnapshot())
    const position = { x: 5, y: 6, z: 7 }
    const moved = reduceEngineEvent(before, { type: 'stageMoved', deviceId: 'stage', position })
    expect(moved.devices[2]).toEqual({ ...sampleStage, position })
    expect(reduceEngineEvent(before, { type: 'stageMoved', deviceId: 'gone', position })).toBe(before)
  })

  it('follows streams: started once, changed in place, stopped by protocol', () => {
    const jpeg = sampleStream('a', 'jpeg')
    const state = reduce(
      sampleSnapshot(),
      { type: 'streamStarted', stream: sampleStream('a') },
      { type: 'streamStarted', stream: sampleStream('a') },
      { type: 'streamStarted', stream: jpeg },
      { type: 'streamStats', stats: sampleStats('a', 'jpeg') },
      { type: 'streamStopped', detectorName: 'a', protocol: 'binary', reason: 'request' },
    )
    expect(state.streams).toEqual([jpeg])
    expect(state.stats['jpeg:a']?.protocol).toBe('jpeg')
    const stopped = reduceEngineEvent(state, {
      type: 'streamStopped',
      detectorName: 'a',
      protocol: 'jpeg',
      reason: 'request',
    })
    expect(stopped.streams).toEqual([])
    expect(stopped.stats).toEqual({})
    expect(stopped.ended).toBeUndefined()
  })

  it('remembers that a stream ended by itself until its camera streams again', () => {
    const ended = reduce(sampleSnapshot({ streams: [sampleStream('a')] }), {
      type: 'streamStopped',
      detectorName: 'a',
      protocol: 'binary',
      reason: 'long_exposure',
    })
    expect(ended.ended).toEqual({ detectorName: 'a', reason: 'long_exposure' })
    const other = reduceEngineEvent(ended, { type: 'streamStarted', stream: sampleStream('b') })
    expect(other.ended).toEqual(ended.ended)
    expect(
      reduceEngineEvent(other, { type: 'streamStarted', stream: sampleStream('a') }).ended,
    ).toBeUndefined()
  })

  it('keeps alerts keyed: the same one again replaces the first', () => {
    const alert = { id: 'x', severity: 'warning', source: 'Camera', message: 'one', since: 1 } as const
    const state = reduce(
      sampleSnapshot(),
      { type: 'alertRaised', alert },
      { type: 'alertRaised', alert: { ...alert, message: 'two' } },
      { type: 'alertRaised', alert: { ...alert, id: 'y' } },
    )
    expect(state.alerts.map(({ id, message }) => [id, message])).toEqual([
      ['x', 'two'],
      ['y', 'one'],
    ])
    expect(reduceEngineEvent(state, { type: 'alertCleared', alertId: 'x' }).alerts).toHaveLength(1)
  })
})
