/** The servers of a headless host: one for this computer and what it shares, or one for everybody with a token. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Role } from '../../src-shared/access.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { AccessControl } from '../access/access-control.ts'
import { writePrivateFile } from '../access/private-file.ts'
import type { Engine } from '../engine/create-engine.ts'
import type { CommandLine, SharedOptions } from './command-line.ts'
import { createServer } from './create-server.ts'
import { relayFrames } from './redis-relay.ts'
import { type FixedSharing, ShareServer } from './share-server.ts'

type Host = {
  readonly engine: Engine
  readonly version: string
  readonly dataFolder: string
  readonly appFolder?: string
  readonly imswitchUi?: string
}

type Place = Pick<CommandLine, 'host' | 'port' | 'shared'> & Partial<Pick<CommandLine, 'redis'>>

/** A host that serves. */
export type Serving = {
  readonly url: string
  /** What to tell whoever started it. */
  readonly lines: readonly string[]
  close(): Promise<void>
}

/**
 * Serves as the command line says.
 * @throws CoverslipError PORT_IN_USE, HOST_REFUSED, SHARING (certificate), SETTINGS_FILE (access tokens), INVALID_INPUT
 * (address of Redis).
 */
export async function startServing({ host, port, shared, redis }: Place, options: Host): Promise<Serving> {
  if (shared !== undefined) await demandWritable(options.dataFolder, host)
  const { engine, dataFolder } = options
  const access = await AccessControl.open({ dataFolder, alerts: engine.alerts })
  let relay: { close(): Promise<void> } | undefined
  try {
    if (redis !== undefined) {
      const { framesPerSecond, ...place } = redis
      relay = await relayFrames({ engine, access, redis: place, framesPerSecond })
    }
    const serving =
      shared === undefined
        ? await serveThisComputer({ host, port }, options, access)
        : await serveEverybody({ host, port }, options, access, shared)
    return { ...serving, close: async () => void (await Promise.all([relay?.close(), serving.close()])) }
  } catch (error) {
    await relay?.close()
    await access.close()
    throw error
  }
}

async function serveThisComputer(
  place: { readonly host: string; readonly port: number },
  options: Host,
  access: AccessControl,
): Promise<Serving> {
  const share = new ShareServer({ ...options, access })
  const server = await createServer({ ...options, ...place, access, share })
  await share.start()
  const state = share.state()
  return {
    url: server.url,
    lines: [
      `Coverslip is on ${server.url}`,
      ...(state.state === 'on' ? [`Others come in at ${state.urls.join(', ')}`] : []),
      ...(state.state === 'failed' ? [`Others cannot come in: ${state.message}`] : []),
    ],
    close: async () => {
      await share.close()
      await server.close()
      await access.close()
    },
  }
}

async function serveEverybody(
  place: { readonly host: string; readonly port: number },
  options: Host,
  access: AccessControl,
  { tls, certificateFile, keyFile, newLink }: SharedOptions,
): Promise<Serving> {
  const fixed: FixedSharing = {
    ...place,
    tls,
    ...(certificateFile === undefined ? {} : { certificateFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  }
  const share = new ShareServer({ ...options, access, fixed })
  await share.start()
  try {
    const state = share.state()
    const urls = state.state === 'on' ? state.urls : []
    const fingerprint = state.state === 'on' ? state.certificateFingerprint : undefined
    return {
      url: urls[0] ?? '',
      lines: [
        `Coverslip is on ${urls.join(', ')}`,
        ...(fingerprint === undefined ? [] : [`SHA-256 of its certificate: ${fingerprint}`]),
        ...(tls === 'off'
          ? ['It is not encrypted: whoever listens on the network can take over links.']
          : []),
        ...(await linkLines(access, share, newLink)),
      ],
      close: async () => {
        await share.close()
        await access.close()
      },
    }
  } catch (error) {
    await share.close()
    throw error
  }
}

/** A link for whoever starts it: at the first start, and when asked for. */
async function linkLines(
  access: AccessControl,
  share: ShareServer,
  asked: Role | undefined,
): Promise<string[]> {
  const now = Date.now()
  const owned = access
    .tokens()
    .some(({ role, expiresAt }) => role === 'owner' && (expiresAt === undefined || expiresAt > now))
  const role = asked ?? (owned ? undefined : 'owner')
  if (role === undefined) return ['Open the link of an earlier start; --new-link makes another.']
  const { secret } = await access.createToken({ label: `${names[role]} (link made at start)`, role })
  const links = share.links(secret).map((link) => `  ${link}`)
  return [`Link for the ${role}, shown this once; whoever has it comes in:`, ...links]
}

const names: Readonly<Record<Role, string>> = { owner: 'Owner', operator: 'Operator', viewer: 'Viewer' }

/** Access control needs its files: without them every start would lock everybody out. */
async function demandWritable(dataFolder: string, host: string): Promise<void> {
  const probe = join(dataFolder, 'access.probe')
  try {
    await writePrivateFile(probe, '')
    await rm(probe)
  } catch (error) {
    throw new CoverslipError(
      'HOST_REFUSED',
      `${host} can be served with access tokens only, and they cannot be kept in ${dataFolder}: ${CoverslipError.from(error).message}`,
      { hint: 'Choose a folder that can be written to with --data, or serve on 127.0.0.1.', cause: error },
    )
  }
}
