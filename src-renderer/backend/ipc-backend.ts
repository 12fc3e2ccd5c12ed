import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { askMessage, isHandshake, portsMessage } from '../../src-shared/desktop-handshake.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Backend, EngineClient } from './backend.ts'

/** The main process sends the ports when the page has loaded; only a page that missed them asks. */
const askAfterMs = 300
const giveUpAfterMs = 10_000

type Ports = { readonly calls: MessagePort; readonly frames: MessagePort }

function receivePorts(page: Window): Promise<Ports> {
  return new Promise((resolve, reject) => {
    const ask = setTimeout(() => page.postMessage(askMessage, '*'), askAfterMs)
    const giveUp = setTimeout(() => {
      end()
      const hint = 'Close the window and open it again; if that does not help, restart Coverslip.'
      reject(
        new CoverslipError('INTERNAL', 'The window got no connection to the Coverslip engine.', { hint }),
      )
    }, giveUpAfterMs)

    function end() {
      clearTimeout(ask)
      clearTimeout(giveUp)
      page.removeEventListener('message', onMessage)
    }
    function onMessage(event: MessageEvent<unknown>) {
      if (event.source !== page || !isHandshake(event.data, portsMessage)) return
      const [calls, frames] = event.ports
      if (calls === undefined || frames === undefined) return
      end()
      resolve({ calls, frames })
    }
    page.addEventListener('message', onMessage)
  })
}

/**
 * The engine in the desktop's main process, over the two ports that the preload passes on.
 * @throws CoverslipError when no ports arrive within ten seconds.
 */
export async function createIpcBackend(page: Window): Promise<Backend> {
  const { calls, frames } = await receivePorts(page)
  const client: EngineClient = createORPCClient(new RPCLink({ port: calls }))
  calls.start()
  return { client, frameSource: { kind: 'port', port: frames } }
}
