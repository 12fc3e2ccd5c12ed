/** Where an export goes on this computer. */
import { z } from 'zod'

/** A new file, as far as it is used here; of the File System Access API, which Chromium has and TypeScript does not know. */
export type ChosenFile = {
  readonly handle: FileSystemFileHandle
  readonly name: string
  /** Removes it when nothing has been written into it. */
  forget(): Promise<void>
}

type SavePicker = (options: { readonly suggestedName: string }) => Promise<FileSystemFileHandle>

const pickerSchema = z.object({
  showSaveFilePicker: z.custom<SavePicker>((value) => typeof value === 'function'),
})

/** Whether the browser writes to the disk, instead of downloading what is complete. */
export const writesFiles = (page: Window): boolean => pickerSchema.safeParse(page).success

/**
 * Asks the user for a file, where the browser can write to the disk.
 * @returns undefined where it cannot, so that it has to be downloaded; `cancelled` when he has thought better of it.
 */
export async function chooseFile(
  page: Window,
  suggestedName: string,
): Promise<ChosenFile | 'cancelled' | undefined> {
  const able = pickerSchema.safeParse(page)
  if (!able.success) return undefined
  try {
    const handle = await able.data.showSaveFilePicker.call(page, { suggestedName })
    const file = { handle, name: handle.name, forget: () => removeEmpty(handle) }
    if (await isWritable(handle)) return file
    await file.forget()
    return undefined
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled'
    // Not allowed here, as in a frame or by a policy: a download always is.
    return undefined
  }
}

const permissionSchema = z.object({
  queryPermission: z.custom<(mode: { mode: 'readwrite' }) => Promise<PermissionState>>(
    (value) => typeof value === 'function',
  ),
})

/** A host may refuse what the user has just allowed. */
async function isWritable(handle: FileSystemFileHandle): Promise<boolean> {
  const asked = permissionSchema.safeParse(handle)
  return (
    !asked.success || (await asked.data.queryPermission.call(handle, { mode: 'readwrite' })) === 'granted'
  )
}

/** How long a worker that was ended may still keep its file from being removed, and how often that is tried, ms. */
const heldMs = 10_000
const againMs = 100

/** The picker has made a file that is empty until an export is complete. */
async function removeEmpty(handle: FileSystemFileHandle): Promise<void> {
  const { size } = await handle.getFile()
  if (size !== 0 || !('remove' in handle) || typeof handle.remove !== 'function') return
  const endMs = performance.now() + heldMs
  for (;;) {
    try {
      await handle.remove()
      return
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError'
      if (!isHeld || performance.now() > endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }
}

/** Has the browser download `content`, as its settings say. */
export function download(page: Window, content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = page.document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has begun with what the address stands for.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
