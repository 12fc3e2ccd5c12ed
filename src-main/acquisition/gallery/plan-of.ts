import { z } from 'zod'
import { planRequestSchema } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { OpenedImage } from '../../../src-shared/gallery.ts'
import type { OpenedItem } from './open-item.ts'

const plan = z.record(z.string(), z.unknown())
/** Where our files keep the plan that they were made by: by itself, or in what was asked for. */
const metadataSchema = z.looseObject({
  plan: plan.optional().catch(undefined),
  request: z.looseObject({ plan: plan.optional() }).optional().catch(undefined),
})

/** The plan that an item was made by; undefined when it was not made by one. Also of files without their folder. */
export function planOf({ summary, datasets }: OpenedItem): Record<string, unknown> | undefined {
  if (summary?.request.plan !== undefined) return summary.request.plan
  for (const { reader } of datasets) {
    const metadata = metadataSchema.safeParse(reader.metadata).data
    const found = metadata?.plan ?? metadata?.request?.plan
    if (found !== undefined) return found
  }
  return undefined
}

/** How the plan of an acquisition was run; undefined where no plan was, or another version asked in other words. */
export function runOf({ summary }: OpenedItem): OpenedImage['run'] {
  const request = planRequestSchema.safeParse(summary?.request)
  if (!request.success) return undefined
  const { plan: _plan, ...run } = request.data
  return run
}
