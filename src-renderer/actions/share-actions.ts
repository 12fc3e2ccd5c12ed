/** Sharing the microscope with others. Only its owner may. */
import type { AccessToken, AuditEntry, CreatedToken, NewToken } from '../../src-shared/access.ts'
import type { WhipSettings } from '../../src-shared/settings.ts'
import type { SharingPatch } from '../../src-shared/sharing.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { failureOf, type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { addNotice } from '../stores/session-store.ts'

/** Begins, changes or ends sharing. That it failed for a known reason is told by the sharing state. */
export async function changeSharing(
  { backend, engine }: Services,
  patch: SharingPatch,
): Promise<CallFailure | undefined> {
  const result = await outcome(backend.client.sharing.set(patch))
  if (!result.ok) return result.failure
  engine.apply({ type: 'sharingChanged', sharing: result.value })
  return undefined
}

/** Publishes a stream to a media server; undefined ends it. */
export function publishStream(
  { backend }: Services,
  whip: WhipSettings | undefined,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.sharing.publish({ whip: whip ?? null }))
}

/** Makes a link for somebody else. */
export function createToken({ backend }: Services, token: NewToken): Promise<Outcome<CreatedToken>> {
  return outcome(backend.client.access.createToken(token))
}

/** All links that there are. */
export function listTokens({ backend }: Services): Promise<Outcome<AccessToken[]>> {
  return outcome(backend.client.access.tokens())
}

/** Makes a link invalid. Returns why that failed. */
export function revokeToken({ backend }: Services, tokenId: string): Promise<CallFailure | undefined> {
  return failureOf(backend.client.access.revokeToken({ tokenId }))
}

/** The newest changes, newest first. */
export function readAudit({ backend }: Services): Promise<Outcome<AuditEntry[]>> {
  return outcome(backend.client.access.audit({ limit: 100 }))
}

/** Ends what one viewer watches. */
export async function disconnectViewer({ backend, session }: Services, viewerId: string): Promise<void> {
  const failure = await failureOf(backend.client.viewers.disconnect({ viewerId }))
  // Who has left by himself meanwhile is what was wanted.
  if (failure !== undefined && failure.code !== 'UNKNOWN_VIEWER')
    addNotice(session, 'The viewer was not disconnected', failure)
}
