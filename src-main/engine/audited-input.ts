import { z } from 'zod'
import type { CallContext } from './call-context.ts'

const namesToken = z.object({ tokenId: z.string() })
const namesViewer = z.object({ viewerId: z.string() })

/**
 * A call's input as the audit log shall have it: with the label of the token or viewer that it names by an id, which
 * says nothing to anybody once they are gone. To be asked before the call is done.
 */
export function auditedInput(
  { access, engine }: Pick<CallContext, 'access' | 'engine'>,
  action: string,
  input: unknown,
): unknown {
  if (action === 'access.revokeToken') {
    const { tokenId } = namesToken.safeParse(input).data ?? {}
    return withLabel(
      input,
      access.tokens().find(({ id }) => id === tokenId),
    )
  }
  if (action === 'viewers.disconnect') {
    const { viewerId } = namesViewer.safeParse(input).data ?? {}
    return withLabel(
      input,
      engine.viewers.list().find(({ id }) => id === viewerId),
    )
  }
  return input
}

function withLabel(input: unknown, named: { readonly label: string } | undefined): unknown {
  if (named === undefined || typeof input !== 'object') return input
  return { label: named.label, ...input }
}
