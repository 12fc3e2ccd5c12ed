/** What the rest of the program asks of access control; `AccessControl` implements it. */
import type {
  AccessToken,
  AuditEntry,
  Caller,
  ControlState,
  NewToken,
  TakeControlResult,
} from '../../src-shared/access.ts'
import type { CallAccess } from '../../src-shared/contract/call-kinds.ts'

export interface Access {
  /** Who presents `secret` (of an access token); `clientId` tells browsers with the same token apart. */
  identify(secret: string, client: { id: string; address: string }): Caller | undefined
  tokens(): AccessToken[]
  /** @returns the token, and its secret, which is kept nowhere. */
  createToken(token: NewToken): Promise<{ token: AccessToken; secret: string }>
  /** Ends the token; whoever uses it is disconnected (`onRevoked`). @throws CoverslipError UNKNOWN_TOKEN. */
  revokeToken(tokenId: string): Promise<void>
  /** Told the ids of tokens that were revoked or have expired; `usesToken` says whose they were. */
  onRevoked(listener: (tokenIds: readonly string[]) => void): () => void

  /**
   * Lets a call pass, taking control for the caller where the call needs it and nobody holds it.
   * @throws CoverslipError FORBIDDEN (role too low), CONTROL_TAKEN (somebody else operates).
   */
  authorize(caller: Caller, needed: CallAccess): void

  control(): ControlState
  onControl(listener: (control: ControlState) => void): () => void
  /** The caller has a connection open: it keeps control while it has one. Returns what ends that. */
  present(caller: Caller): () => void
  takeControl(caller: Caller): TakeControlResult
  releaseControl(caller: Caller): ControlState
  /** @throws CoverslipError FORBIDDEN when the caller does not hold control. */
  answerControl(caller: Caller, answer: { grant: boolean }): ControlState

  /** Writes down what somebody changed or tried to change. */
  record(entry: Omit<AuditEntry, 'at'>): void
  /** Newest first. */
  audit(limit: number): Promise<AuditEntry[]>
  close(): Promise<void>
}
