import type { DragEvent } from 'react'
import { dragMessage } from '../../../src-shared/desktop-handshake.ts'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { fileAddress } from '../../backend/item-files.ts'
import { useEngine } from '../../services.ts'

/**
 * What makes an item be dragged out of the window: in the desktop app as what it is on the disk, a file or a folder; in
 * browsers that can as a download, of a folder as a ZIP file.
 */
export function useItemDrag({ id, folder }: GalleryItem) {
  const transport = useEngine((state) => state.info?.transport)
  if (transport === undefined) return { draggable: false }
  return {
    draggable: true,
    onDragStart: (event: DragEvent) => {
      if (transport === 'ipc') {
        // The main process drags the file itself.
        event.preventDefault()
        window.postMessage({ ...dragMessage, id }, '*')
        return
      }
      const name = `${id.split('/').at(-1) ?? id}${folder ? '.zip' : ''}`
      const address = new URL(`${fileAddress(id)}?download`, window.location.href).href
      event.dataTransfer.effectAllowed = 'copy'
      event.dataTransfer.setData('DownloadURL', `application/octet-stream:${name}:${address}`)
      event.dataTransfer.setData('text/uri-list', address)
    },
  }
}
