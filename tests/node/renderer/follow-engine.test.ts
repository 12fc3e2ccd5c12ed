import { createRouterClient, implement, ORPCError } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { EngineClient } from '../../../src-renderer/backend/backend.ts'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'
import { followEngine } from '../../../src-renderer/stores/follow-engine.ts'
import { contract } from '../../../src-shared/contract/contract.ts'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import { sampleCamera, sampleSnapshot } from './sample-engine.ts'

/** What a connection does: these events, then its end; or it fails at once. */
type Link = { readonly events: readonly EngineEvent[] } | { readonly fails: string }

function clientOf(links: readonly Link[]): Pick<EngineClient, 'system'> {
  const os = implement(contract)
  let next = 0
  return createRouterClient({
    system: {
      info: os.system.info.handler(() => {
        const link = links[next]
        if (link === undefined || 'fails' in link) {
          next += 1
          throw new TypeError(link?.fails ?? 'no more links')
        }
        return { version: '1', transport: 'network' as const, protocols: ['binary' as const] }
      }),
      events: os.system.events.handler(async function* () {
        const link = links[next]
        next += 1
        if (link !== undefined && 'events' in link) yield* link.events
      }),
    },
  })
}

describe('following the engine', () => {
  it('connects again with growing pauses and takes over the new snapshot', async () => {
    const client = clientOf([
      { events: [sampleSnapshot({ devices: [sampleCamera('first')] })] },
      { fails: 'refused' },
      { fails: 'refused' },
      { events: [sampleSnapshot({ devices: [sampleCamera('second')] })] },
    ])
    const store = createEngineStore()
    const end = new AbortController()
    const pauses: number[] = []
    const seen: string[] = []
    store.subscribe(({ connection, devices }) => {
      const text = `${connection.state} ${devices.map((device) => device.id).join()}`
      if (seen.at(-1) !== text) seen.push(text)
    })
    await followEngine({
      client,
      store,
      signal: end.signal,
      wait: async (ms) => {
        pauses.push(ms)
        if (pauses.length === 4) end.abort()
      },
    })
    expect(seen).toEqual(['connecting ', 'connected first', 'lost first', 'connected second', 'lost second'])
    // After a connection that worked the pauses begin anew.
    expect(pauses).toEqual([500, 1000, 2000, 500])
    expect(store.getState().connection).toMatchObject({ state: 'lost' })
    expect(store.getState().info?.protocols).toEqual(['binary'])
  })

  it('stops where the host lets this page in no more', async () => {
    const store = createEngineStore()
    const os = implement(contract)
    const refusal = () => {
      throw new ORPCError('UNAUTHORIZED', { message: 'Revoked', data: { hint: 'Ask for a new link' } })
    }
    const client = createRouterClient({
      system: { info: os.system.info.handler(refusal), events: os.system.events.handler(refusal) },
    })
    let waits = 0
    const wait = async () => {
      waits += 1
    }
    await followEngine({ client, store, signal: new AbortController().signal, wait })
    expect(waits).toBe(0)
    expect(store.getState().connection).toEqual({
      state: 'refused',
      message: 'Revoked',
      hint: 'Ask for a new link',
    })
  })

  it('says in the user’s words why it is lost', async () => {
    const store = createEngineStore()
    const end = new AbortController()
    const wait = async () => end.abort()
    await followEngine({ client: clientOf([]), store, signal: end.signal, wait })
    const { connection } = store.getState()
    expect(connection.state === 'lost' && connection.message).toMatch(/\S/)
  })
})
