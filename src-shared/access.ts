/** Who may use the microscope, and who does: roles, access tokens, the operator's control, the audit log. */
import { z } from 'zod'

/**
 * What somebody may do. `viewer`: see everything. `operator`: also change devices and streams, one at a time.
 * `owner`: also share the microscope with others; whoever sits at it is its owner.
 */
export const roleSchema = z.enum(['viewer', 'operator', 'owner'])
export type Role = z.infer<typeof roleSchema>

/** Roles that may be given to others. */
export const sharedRoleSchema = z.enum(['viewer', 'operator'])

/** Whether `role` includes what `needed` may do. */
export function mayAct(role: Role, needed: Role): boolean {
  return roleSchema.options.indexOf(role) >= roleSchema.options.indexOf(needed)
}

/** Somebody who calls the engine. */
export const callerSchema = z.object({
  /** The same for all calls of one browser, script or window; no secret. */
  id: z.string(),
  role: roleSchema,
  /** What others read: `Anna’s class`, `This computer`. */
  label: z.string(),
  /** Network address; empty in the desktop window. */
  address: z.string(),
})
export type Caller = z.infer<typeof callerSchema>

/** An access token as it may be shown: never the token itself, which is known only to those who have its link. */
export const accessTokenSchema = z.object({
  id: z.string(),
  label: z.string(),
  role: roleSchema,
  /** Unix time, ms. */
  createdAt: z.number(),
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
})
export type AccessToken = z.infer<typeof accessTokenSchema>

/** What an access token is made from. */
export const newTokenSchema = z.strictObject({
  label: z.string().trim().min(1).max(80),
  role: sharedRoleSchema,
  /** Absent: valid until revoked. At most a year. */
  expiresInHours: z.number().positive().max(8784).optional(),
})
export type NewToken = z.infer<typeof newTokenSchema>

/** A new token with its secret, which is shown this once. */
export const createdTokenSchema = z.object({
  token: accessTokenSchema,
  /** The secret, 43 characters of base64url. */
  secret: z.string(),
  /** Addresses that open the app with it (the secret after `#`, which no server logs); empty while nothing is shared. */
  links: z.array(z.string()),
})
export type CreatedToken = z.infer<typeof createdTokenSchema>

/** Who may operate now. Nobody holds control when nobody who operates is there. */
export const controlStateSchema = z.object({
  holder: callerSchema.optional(),
  /** Somebody else who asks for control; granted at `until` (Unix time, ms) unless the holder answers before. */
  request: z.object({ caller: callerSchema, until: z.number() }).optional(),
})
export type ControlState = z.infer<typeof controlStateSchema>

/** What became of a wish to take control. */
export const takeControlResultSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('granted') }),
  /** The holder was asked. */
  z.object({ status: z.literal('asked'), holder: callerSchema, until: z.number() }),
])
export type TakeControlResult = z.infer<typeof takeControlResultSchema>

/** One change that somebody made. */
export const auditEntrySchema = z.object({
  /** Unix time, ms. */
  at: z.number(),
  caller: callerSchema,
  /** Name of the call, e.g. `stage.move`. */
  action: z.string(),
  /** Its input, without secrets. */
  input: z.unknown().optional(),
  /** Why it was refused or failed; absent when it was done. */
  error: z.string().optional(),
})
export type AuditEntry = z.infer<typeof auditEntrySchema>

/** What a client learns of itself and of sharing when it connects. */
export const sessionSchema = z.object({ caller: callerSchema, control: controlStateSchema })
export type Session = z.infer<typeof sessionSchema>

/** Whether a caller came in by a token, and is not this computer's own. */
export const isGuest = (callerId: string): boolean => callerId.includes('.')

/** By which token `callerId` (`Caller.id`) came in: its first part, as browsers choose the rest. */
export const tokenIdOf = (callerId: string): string => callerId.split('.', 1)[0] ?? callerId

/** Whether `callerId` (`Caller.id`) came in by the token `tokenId`. */
export const usesToken = (callerId: string, tokenId: string): boolean => tokenIdOf(callerId) === tokenId
