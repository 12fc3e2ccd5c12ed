import { describe, expect, it } from 'vitest'
import { callFailure } from '../../../src-renderer/backend/call-failure.ts'
import { autoStart, type AutoStartServices } from '../../../src-renderer/actions/auto-start.ts'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'
import { createViewStore } from '../../../src-renderer/stores/view-store.ts'
import { settingsSchema } from '../../../src-shared/settings.ts'
import { sampleCamera, sampleSnapshot, sampleStream } from './sample-engine.ts'

const lost = { state: 'lost', message: callFailure('x').message, retryAt: 0 } as const
const noStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }

function page() {
  const engine = createEngineStore()
  const started: string[] = []
  const services: AutoStartServices = { engine, view: createViewStore(() => noStorage) }
  const end = autoStart(services, (detector) => started.push(detector))
  return { engine, started, end }
}

describe('starting by itself', () => {
  it('happens once when the page opens and nothing streams', () => {
    const { engine, started } = page()
    engine.apply(sampleSnapshot())
    engine.apply({ type: 'streamStarted', stream: sampleStream('a') })
    engine.apply({ type: 'streamStopped', detectorName: 'a', protocol: 'binary', reason: 'request' })
    expect(started).toEqual(['a'])
  })
  it('waits for the camera', () => {
    const { engine, started } = page()
    engine.apply(sampleSnapshot({ devices: [sampleCamera('a', { status: { state: 'connecting' } })] }))
    expect(started).toEqual([])
    engine.apply({ type: 'deviceChanged', device: sampleCamera('a') })
    expect(started).toEqual(['a'])
  })
  it('does not happen where something streams, the settings forbid it, or this page only watches', () => {
    for (const patch of [
      { streams: [sampleStream('b')] },
      { settings: settingsSchema.parse({ autoStart: false }) },
      { caller: { id: 'x', role: 'viewer', label: 'X', address: '' } as const },
    ]) {
      const { engine, started } = page()
      engine.apply(sampleSnapshot(patch))
      engine.apply(sampleSnapshot())
      expect(started, JSON.stringify(patch)).toEqual([])
    }
  })
  it('happens again after a lost connection when what streamed before streams no more', () => {
    const { engine, started } = page()
    engine.apply(sampleSnapshot({ streams: [sampleStream('a')] }))
    engine.setConnection(lost)
    engine.setConnection(lost)
    engine.apply(sampleSnapshot())
    expect(started).toEqual(['a'])
  })
  it('does not undo a stop: nothing streamed before the connection was lost', () => {
    const { engine, started } = page()
    engine.apply(sampleSnapshot({ streams: [sampleStream('a')] }))
    engine.apply({ type: 'streamStopped', detectorName: 'a', protocol: 'binary', reason: 'request' })
    engine.setConnection(lost)
    engine.apply(sampleSnapshot())
    expect(started).toEqual([])
  })
})
