/** Files of the gallery's items, as the host serves them beside the calls. */
import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'

const listSchema = z.object({
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
  /** False: there are more. */
  complete: z.boolean(),
})
export type ItemFiles = z.infer<typeof listSchema>

/** Address of an item, or of a file in it, on the page's own host. */
export function fileAddress(id: string, path = ''): string {
  const whole = path === '' ? id : `${id}/${path}`
  return `/gallery/files/${whole.split('/').map(encodeURIComponent).join('/')}`
}

/** The files of an item that is a folder. @throws CoverslipError when the host does not tell */
export async function listFiles(id: string, signal: AbortSignal): Promise<ItemFiles> {
  const response = await fetch(fileAddress(id), { signal })
  const list = listSchema.safeParse(await response.json().catch(() => undefined))
  if (response.ok && list.success) return list.data
  throw new CoverslipError('UNKNOWN_IMAGE', `The files of ${id} cannot be listed`, {
    hint: 'It may have been moved or removed meanwhile.',
  })
}
