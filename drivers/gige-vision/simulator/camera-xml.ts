import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import type { Register } from './register-map.ts'
import { blobRegister } from './registers.ts'
import type { GigeSimulatorSettings } from './simulator-options.ts'
import { zipOfOne } from './zip-archive.ts'

/** Where the camera keeps its description. */
const xmlAddress = 0x0020_0000
const fileName = 'coverslip-simulator.xml'

/** How the camera's description is found: the URL that its registers hold, and the memory that it points to. */
export type CameraXml = { readonly url: string; readonly registers: readonly Register[] }

/** Serves descriptions in the way that the settings ask for. */
export class XmlPublisher {
  readonly #settings: GigeSimulatorSettings
  #server: { readonly http: Server; readonly url: string } | undefined
  #xml = ''

  constructor(settings: GigeSimulatorSettings) {
    this.#settings = settings
  }

  /** To be awaited before `publish`. */
  async start(): Promise<void> {
    const { xml, address } = this.#settings
    if (xml.by !== 'http') return
    const http = createServer((request, response) => {
      const isKnown = request.url === `/${fileName}`
      response.writeHead(isKnown ? 200 : 404, { 'content-type': isKnown ? 'text/xml' : 'text/plain' })
      response.end(isKnown ? this.#xml : 'Not found')
    })
    http.listen(0, address)
    await once(http, 'listening')
    const bound = http.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0
    this.#server = { http, url: `http://${address}:${port}/${fileName}` }
  }

  publish(xml: string): CameraXml {
    const { by } = this.#settings.xml
    this.#xml = xml
    switch (by) {
      case 'memory':
        return inMemory(fileName, Buffer.from(xml))
      case 'zipped-memory':
        return inMemory(fileName.replace('.xml', '.zip'), zipOfOne(fileName, Buffer.from(xml)))
      case 'file':
        return { url: `File:${pathToFileURL(this.#settings.xml.path).pathname}`, registers: [] }
      case 'http':
        return { url: this.#server?.url ?? '', registers: [] }
    }
  }

  /** Writes the file, where there is to be one. To be awaited after `publish`. */
  async save(): Promise<void> {
    const { xml } = this.#settings
    if (xml.by === 'file') await writeFile(xml.path, this.#xml)
  }

  close(): void {
    this.#server?.http.close()
    this.#server?.http.closeAllConnections()
  }
}

function inMemory(name: string, content: Uint8Array): CameraXml {
  const url = `Local:${name};${xmlAddress.toString(16)};${content.length.toString(16)}`
  return { url, registers: [blobRegister(xmlAddress, content)] }
}
