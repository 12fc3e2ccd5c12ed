import { describe, expect, it } from 'vitest'
import { acquisitionEvents } from '../../../../src-main/engine/acquisition-events.ts'
import type { AcquisitionRunEvent } from '../../../../src-shared/acquisition/acquisition-events.ts'
import { Emitter } from '../../../../src-shared/emitter.ts'

const paused = (id: string): AcquisitionRunEvent => ({ type: 'sequencePauseToggled', id, paused: true })

function source() {
  const events = new Emitter<AcquisitionRunEvent>()
  let listeners = 0
  return {
    emit: (id: string) => events.emit(paused(id)),
    listeners: () => listeners,
    onEvent: (listener: (event: AcquisitionRunEvent) => void) => {
      listeners += 1
      const end = events.on(listener)
      return () => {
        listeners -= 1
        end()
      }
    },
  }
}

describe('acquisitionEvents', () => {
  it('gives every event in its order, also those that come while one is read', async () => {
    const from = source()
    const events = acquisitionEvents(from, undefined)
    const first = events.next()
    for (const id of ['a', 'b', 'c']) from.emit(id)
    expect((await first).value).toEqual(paused('a'))
    from.emit('d')
    for (const id of ['b', 'c', 'd']) expect((await events.next()).value).toEqual(paused(id))
    const later = events.next()
    from.emit('e')
    expect((await later).value).toEqual(paused('e'))
    await events.return(undefined)
    expect(from.listeners()).toBe(0)
  })

  it('ends when nobody listens any more', async () => {
    const from = source()
    const gone = new AbortController()
    const events = acquisitionEvents(from, gone.signal)
    const next = events.next()
    gone.abort()
    expect(await next).toEqual({ value: undefined, done: true })
    expect(from.listeners()).toBe(0)
  })

  it('tells a consumer that is too slow, instead of leaving something out', async () => {
    const from = source()
    const events = acquisitionEvents(from, undefined)
    const first = events.next()
    for (let i = 0; i <= 10_001; i++) from.emit(`${i}`)
    await expect(first).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(from.listeners()).toBe(0)
  })
})
