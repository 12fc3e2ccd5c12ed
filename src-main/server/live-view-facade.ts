/**
 * The live view as its original design names it, under `/liveview/`: `startLiveView`, `stopLiveView`,
 * `setStreamParams`, `getStreamParams`, `getDetectorStreams`, `getActiveStreams` and `mjpeg_stream`, by GET with a query
 * or POST with JSON. Answers are plain JSON with a `status`; what fails has `status: "error"`, a message, and the HTTP
 * status of our API. Also `GET /api/mjpeg/<detector>`, the MJPEG stream of our own API.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errorStatus } from '../../src-shared/contract/error-map.ts'
import type { ActiveStream } from '../../src-shared/live-view.ts'
import type { Engine } from '../engine/create-engine.ts'
import { answerPlainError } from './http-error.ts'
import { type LiveViewInput, readLiveViewInput } from './live-view-input.ts'
import { serveMjpeg } from './mjpeg.ts'
import { refuseForeignPages } from './refuse-foreign-pages.ts'
import { guarded, look, type ServerContext } from './server-context.ts'

type Answer = { readonly status: string } & Readonly<Record<string, unknown>>
type Call = (engine: Engine, input: LiveViewInput) => Answer | Promise<Answer>

/** As the contract declares the same calls. */
const freeChange = { role: 'operator', control: false } as const
const change = { role: 'operator', control: true } as const

const calls: Readonly<
  Record<string, { needed: typeof look | typeof freeChange | typeof change; call: Call }>
> = {
  startLiveView: {
    needed: freeChange,
    call: async ({ liveView }, input) => {
      const result = await liveView.startLiveView(input)
      if (result.status === 'long_exposure') {
        const { detectorName: detector, ...rest } = result
        return { detector, ...rest }
      }
      const described = describe(result.stream)
      if (result.status === 'started') return { status: 'success', ...described }
      const message = `${described.detector} streams by ${described.protocol} already`
      return { status: 'already_running', ...described, message }
    },
  },
  stopLiveView: {
    needed: change,
    call: async ({ liveView }, input) => {
      const { status, detectorName: detector, ...rest } = await liveView.stopLiveView(input)
      return { status: status === 'stopped' ? 'success' : status, detector, ...rest }
    },
  },
  setStreamParams: {
    needed: change,
    call: ({ liveView }, input) => {
      const params = liveView.setStreamParams(input)
      return { status: 'success', ...place(liveView, input), protocol: params.protocol, params }
    },
  },
  getStreamParams: {
    needed: look,
    call: ({ liveView }, input) => {
      const params = liveView.getStreamParams(input)
      return { status: 'success', ...place(liveView, input), protocol: params.protocol, params }
    },
  },
  getDetectorStreams: {
    needed: look,
    call: ({ liveView }) => {
      const active = liveView.getActiveStreams()
      const { availableProtocols, detectors } = liveView.getStreamStatus()
      return {
        status: 'success',
        available_protocols: availableProtocols,
        detectors: Object.fromEntries(
          detectors.map(({ detectorName, streaming, protocol = null, params }) => {
            const streams = active.filter((stream) => stream.detectorName === detectorName).map(describe)
            return [detectorName, { is_streaming: streaming, protocol, params, streams }]
          }),
        ),
      }
    },
  },
  getActiveStreams: {
    needed: look,
    call: ({ liveView }) => ({
      status: 'success',
      active_streams: liveView.getActiveStreams().map(describe),
    }),
  },
}

/** Adds the façade's routes to `app`. */
export async function addLiveViewFacade(app: FastifyInstance, context: ServerContext): Promise<void> {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/api/mjpeg/:detector?',
    handler: (request: FastifyRequest<{ Params: { detector?: string } }>, reply) => {
      const { detector } = request.params
      const named = detector === undefined || detector === '' ? {} : { detectorName: detector }
      return serveMjpeg(context, request, reply, { ...streamWish(request.query), ...named })
    },
  })
  await app.register(async (facade) => {
    takeEmptyBodies(facade)
    facade.setErrorHandler((error, _request, reply) => answerPlainError(reply, error))
    for (const [name, { needed, call }] of Object.entries(calls)) {
      facade.route({
        method: ['GET', 'POST'],
        url: `/liveview/${name}`,
        handler: async (request, reply) => {
          const input = inputOf(request)
          if (needed.role !== 'viewer') refuseForeignPages(context, request.raw)
          const guard = { ...needed, action: `liveview.${name}`, input }
          const answer = await guarded(context, request.raw, guard, () => call(context.engine, input))
          return reply.code(answer.status === 'long_exposure' ? errorStatus.LONG_EXPOSURE : 200).send(answer)
        },
      })
    }
    facade.route({
      method: ['GET', 'HEAD'],
      url: '/liveview/mjpeg_stream',
      handler: (request, reply) => serveMjpeg(context, request, reply, streamWish(request.query)),
    })
  })
}

/** A body says it all; without one, the query does. */
function inputOf({ method, body, query }: FastifyRequest): LiveViewInput {
  const useBody = method === 'POST' && body !== undefined && body !== null
  return readLiveViewInput(useBody ? body : query, { ignoreUnknown: !useBody })
}

/** The query of an MJPEG stream: camera, and parameters of a stream that begins with it. */
function streamWish(query: unknown): Pick<LiveViewInput, 'detectorName' | 'params'> {
  const { detectorName, params } = readLiveViewInput(query, { ignoreUnknown: true })
  return { params, ...(detectorName === undefined ? {} : { detectorName }) }
}

function describe({ detectorName: detector, protocol, params, startedAt }: ActiveStream) {
  return { detector, protocol, params, started_at: startedAt }
}

/** Which camera's parameters an answer is about, and whether it streams by them. */
function place(liveView: Engine['liveView'], { detectorName, protocol }: LiveViewInput) {
  const stream = liveView
    .getActiveStreams()
    .find(
      (active) =>
        (detectorName === undefined || active.detectorName === detectorName) &&
        (protocol === undefined || active.protocol === protocol),
    )
  return { detector: stream?.detectorName ?? detectorName, is_active: stream !== undefined }
}

/** Scripts send `Content-Type: application/json` with nothing behind it. */
function takeEmptyBodies(facade: FastifyInstance): void {
  const parse = facade.getDefaultJsonParser('error', 'error')
  facade.removeContentTypeParser('application/json')
  facade.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined)
    else void parse(request, body.toString(), done)
  })
}
