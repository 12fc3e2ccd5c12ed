/** Running plans, and keeping them. */
import { eventIterator } from '@orpc/contract'
import { z } from 'zod'
import { acquisitionEventSchema } from '../acquisition/acquisition-events.ts'
import { planRequestSchema } from '../acquisition/acquisition-requests.ts'
import { planEstimateSchema, planStatusSchema } from '../acquisition/acquisition-status.ts'
import { planRemarkSchema } from '../plan/read-plan.ts'
import { call, freeCall, view } from './call-kinds.ts'

const tags = ['Acquisition']
const whichOne = z.strictObject({ id: z.string().min(1).max(500).optional() }).prefault({})

export const acquisitionCalls = {
  status: view
    .route({
      method: 'GET',
      path: '/acquisition/status',
      summary: 'The plan that runs, or ran last; null: none yet',
      tags,
    })
    .output(planStatusSchema.nullable()),
  estimate: view
    .route({
      method: 'POST',
      path: '/acquisition/estimate',
      summary: 'What a plan would take, and why it could not be run',
      tags,
    })
    .input(planRequestSchema)
    .output(planEstimateSchema),
  start: call
    .route({
      method: 'POST',
      path: '/acquisition/start',
      summary: 'Run a plan; answers when it is prepared',
      tags,
    })
    .input(planRequestSchema)
    .output(planStatusSchema),
  pause: freeCall
    .route({
      method: 'POST',
      path: '/acquisition/pause',
      summary: 'Pause after the event under way; what is due later moves by as much',
      tags,
    })
    .input(whichOne)
    .output(planStatusSchema),
  resume: call
    .route({ method: 'POST', path: '/acquisition/resume', summary: 'Go on', tags })
    .input(whichOne)
    .output(planStatusSchema),
  cancel: freeCall
    .route({
      method: 'POST',
      path: '/acquisition/cancel',
      summary: 'End it; answers when everything is on the disk and the microscope is restored',
      tags,
    })
    .input(whichOne)
    .output(planStatusSchema),
  events: view
    .route({
      method: 'GET',
      path: '/acquisition/events',
      summary: 'What happens in plans from now on, event by event, as server-sent events',
      tags,
    })
    .output(eventIterator(acquisitionEventSchema)),
}

const planTags = ['Plans']
const planName = z.string().min(1).max(100)
const plan = z.record(z.string(), z.unknown())

/** Calls about plans that are not run: reading, writing, and templates. */
export const planCalls = {
  read: view
    .route({
      method: 'POST',
      path: '/plans/read',
      summary: 'Read the text of a plan file (JSON or YAML of useq-schema)',
      tags: planTags,
    })
    .input(z.strictObject({ text: z.string().max(10_000_000) }))
    .output(z.object({ plan, warnings: z.array(planRemarkSchema) })),
  write: view
    .route({
      method: 'POST',
      path: '/plans/write',
      summary: 'The text of a plan file, every field written',
      tags: planTags,
    })
    .input(z.strictObject({ plan, format: z.enum(['json', 'yaml']).default('json') }))
    .output(z.object({ text: z.string() })),
  list: view
    .route({ method: 'GET', path: '/plans', summary: 'Plans that were kept as templates', tags: planTags })
    .output(z.array(z.object({ name: planName, savedAt: z.number() }))),
  get: view
    .route({ method: 'POST', path: '/plans/get', summary: 'A template', tags: planTags })
    .input(z.strictObject({ name: planName }))
    .output(z.object({ plan, warnings: z.array(planRemarkSchema) })),
  save: freeCall
    .route({
      method: 'POST',
      path: '/plans/save',
      summary: 'Keep a plan as a template; one of the same name only with `replace`',
      tags: planTags,
    })
    .input(z.strictObject({ name: planName, plan, replace: z.boolean().default(false) })),
  remove: freeCall
    .route({ method: 'POST', path: '/plans/remove', summary: 'Forget a template', tags: planTags })
    .input(z.strictObject({ name: planName })),
}
