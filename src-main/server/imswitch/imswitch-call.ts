/** How the calls of ImSwitch's controllers are written down here: one table per controller. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Caller } from '../../../src-shared/access.ts'
import type { CallAccess } from '../../../src-shared/contract/call-kinds.ts'
import type { ServerContext } from '../server-context.ts'
import type { ImSwitchState } from './imswitch-state.ts'

/** Changes something that two operators cannot dispute, or that must never wait. */
export const freeChange = { role: 'operator', control: false } as const satisfies CallAccess

/** What a call gets. */
export type CallContext = {
  readonly context: ServerContext
  readonly state: ImSwitchState
  readonly caller: Caller
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** One method of a controller; its query and body are checked before it runs. */
export type ImSwitchCall = {
  readonly verb: 'GET' | 'POST'
  /** Who may; by the query where that decides. */
  needed(query: Readonly<Record<string, unknown>>): CallAccess
  readonly query: z.ZodObject
  readonly body: z.ZodType | undefined
  /** Controller errors are answered as HTTP 200 with `status: "error"`. */
  readonly errorsInBody: boolean
  /** What it answers, as JSON; the reply itself when it has been answered. */
  run(query: unknown, body: unknown, call: CallContext): unknown
}

/** A controller of ImSwitch with its calls, by their names. */
export type Controller = { readonly name: string; readonly calls: Readonly<Record<string, ImSwitchCall>> }

type Definition<Query extends z.ZodObject, Body extends z.ZodType> = {
  readonly verb?: 'GET' | 'POST'
  readonly needed: CallAccess | ((query: z.output<Query>) => CallAccess)
  readonly query?: Query
  readonly body?: Body
  readonly errorsInBody?: boolean
  run(input: CallContext & { readonly query: z.output<Query>; readonly body: z.output<Body> }): unknown
}

const noQuery = z.object({})

/** A call with the types of its query and body. */
export function call<Query extends z.ZodObject = typeof noQuery, Body extends z.ZodType = z.ZodUndefined>(
  definition: Definition<Query, Body>,
): ImSwitchCall {
  const { needed, query = noQuery, body } = definition
  return {
    verb: definition.verb ?? 'GET',
    needed: (given) => (typeof needed === 'function' ? needed(given as z.output<Query>) : needed),
    query,
    body,
    errorsInBody: definition.errorsInBody ?? false,
    run: (givenQuery, givenBody, context) =>
      definition.run({
        ...context,
        query: givenQuery as z.output<Query>,
        body: givenBody as z.output<Body>,
      }),
  }
}

/** Parts of queries. */
export const inQuery = {
  text: z.string().max(300),
  number: z.coerce.number(),
  /** As FastAPI reads booleans. */
  flag: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', '1', 'on', 'yes', 't', 'y', 'false', '0', 'off', 'no', 'f', 'n']))
    .transform((text) => ['true', '1', 'on', 'yes', 't', 'y'].includes(text)),
  /** An empty text means no name, as an unset value of a page. */
  name: z
    .string()
    .max(200)
    .transform((text) => (text === '' || text === 'null' || text === 'undefined' ? undefined : text))
    .optional(),
} as const
