/** Passes the page its ports to the engine, and nothing else: the page has neither Node nor Electron. */
import { contextBridge, ipcRenderer } from 'electron'
import {
  askMessage,
  dragMessage,
  draggedItem,
  framesMessage,
  isHandshake,
  type PreloadAnnouncement,
  portsMessage,
} from '../src-shared/desktop-handshake.ts'

const announcement: PreloadAnnouncement = { transport: 'ipc' }
contextBridge.exposeInMainWorld('coverslip', announcement)

ipcRenderer.on(portsMessage.type, (event) => window.postMessage(portsMessage, '*', event.ports))
window.addEventListener('message', (event) => {
  if (event.source !== window) return
  if (isHandshake(event.data, askMessage)) ipcRenderer.send(askMessage.type)
  if (isHandshake(event.data, framesMessage))
    ipcRenderer.postMessage(framesMessage.type, undefined, [...event.ports])
  const item = draggedItem(event.data)
  if (item !== undefined) ipcRenderer.send(dragMessage.type, item)
})
