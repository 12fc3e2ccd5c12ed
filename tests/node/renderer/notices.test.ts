import { describe, expect, it } from 'vitest'
import type { PlanStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'
import { forgetNotices } from '../../../src-renderer/stores/forget-notices.ts'
import { whyNotByHand } from '../../../src-renderer/stores/permission.ts'
import { addNotice, createSessionStore, noteOutcome } from '../../../src-renderer/stores/session-store.ts'
import { samplePlan } from './sample-engine.ts'

const failure = (code: string) => ({ code, message: code, hint: undefined, details: undefined })

describe('notices', () => {
  it('go when the action that they are about succeeds', () => {
    const session = createSessionStore()
    const titles = () => session.getState().notices.map(({ title }) => title)
    noteOutcome(session, 'The stage did not move', failure('OUT_OF_RANGE'))
    noteOutcome(session, 'No image was taken', failure('DEVICE_FAILED'))
    noteOutcome(session, 'The stage did not move', undefined)
    expect(titles()).toEqual(['No image was taken'])
  })

  it('go when their cause has gone, and only then', () => {
    const session = createSessionStore()
    const engine = createEngineStore()
    const codes = () => session.getState().notices.map((notice) => notice.failure.code)
    const anna = { id: 'a', label: 'Anna', role: 'operator' as const, address: '127.0.0.1' }
    forgetNotices(engine, session)
    engine.setConnection({ state: 'lost', message: '', retryAt: 0 })
    engine.apply({ type: 'controlChanged', control: { holder: anna } })
    addNotice(session, 'One', failure('UNREACHABLE'))
    addNotice(session, 'Two', failure('CONTROL_TAKEN'))
    addNotice(session, 'Three', failure('DATA_FOLDER'))
    engine.apply({ type: 'galleryChanged' })
    expect(codes()).toEqual(['UNREACHABLE', 'CONTROL_TAKEN', 'DATA_FOLDER'])
    engine.setConnection({ state: 'connected' })
    expect(codes()).toEqual(['CONTROL_TAKEN', 'DATA_FOLDER'])
    engine.apply({ type: 'controlChanged', control: {} })
    expect(codes()).toEqual(['DATA_FOLDER'])
  })

  it('go when the search for the focus that was in the way has ended', () => {
    const session = createSessionStore()
    const engine = createEngineStore()
    forgetNotices(engine, session)
    const focus = { detectorName: 'a', startUm: 0, fromUm: -5, toUm: 5, curve: [] }
    engine.apply({ type: 'focusChanged', focus: { ...focus, state: 'searching' } })
    addNotice(session, 'Nothing is recorded', failure('ACQUISITION_RUNNING'))
    engine.apply({ type: 'galleryChanged' })
    expect(session.getState().notices).toHaveLength(1)
    engine.apply({ type: 'focusChanged', focus: { ...focus, state: 'stopped' } })
    expect(session.getState().notices).toEqual([])
  })

  it('go when the plan that sets the microscope is paused', () => {
    const session = createSessionStore()
    const engine = createEngineStore()
    forgetNotices(engine, session)
    const become = (state: PlanStatus['state']) =>
      engine.apply({ type: 'acquisitionChanged', acquisition: { ...samplePlan, state } })
    become('waiting')
    addNotice(session, 'The stage was not moved', failure(whyNotByHand(engine.getState())?.code ?? ''))
    addNotice(session, 'Nothing is recorded', failure('ACQUISITION_RUNNING'))
    become('acquiring')
    expect(session.getState().notices).toHaveLength(2)
    become('paused')
    expect(session.getState().notices.map(({ title }) => title)).toEqual(['Nothing is recorded'])
  })
})
