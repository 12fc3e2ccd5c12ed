/** The kinds of calls: who may make them, and the inputs that many share. */
import { oc } from '@orpc/contract'
import { z } from 'zod'
import type { Role } from '../access.ts'
import { errorMap } from './error-map.ts'

/** Who may make a call; enforced by the router for every way in. */
export type CallAccess = {
  /** The least role. */
  readonly role: Role
  /** Whether the caller must hold the operator's control (taken by the call itself when nobody does). */
  readonly control: boolean
}

/** Changes something at the microscope. */
export const call = oc.$meta<CallAccess>({ role: 'operator', control: true }).errors(errorMap)
/** Changes something that two operators cannot dispute, or that must never wait. */
export const freeCall = call.meta({ role: 'operator', control: false })
/** Changes nothing. */
export const view = call.meta({ role: 'viewer', control: false })
/** Decides about others. */
export const own = call.meta({ role: 'owner', control: false })

/** Names a camera. */
export const detectorName = z.string().min(1).max(200).describe('Id or name of a camera')
/** Names a device. */
export const deviceId = z.string().min(1).max(200).describe('Id of a device')
