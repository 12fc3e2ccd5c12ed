/**
 * ImSwitch's REST interface: `/imswitch/api/<Controller>/<method>`, the same under `/api` and without a prefix, for
 * ImSwitch's own pages and `imswitchclient`. It translates and checks; what is done, the engine does.
 */
import { hostname } from 'node:os'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { fromFastifyError, httpError } from '../http-error.ts'
import { guarded, look, type ServerContext } from '../server-context.ts'
import { listFiles, NoSuchFileError, sendFile } from './file-calls.ts'
import { hardwareControllers } from './hardware-calls.ts'
import type { Controller, ImSwitchCall } from './imswitch-call.ts'
import { docsInit, docsPage, openApi } from './imswitch-openapi.ts'
import type { ImSwitchState } from './imswitch-state.ts'
import { laserController } from './laser-calls.ts'
import { liveViewController } from './live-view-calls.ts'
import { objectiveController } from './objective-calls.ts'
import { positionerController } from './positioner-calls.ts'
import { recordingController } from './recording-calls.ts'
import { refuseForeignPages } from '../refuse-foreign-pages.ts'
import { settingsController } from './settings-calls.ts'
import { swaggerPolicy } from '../swagger-page.ts'
import { UnprocessableError } from './unprocessable-error.ts'

const controllers: readonly Controller[] = [
  liveViewController,
  settingsController,
  recordingController,
  positionerController,
  laserController,
  objectiveController,
  ...hardwareControllers,
]

/** Controllers that make a page show parts which this microscope does not have are left out by those that ask. */
const available = [...controllers.map(({ name }) => name), 'FileManager']

const prefixes = ['/imswitch/api', '/api', ''] as const

/** Refusals of access are the same for all ways in: never an answer of HTTP 200. */
const refusals = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'CONTROL_TAKEN', 'HOST_REFUSED', 'RATE_LIMITED'])

/** Adds the façade's routes to `app`. */
export async function addImSwitch(
  app: FastifyInstance,
  context: ServerContext,
  state: ImSwitchState,
): Promise<void> {
  await app.register(async (facade) => {
    takeAnyBody(facade)
    facade.setErrorHandler((error, _request, reply) => answerError(reply, error))
    for (const controller of controllers) {
      for (const [method, call] of Object.entries(controller.calls)) {
        const answer = answerOf({ context, state, action: `${controller.name}.${method}`, call })
        for (const prefix of prefixes)
          facade.route({
            method: call.verb,
            url: `${prefix}/${controller.name}/${method}`,
            exposeHeadRoute: false,
            handler: answer,
          })
      }
    }
    addHousekeeping(facade, context)
    addFiles(facade, context)
    addDocs(facade, context)
    facade.all('/imswitch/api/*', (request, reply) => {
      const { pathname } = new URL(request.url, 'http://localhost')
      return reply.code(404).send({ detail: `Not Found: ${request.method} ${pathname}` })
    })
  })
}

type Answered = {
  readonly context: ServerContext
  readonly state: ImSwitchState
  readonly action: string
  readonly call: ImSwitchCall
}

function answerOf({ context, state, action, call }: Answered) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = check(call.query, request.query, 'query')
    const body = call.body === undefined ? undefined : check(call.body, request.body, 'body')
    const needed = call.needed(query)
    const guard = { ...needed, action: `imswitch.${action}`, input: { ...query, ...asObject(body) } }
    if (needed.role !== 'viewer') refuseForeignPages(context, request.raw)
    try {
      const result = await guarded(context, request.raw, guard, async (caller) =>
        call.run(query, body, { context, state, caller, request, reply }),
      )
      return result === reply || reply.sent ? reply : sendJson(reply, result)
    } catch (error) {
      if (!(error instanceof CoverslipError) || !call.errorsInBody || refusals.has(error.code)) throw error
      const message = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`
      return sendJson(reply, { status: 'error', message })
    }
  }
}

/** Bare booleans, numbers, texts and null are JSON documents, too. */
function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value ?? null))
}

/** SDP in the audit log would be noise. */
function asObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'sdp'))
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  throw new UnprocessableError(
    checked.error.issues.map(({ path, message: msg }) => ({ loc: [where, ...path.map(String)], msg })),
  )
}

function addHousekeeping(facade: FastifyInstance, context: ServerContext): void {
  const facts: Readonly<Record<string, () => unknown>> = {
    version: () => ({ version: context.host.version }),
    getAvailableControllers: () => ({ availableControllers: available }),
    plugins: () => ({ plugins: [] }),
    hostname: () => ({ hostname: hostname() }),
    jupyternotebookurl: () => ({ url: '' }),
  }
  for (const [name, fact] of Object.entries(facts)) {
    for (const prefix of prefixes)
      facade.get(`${prefix}/${name}`, async (request, reply) =>
        sendJson(reply, await guarded(context, request.raw, { ...look, action: `imswitch.${name}` }, fact)),
      )
  }
}

const listQuery = z.object({ path: z.string().max(1000).default('/') })

function addFiles(facade: FastifyInstance, context: ServerContext): void {
  const action = 'imswitch.FileManager'
  for (const prefix of prefixes) {
    const list = async (request: FastifyRequest, reply: FastifyReply) => {
      const { path } = check(listQuery, request.query, 'query')
      const files = await guarded(context, request.raw, { ...look, action }, () =>
        listFiles(context.engine, path),
      )
      return sendJson(reply, files)
    }
    facade.get(`${prefix}/FileManager`, list)
    facade.get(`${prefix}/FileManager/`, list)
    for (const [name, inline] of [
      ['download', false],
      ['preview', true],
    ] as const) {
      facade.get<{ Params: { '*': string } }>(`${prefix}/FileManager/${name}/*`, (request, reply) =>
        guarded(context, request.raw, { ...look, action }, () =>
          sendFile(context.engine, reply, { path: request.params['*'], inline }),
        ),
      )
    }
  }
}

function addDocs(facade: FastifyInstance, context: ServerContext): void {
  const spec = openApi(controllers, context.host.version)
  const guard = { ...look, action: 'imswitch.docs' }
  facade.get('/openapi.json', (request, reply) =>
    guarded(context, request.raw, guard, () => sendJson(reply, spec)),
  )
  for (const path of ['/docs', '/imswitch/api/docs']) {
    facade.get(path, (request, reply) =>
      guarded(context, request.raw, guard, () =>
        reply.type('text/html').header('content-security-policy', swaggerPolicy).send(docsPage),
      ),
    )
  }
  facade.get('/docs/init.js', (_request, reply) => reply.type('text/javascript').send(docsInit))
}

/** Bodies are JSON whatever their type says; nothing at all and `null` are none. */
function takeAnyBody(facade: FastifyInstance): void {
  facade.removeAllContentTypeParsers()
  facade.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString()
    if (text.trim() === '') return done(null, undefined)
    try {
      const parsed: unknown = JSON.parse(text)
      return done(null, parsed)
    } catch (error) {
      const msg = error instanceof Error ? error.message : String(error)
      return done(new UnprocessableError([{ loc: ['body'], msg }]), undefined)
    }
  })
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof UnprocessableError) {
    const detail = 'Parsing of Request failed. Please check your submission format.'
    return reply.code(422).send({ detail, errors: error.problems })
  }
  if (error instanceof NoSuchFileError) return reply.code(404).send({ detail: error.message })
  const failure = error instanceof Error ? error : new Error(String(error))
  const { status, ...body } = fromFastifyError(failure)
  if (status >= 500 && !(error instanceof CoverslipError)) console.error(error)
  const hint = error instanceof CoverslipError ? error.hint : undefined
  const known = error instanceof CoverslipError ? httpError(error.code, error.message, hint) : body
  return reply.code(status).send({ ...known, status, detail: known.message })
}
