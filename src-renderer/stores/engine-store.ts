import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EngineEvent, HostInfo } from '../../src-shared/contract/events.ts'
import {
  type EngineConnection,
  type EngineState,
  initialEngineState,
  reduceEngineEvent,
} from './engine-state.ts'

/** The engine as this page knows it. Filled by `followEngine`; components only read it. */
export type EngineStore = Pick<StoreApi<EngineState>, 'getState' | 'getInitialState' | 'subscribe'> & {
  apply(event: EngineEvent): void
  setConnection(connection: EngineConnection): void
  setInfo(info: HostInfo): void
}

/** A store that knows nothing yet. */
export function createEngineStore(): EngineStore {
  const store = createStore<EngineState>(() => initialEngineState)
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    apply: (event) => store.setState((state) => reduceEngineEvent(state, event), true),
    setConnection: (connection) => store.setState({ connection }),
    setInfo: (info) => store.setState({ info }),
  }
}
