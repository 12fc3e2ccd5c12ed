/** Letting others watch and operate. */
import { z } from 'zod'
import {
  accessTokenSchema,
  auditEntrySchema,
  controlStateSchema,
  createdTokenSchema,
  newTokenSchema,
  sessionSchema,
  takeControlResultSchema,
} from '../access.ts'
import { whipSettingsSchema } from '../settings.ts'
import { sharingPatchSchema, sharingStateSchema } from '../sharing.ts'
import { viewerInfoSchema } from '../viewers.ts'
import { freeCall, own, view } from './call-kinds.ts'

/** Tokens, and who operates. */
export const accessCalls = {
  session: view
    .route({
      method: 'GET',
      path: '/access/session',
      summary: 'Who you are here, and who operates',
      tags: ['Access'],
    })
    .output(sessionSchema),
  takeControl: freeCall
    .route({
      method: 'POST',
      path: '/access/takeControl',
      summary: 'Become the one who operates; asks the present one, who has 30 s to refuse',
      tags: ['Access'],
    })
    .output(takeControlResultSchema),
  releaseControl: freeCall
    .route({
      method: 'POST',
      path: '/access/releaseControl',
      summary: 'Stop operating, or stop asking to',
      tags: ['Access'],
    })
    .output(controlStateSchema),
  answerControl: freeCall
    .route({
      method: 'POST',
      path: '/access/answerControl',
      summary: 'As the one who operates: hand over to who asks, or refuse',
      tags: ['Access'],
    })
    .input(z.strictObject({ grant: z.boolean() }))
    .output(controlStateSchema),
  tokens: own
    .route({
      method: 'GET',
      path: '/access/tokens',
      summary: 'Access tokens, without secrets',
      tags: ['Access'],
    })
    .output(z.array(accessTokenSchema)),
  createToken: own
    .route({
      method: 'POST',
      path: '/access/tokens',
      summary: 'Make an access token; its secret is told this once',
      tags: ['Access'],
    })
    .input(newTokenSchema)
    .output(createdTokenSchema),
  revokeToken: own
    .route({
      method: 'POST',
      path: '/access/revokeToken',
      summary: 'Make a token invalid and disconnect who uses it',
      tags: ['Access'],
    })
    .input(z.strictObject({ tokenId: z.string().min(1).max(100) })),
  audit: own
    .route({
      method: 'GET',
      path: '/access/audit',
      summary: 'Who changed what, newest first',
      tags: ['Access'],
    })
    .input(z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }))
    .output(z.array(auditEntrySchema)),
}

/** Serving other computers. */
export const sharingCalls = {
  state: view
    .route({
      method: 'GET',
      path: '/sharing',
      summary: 'Whether and where other computers are served',
      tags: ['Sharing'],
    })
    .output(sharingStateSchema),
  set: own
    .route({
      method: 'POST',
      path: '/sharing',
      summary: 'Begin, change or end sharing; answers when that has happened',
      tags: ['Sharing'],
    })
    .input(sharingPatchSchema)
    .output(sharingStateSchema),
  publish: own
    .route({
      method: 'POST',
      path: '/sharing/publish',
      summary: 'Publish a stream to a media server by WHIP; null ends it',
      tags: ['Sharing'],
    })
    .input(z.strictObject({ whip: whipSettingsSchema.nullable() })),
}

/** Who watches. */
export const viewersCalls = {
  list: own
    .route({ method: 'GET', path: '/viewers', summary: 'Who watches', tags: ['Sharing'] })
    .output(z.array(viewerInfoSchema)),
  disconnect: own
    .route({
      method: 'POST',
      path: '/viewers/disconnect',
      summary: 'Disconnect a viewer',
      tags: ['Sharing'],
    })
    .input(z.strictObject({ viewerId: z.string().min(1).max(200) })),
}
