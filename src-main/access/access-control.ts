/** Access control: who is who, who may do what, who operates, and who did what. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import {
  type AccessToken,
  type AuditEntry,
  type Caller,
  type ControlState,
  mayAct,
  type TakeControlResult,
} from '../../src-shared/access.ts'
import type { AlertSink } from '../../src-shared/alerts.ts'
import type { CallAccess } from '../../src-shared/contract/call-kinds.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Access } from './access.ts'
import { AuditLog } from './audit-log.ts'
import { type Clock, systemClock } from './clock.ts'
import { OperatorLock } from './operator-lock.ts'
import { type TokenRequest, TokenStore } from './token-store.ts'

type Options = {
  /** Absent: tokens and the audit log are kept in memory only. */
  readonly dataFolder?: string
  readonly alerts?: AlertSink
  readonly clock?: Clock
}

export class AccessControl implements Access {
  readonly #clock: Clock
  readonly #tokens: TokenStore
  readonly #lock: OperatorLock
  readonly #audit: AuditLog
  readonly #revoked = new Emitter<readonly string[]>()
  #cancelExpiry: () => void = () => undefined

  private constructor(options: { clock: Clock; tokens: TokenStore; audit: AuditLog }) {
    this.#clock = options.clock
    this.#tokens = options.tokens
    this.#audit = options.audit
    this.#lock = new OperatorLock(options.clock)
    this.#watchExpiry()
  }

  /** @throws CoverslipError SETTINGS_FILE when the tokens cannot be read. */
  static async open({ dataFolder, alerts, clock = systemClock }: Options = {}): Promise<AccessControl> {
    const path = (name: string) => (dataFolder === undefined ? undefined : join(dataFolder, name))
    const tokens = await TokenStore.open({ path: path('access.json'), clock, alerts })
    const audit = new AuditLog({ path: path('audit.jsonl'), clock, alerts })
    return new AccessControl({ clock, tokens, audit })
  }

  identify(secret: string, client: { id: string; address: string }): Caller | undefined {
    const token = this.#tokens.find(secret)
    if (token === undefined) return undefined
    this.#tokens.touch(token.id)
    // One way: others see a caller's id, and must not be able to pass for him even with the same token.
    const browser = createHash('sha256').update(`${secret} ${client.id}`).digest('base64url').slice(0, 16)
    return {
      id: `${token.id}.${browser}`,
      role: token.role,
      label: token.label,
      address: client.address,
    }
  }

  tokens(): AccessToken[] {
    return this.#tokens.list()
  }

  async createToken(request: TokenRequest): Promise<{ token: AccessToken; secret: string }> {
    const created = await this.#tokens.create(request)
    this.#watchExpiry()
    return created
  }

  async revokeToken(tokenId: string): Promise<void> {
    // Whoever uses it is out at once, not when the file is written.
    const revoked = this.#tokens.revoke(tokenId)
    this.#expel([tokenId])
    this.#watchExpiry()
    await revoked
  }

  onRevoked(listener: (tokenIds: readonly string[]) => void): () => void {
    return this.#revoked.on(listener)
  }

  authorize(caller: Caller, needed: CallAccess): void {
    if (!mayAct(caller.role, needed.role)) {
      throw new CoverslipError(
        'FORBIDDEN',
        `This needs the role ${needed.role}; ${caller.label} is ${caller.role}`,
        {
          hint: 'Ask whoever shares the microscope for a link with that role.',
        },
      )
    }
    this.#lock.touch(caller)
    if (needed.control) this.#lock.claim(caller)
  }

  control(): ControlState {
    return this.#lock.state()
  }

  onControl(listener: (control: ControlState) => void): () => void {
    return this.#lock.on(listener)
  }

  present(caller: Caller): () => void {
    return this.#lock.present(caller)
  }

  takeControl(caller: Caller): TakeControlResult {
    return this.#lock.take(caller)
  }

  releaseControl(caller: Caller): ControlState {
    return this.#lock.release(caller)
  }

  answerControl(caller: Caller, answer: { grant: boolean }): ControlState {
    return this.#lock.answer(caller, answer)
  }

  record(entry: Omit<AuditEntry, 'at'>): void {
    this.#audit.record(entry)
  }

  audit(limit: number): Promise<AuditEntry[]> {
    return this.#audit.list(limit)
  }

  async close(): Promise<void> {
    this.#cancelExpiry()
    this.#lock.close()
    await this.#tokens.close()
    await this.#audit.close()
  }

  #expel(tokenIds: readonly string[]): void {
    if (tokenIds.length === 0) return
    this.#lock.expel(tokenIds)
    this.#revoked.emit(tokenIds)
  }

  #watchExpiry(): void {
    this.#cancelExpiry()
    const next = this.#tokens.nextExpiry()
    if (next === undefined) return
    // A delay may be shorter than asked for; then nothing has expired yet and the rest is waited for.
    this.#cancelExpiry = this.#clock.after(next - this.#clock.now(), () => {
      // Those that had expired before are among them, too: nobody is left who uses them.
      const ids = this.#tokens.list().map(({ id }) => id)
      this.#expel(ids.filter((id) => !this.#tokens.isValid(id)))
      this.#watchExpiry()
    })
  }
}
