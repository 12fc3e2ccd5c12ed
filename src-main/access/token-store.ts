/** Access tokens: `access.json` in the data folder. It holds SHA-256 of the secrets, never the secrets. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { type AccessToken, accessTokenSchema, type NewToken, type Role } from '../../src-shared/access.ts'
import type { AlertSink } from '../../src-shared/alerts.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Clock } from './clock.ts'
import { whyNotWritten, writePrivateFile } from './private-file.ts'

const storedTokenSchema = accessTokenSchema.extend({
  /** SHA-256 of the secret, hexadecimal. */
  secretSha256: z.string().regex(/^[0-9a-f]{64}$/),
})
type StoredToken = z.infer<typeof storedTokenSchema>
const fileSchema = z.object({ tokens: z.array(storedTokenSchema) })

/** 32 bytes in base64url. */
const secretPattern = /^[A-Za-z0-9_-]{43}$/
/** `lastUsedAt` is worth one write in this time. */
const usageSaveMs = 60_000
/** Expired tokens are shown for so long. */
const keepExpiredMs = 7 * 24 * 3_600_000

type Options = {
  /** Undefined: tokens are kept in memory only. */
  readonly path: string | undefined
  readonly clock: Clock
  readonly alerts: AlertSink | undefined
}

/** A token to make; the contract's callers may make viewers and operators only, the program itself an owner. */
export type TokenRequest = Omit<NewToken, 'role'> & { readonly role: Role }

/** The access tokens there are, kept in a file. */
export class TokenStore {
  readonly #options: Options
  readonly #tokens: Map<string, StoredToken>
  #cancelSave: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  private constructor(options: Options, tokens: readonly StoredToken[]) {
    this.#options = options
    this.#tokens = new Map(tokens.map((token) => [token.id, token]))
  }

  /**
   * Reads the file. One that is not valid is set aside as `*.bad` and said so: then no token is valid.
   * @throws CoverslipError SETTINGS_FILE when it cannot be read.
   */
  static async open(options: Options): Promise<TokenStore> {
    const tokens = await readTokens(options)
    const keepFrom = options.clock.now() - keepExpiredMs
    return new TokenStore(
      options,
      tokens.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > keepFrom),
    )
  }

  list(): AccessToken[] {
    return [...this.#tokens.values()].map(({ secretSha256: _secret, ...token }) => token)
  }

  /** The valid token that `secret` belongs to. Every token is compared, in constant time each. */
  find(secret: string): AccessToken | undefined {
    if (!secretPattern.test(secret)) return undefined
    const hash = Buffer.from(sha256(secret), 'hex')
    let found: StoredToken | undefined
    for (const token of this.#tokens.values()) {
      if (timingSafeEqual(hash, Buffer.from(token.secretSha256, 'hex'))) found = token
    }
    return found !== undefined && isValid(found, this.#options.clock.now()) ? found : undefined
  }

  /** Notes that a token was used. */
  touch(tokenId: string): void {
    const token = this.#tokens.get(tokenId)
    if (token === undefined) return
    this.#tokens.set(tokenId, { ...token, lastUsedAt: this.#options.clock.now() })
    this.#cancelSave ??= this.#options.clock.after(usageSaveMs, () => {
      this.#cancelSave = undefined
      this.#save().catch((error: unknown) => this.#complain(error))
    })
  }

  /** @throws CoverslipError SETTINGS_FILE when it cannot be written; then there is no such token. */
  async create({
    label,
    role,
    expiresInHours,
  }: TokenRequest): Promise<{ token: AccessToken; secret: string }> {
    const secret = randomBytes(32).toString('base64url')
    const createdAt = this.#options.clock.now()
    const token: AccessToken = {
      id: randomBytes(9).toString('base64url'),
      label,
      role,
      createdAt,
      ...(expiresInHours === undefined ? {} : { expiresAt: createdAt + expiresInHours * 3_600_000 }),
    }
    this.#tokens.set(token.id, { ...token, secretSha256: sha256(secret) })
    try {
      await this.#save()
    } catch (error) {
      this.#tokens.delete(token.id)
      throw this.#writeError(error)
    }
    return { token, secret }
  }

  /** The token is invalid from now on, even when the file cannot be written. @throws CoverslipError UNKNOWN_TOKEN, SETTINGS_FILE. */
  async revoke(tokenId: string): Promise<void> {
    if (!this.#tokens.delete(tokenId)) {
      throw new CoverslipError('UNKNOWN_TOKEN', `There is no access token ${tokenId}`, {
        hint: 'It may have been revoked already; list the tokens again.',
      })
    }
    try {
      await this.#save()
    } catch (error) {
      throw this.#writeError(error)
    }
  }

  /** When the next token expires after now, Unix time in ms. */
  nextExpiry(): number | undefined {
    const now = this.#options.clock.now()
    const times = [...this.#tokens.values()].flatMap(({ expiresAt }) =>
      expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
    )
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
  }

  isValid(tokenId: string): boolean {
    const token = this.#tokens.get(tokenId)
    return token !== undefined && isValid(token, this.#options.clock.now())
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    if (this.#cancelSave === undefined) return this.#writing
    this.#cancelSave()
    this.#cancelSave = undefined
    await this.#save().catch((error: unknown) => this.#complain(error))
  }

  #save(): Promise<void> {
    const { path } = this.#options
    if (path === undefined) return Promise.resolve()
    const written = this.#writing.then(() =>
      writePrivateFile(path, `${JSON.stringify({ tokens: [...this.#tokens.values()] }, undefined, 2)}\n`),
    )
    // The next write must go ahead when this one fails; whoever asked for this one is told.
    this.#writing = written.catch(() => undefined)
    return written
  }

  #writeError(cause: unknown): CoverslipError {
    return new CoverslipError(
      'SETTINGS_FILE',
      `Access tokens cannot be saved to ${basename(this.#options.path ?? '')}: ${whyNotWritten(cause)}`,
      { hint: 'Check the folder’s permissions and free space.', cause },
    )
  }

  #complain(error: unknown): void {
    const { message, hint } = this.#writeError(error)
    this.#options.alerts?.raise({
      id: 'access',
      severity: 'warning',
      source: 'Sharing',
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const isValid = ({ expiresAt }: StoredToken, now: number): boolean =>
  expiresAt === undefined || now < expiresAt

async function readTokens({ path, alerts }: Options): Promise<StoredToken[]> {
  if (path === undefined) return []
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new CoverslipError('SETTINGS_FILE', `Access tokens cannot be read from ${path}`, {
      hint: 'Check the permissions of the file, or choose another data folder.',
      cause: error,
    })
  }
  try {
    return fileSchema.parse(JSON.parse(text)).tokens
  } catch {
    await rename(path, `${path}.bad`)
    alerts?.raise({
      id: 'access',
      severity: 'warning',
      source: 'Sharing',
      message: `${basename(path)} is not valid: all access tokens are lost`,
      hint: `The file was kept as ${basename(path)}.bad in the same folder. Make new links for those who may watch or operate.`,
    })
    return []
  }
}
