import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { askMessage, framesMessage, isHandshake, portsMessage } from '../../src-shared/desktop-handshake.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameSource } from '../display/display-types.ts'
import type { Backend, EngineClient } from './backend.ts'

/** The main process sends the port when the page has loaded; only a page that missed them asks. */
const askAfterMs = 300
const giveUpAfterMs = 10_000

function receiveCalls(page: Window): Promise<MessagePort> {
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
      const [calls] = event.ports
      if (calls === undefined) return
      end()
      resolve(calls)
    }
    page.addEventListener('message', onMessage)
  })
}

/** A channel for frames whose other end goes to the main process; messages wait until that has it. */
function openFrames(page: Window): FrameSource {
  const { port1: port, port2: host } = new MessageChannel()
  page.postMessage(framesMessage, '*', [host])
  return { kind: 'port', port }
}

/**
 * The engine in the desktop's main process, over ports that the preload passes on.
 * @throws CoverslipError when no port for calls arrives within ten seconds.
 */
export async function createIpcBackend(page: Window): Promise<Backend> {
  const calls = await receiveCalls(page)
  const client: EngineClient = createORPCClient(new RPCLink({ port: calls }))
  calls.start()
  return { client, remote: false, openFrames: () => openFrames(page) }
}
