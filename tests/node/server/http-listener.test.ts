import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { createListener } from '../../../src-main/server/http-listener.ts'
import { RefusalTally } from '../../../src-main/server/refusal-tally.ts'
import { selfSignedCredentials } from '../../../src-main/server/self-signed.ts'

it('closes at once though somebody has connected and never begins the handshake', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-listener-'))
  try {
    const tls = await selfSignedCredentials({ dataFolder, now: Date.now() })
    const tally = new RefusalTally({ alerts: new AlertBoard() })
    const server = createListener(() => undefined, { tls, limits: undefined, tally })
    const complaints: (string | undefined)[] = []
    server.on('tlsClientError', ({ code }: NodeJS.ErrnoException) => complaints.push(code))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const silent = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1')
    silent.on('error', () => undefined)
    await once(server, 'connection')
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
    expect(complaints).not.toContain('ERR_TLS_HANDSHAKE_TIMEOUT')
    silent.destroy()
  } finally {
    await rm(dataFolder, { recursive: true })
  }
})
