import { describe, expect, it } from 'vitest'
import { forgetLostCalls, mustWait } from '../../../src-renderer/actions/record-actions.ts'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'
import { createSessionStore } from '../../../src-renderer/stores/session-store.ts'

describe('calls about the recording', () => {
  it('come one at a time, and an end waits for no start', () => {
    const [start, end] = [{ ends: false }, { ends: true }]
    expect(mustWait(undefined, start)).toBe(false)
    expect(mustWait(start, start)).toBe(true)
    expect(mustWait(start, end)).toBe(false)
    expect(mustWait(end, start)).toBe(true)
    expect(mustWait(end, end)).toBe(true)
  })

  it('are not waited for once the connection is another', () => {
    const engine = createEngineStore()
    const session = createSessionStore()
    forgetLostCalls({ engine, session })
    engine.setConnection({ state: 'connected' })
    session.setState({ recordingCall: { ends: true } })
    engine.setConnection({ state: 'lost', message: '', retryAt: 0 })
    expect(session.getState().recordingCall).toEqual({ ends: true })
    engine.setConnection({ state: 'connected' })
    expect(session.getState().recordingCall).toBeUndefined()
  })
})
