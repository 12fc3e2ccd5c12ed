import { CoverslipError } from '../../src-shared/errors.ts'
import {
  type Protocol,
  paramsSchemaOf,
  type StreamParams,
  type StreamParamsPatch,
} from '../../src-shared/stream-params.ts'

/** What is remembered of streams between starts, and between runs of the program. */
export type StreamMemoryState = {
  readonly streamParams: Readonly<Record<string, Partial<Record<Protocol, StreamParams>>>>
  readonly lastProtocol: Readonly<Record<string, Protocol>>
}

/** Fields that a protocol takes over from the one used before it: how much of the image, how often. */
const carriedOver = ['frameRate', 'subsampling', 'cropSize'] as const

/** Stream parameters per detector and protocol: last used, else the protocol's defaults. */
export class StreamMemory {
  #state: StreamMemoryState
  readonly #save: (state: StreamMemoryState) => void

  constructor(state: StreamMemoryState, save: (state: StreamMemoryState) => void) {
    this.#state = state
    this.#save = save
  }

  lastProtocol(detectorName: string): Protocol | undefined {
    return this.#state.lastProtocol[detectorName]
  }

  /**
   * The parameters a start would use: the last ones of this protocol, else its defaults with rate and geometry of the
   * protocol used last; `patch` over them.
   * @throws CoverslipError INVALID_INPUT naming the parameter and what it may be.
   */
  resolve(detectorName: string, protocol: Protocol, patch: StreamParamsPatch = {}): StreamParams {
    const saved = this.#state.streamParams[detectorName]
    const base = saved?.[protocol] ?? this.#defaults(detectorName, protocol)
    const params = paramsSchemaOf[protocol].safeParse({ ...base, ...definedOnly(patch), protocol })
    if (params.success) return params.data
    const issue = params.error.issues[0]
    const name = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
    throw new CoverslipError('INVALID_INPUT', `Stream parameter ${name}: ${issue?.message ?? 'not valid'}`, {
      hint: `A ${protocol} stream has: ${Object.keys(paramsSchemaOf[protocol].shape).join(', ')}.`,
      data: { parameter: name, protocol },
    })
  }

  /** `resolve`, remembered. */
  change(detectorName: string, protocol: Protocol, patch: StreamParamsPatch): StreamParams {
    const params = this.resolve(detectorName, protocol, patch)
    this.#remember(detectorName, params, this.#state.lastProtocol)
    return params
  }

  /** A stream runs with these parameters: the next start of the detector uses them. */
  used(detectorName: string, params: StreamParams): void {
    this.#remember(detectorName, params, { ...this.#state.lastProtocol, [detectorName]: params.protocol })
  }

  #defaults(detectorName: string, protocol: Protocol): Record<string, unknown> {
    const last = this.lastProtocol(detectorName)
    const before: Readonly<Record<string, unknown>> =
      (last === undefined ? undefined : this.#state.streamParams[detectorName]?.[last]) ?? {}
    const shape = paramsSchemaOf[protocol].shape
    return Object.fromEntries(
      carriedOver.filter((key) => key in before && key in shape).map((key) => [key, before[key]]),
    )
  }

  #remember(
    detectorName: string,
    params: StreamParams,
    lastProtocol: StreamMemoryState['lastProtocol'],
  ): void {
    const saved = this.#state.streamParams[detectorName]
    this.#state = {
      lastProtocol,
      streamParams: { ...this.#state.streamParams, [detectorName]: { ...saved, [params.protocol]: params } },
    }
    this.#save(this.#state)
  }
}

/** A patch without the fields that are present but undefined. */
function definedOnly(patch: StreamParamsPatch): StreamParamsPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
}
