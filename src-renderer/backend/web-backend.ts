import { createORPCClient } from '@orpc/client'
import { OpenAPILink } from '@orpc/openapi-client/fetch'
import { contract } from '../../src-shared/contract/contract.ts'
import type { Backend, EngineClient } from './backend.ts'

/** The engine behind the server at `origin`: calls over its HTTP API, frames over socket.io. */
export function createWebBackend(origin: string): Backend {
  const client: EngineClient = createORPCClient(new OpenAPILink(contract, { url: `${origin}/api` }))
  return { client, remote: true, openFrames: () => ({ kind: 'socket', url: origin, path: '/socket.io/' }) }
}
