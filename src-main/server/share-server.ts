/** Serves other computers with access tokens, beside the desktop window or the loopback server, as the settings say. */
import { X509Certificate } from 'node:crypto'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError, type ErrorCode } from '../../src-shared/errors.ts'
import {
  type SharingPatch,
  type SharingSettings,
  type SharingState,
  sharingSettingsSchema,
} from '../../src-shared/sharing.ts'
import type { Access } from '../access/access.ts'
import type { ShareControl } from '../access/share-control.ts'
import type { Engine } from '../engine/create-engine.ts'
import { createServer, type RunningServer } from './create-server.ts'
import type { TlsCredentials } from './http-listener.ts'
import { reachableHosts, serverUrl } from './machine-addresses.ts'
import { selfSignedCredentials } from './self-signed.ts'
import { readTlsFiles } from './tls-files.ts'

/** Where to serve, by command line: then the settings have no say in it. */
export type FixedSharing = Partial<Omit<SharingSettings, 'enabled' | 'allowedOrigins'>>

type Options = {
  readonly engine: Engine
  readonly access: Access
  readonly version: string
  readonly dataFolder?: string
  /** Folder of the built app; absent: API and sockets only. */
  readonly appFolder?: string
  /** Folder of a built copy of ImSwitch's pages; absent: not served. */
  readonly imswitchUi?: string
  /** Absent: the settings decide whether and where to serve. */
  readonly fixed?: FixedSharing
}

type Running = { readonly key: string; readonly server: RunningServer }

const alertId = 'sharing'
const hints: Partial<Record<ErrorCode, string>> = {
  PORT_IN_USE: 'Choose another port to share on.',
  HOST_REFUSED: 'Choose an address of this computer to share on, and a port above 1023.',
}

/** The server for others, which comes and goes with the settings. */
export class ShareServer implements ShareControl {
  readonly #options: Options
  readonly #changes = new Emitter<SharingState>()
  #state: SharingState = { state: 'off' }
  #running: Running | undefined
  /** Changes happen one after the other. */
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * Serves if the settings say so; a failure is a state and an alert.
   * @throws CoverslipError where `fixed` is given and cannot be done: PORT_IN_USE, HOST_REFUSED, SHARING.
   */
  async start(): Promise<void> {
    if (this.#options.fixed === undefined) await this.#obey()
    else await this.#serve(this.#settings())
  }

  state(): SharingState {
    return this.#state
  }

  on(listener: (state: SharingState) => void): () => void {
    return this.#changes.on(listener)
  }

  /** @throws CoverslipError SHARING for what the command line has fixed. */
  async change(patch: SharingPatch): Promise<SharingState> {
    const wanted = Object.entries(patch).filter(([, value]) => value !== undefined)
    if (this.#options.fixed !== undefined && wanted.some(([name]) => name !== 'allowedOrigins')) {
      throw new CoverslipError(
        'SHARING',
        'How this microscope is shared was said when Coverslip was started',
        {
          hint: 'Start it without --host to decide here.',
        },
      )
    }
    const { settings } = this.#options.engine
    const { remote } = settings.settings
    settings.change({ remote: sharingSettingsSchema.parse({ ...remote, ...Object.fromEntries(wanted) }) })
    if (this.#options.fixed === undefined) await this.#obey()
    return this.#state
  }

  links(secret: string): string[] {
    return this.#state.state === 'on' ? this.#state.urls.map((url) => `${url}/#token=${secret}`) : []
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#work
    await this.#stop()
  }

  #settings(): SharingSettings {
    const { remote } = this.#options.engine.settings.settings
    const { fixed } = this.#options
    return fixed === undefined ? remote : { ...remote, ...fixed, enabled: true }
  }

  /** Does what the settings say now, after whatever is under way. */
  #obey(): Promise<void> {
    this.#work = this.#work.then(async () => {
      if (this.#closed) return
      const settings = this.#settings()
      const { alerts } = this.#options.engine
      try {
        if (settings.enabled) await this.#serve(settings)
        else {
          await this.#stop()
          this.#change({ state: 'off' })
        }
        alerts.clear(alertId)
      } catch (error) {
        const { code, message, hint: reason } = CoverslipError.from(error)
        // The server's own hints are for the command line.
        const hint = hints[code] ?? reason
        const why = { message, ...(hint === undefined ? {} : { hint }) }
        this.#change({ state: 'failed', ...why })
        alerts.raise({
          id: alertId,
          severity: 'warning',
          source: 'Sharing',
          ...why,
          message: `The microscope is not shared: ${message}`,
        })
      }
    })
    return this.#work
  }

  async #serve(settings: SharingSettings): Promise<void> {
    const { host, port, tls, certificateFile, keyFile } = settings
    const key = JSON.stringify([host, port, tls, certificateFile, keyFile])
    if (this.#running?.key === key) return
    await this.#stop()
    const { engine, access, version, appFolder, imswitchUi } = this.#options
    const credentials = await this.#credentials(settings)
    const server = await createServer({
      engine,
      access,
      share: this,
      version,
      host,
      port,
      entrance: 'tokens',
      ...(appFolder === undefined ? {} : { appFolder }),
      ...(imswitchUi === undefined ? {} : { imswitchUi }),
      ...(credentials === undefined ? {} : { tls: credentials }),
    })
    this.#running = { key, server }
    const scheme = credentials === undefined ? 'http' : 'https'
    this.#change({
      state: 'on',
      urls: reachableHosts(host).map((name) => serverUrl(scheme, name, server.port)),
      ...(credentials === undefined
        ? {}
        : { certificateFingerprint: new X509Certificate(credentials.certificate).fingerprint256 }),
    })
  }

  async #credentials({
    tls,
    certificateFile,
    keyFile,
  }: SharingSettings): Promise<TlsCredentials | undefined> {
    switch (tls) {
      case 'off':
        return undefined
      case 'own':
        return readTlsFiles({ certificateFile, keyFile }, Date.now())
      case 'self-signed':
        return selfSignedCredentials({ dataFolder: this.#options.dataFolder, now: Date.now() })
    }
  }

  async #stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    if (running === undefined) return
    await running.server.close()
    // Video does not come through the server.
    this.#options.engine.viewers.disconnectGuests()
  }

  #change(state: SharingState): void {
    this.#state = state
    this.#changes.emit(state)
  }
}
