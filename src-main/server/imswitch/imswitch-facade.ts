import type { FastifyInstance } from 'fastify'
import type { ServerContext } from '../server-context.ts'
import { addImSwitch } from './add-imswitch.ts'
import { serveImSwitchSocket } from './imswitch-socket.ts'
import { createImSwitchState } from './imswitch-state.ts'
import { addImSwitchUi } from './imswitch-ui.ts'

/** ImSwitch's whole interface: REST, socket.io and, with `uiFolder`, a built copy of its pages. */
export async function addImSwitchFacade(
  app: FastifyInstance,
  context: ServerContext,
  options: { readonly uiFolder?: string | undefined } = {},
): Promise<void> {
  const state = createImSwitchState(context.engine, context.access)
  await addImSwitch(app, context, state)
  if (options.uiFolder !== undefined) await addImSwitchUi(app, options.uiFolder)
  const sockets = serveImSwitchSocket(app.server, context, state)
  app.addHook('preClose', async () => {
    sockets.close()
    state.close()
  })
}
