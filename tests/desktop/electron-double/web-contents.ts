/** A page of the double: a real Chromium page with the built preload in an isolated world of its own. */
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { MessageChannelMain, type MessagePortMain } from './message-ports.ts'
import { isolatedWorldSource, mainWorldSource, pack, type WireMessage } from './preload-realm.ts'

/** Handlers of `protocol.handle`, by scheme. */
export const protocolHandlers = new Map<string, (request: Request) => Promise<Response>>()

/** For hanging only; Playwright's own is too short for a loaded machine. */
const limitMs = 90_000

type OpenHandler = (details: { url: string }) => unknown

export class WebContents extends EventEmitter {
  readonly ipc = new EventEmitter()
  readonly mainFrame = { url: '' }
  readonly #preload: string
  readonly #ports = new Map<number, MessagePortMain>()
  readonly #waiting: WireMessage[] = []
  #poll: ServerResponse | undefined
  #openHandler: OpenHandler = () => undefined
  #page: Page | undefined
  #origin = ''
  /** The next navigation is ours, not the page's. */
  #ours = false
  #destroyed = false

  constructor(preload: string) {
    super()
    this.#preload = preload
  }

  getURL = (): string => this.mainFrame.url
  isDestroyed = (): boolean => this.#destroyed
  /** What the user drags out of the page, last. */
  dragged: unknown
  startDrag = (item: unknown): void => void (this.dragged = item)
  setWindowOpenHandler = (handler: OpenHandler): void => void (this.#openHandler = handler)

  postMessage(channel: string, message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const ports = transfer.map((port) => {
      const id = this.#ports.size
      this.#giveAway(id, port)
      return id
    })
    this.#send({ type: 'ipc', channel, message: structuredClone(message), ports })
  }

  async load(url: string, size: { width: number; height: number }): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response)).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const address = server.address()
    this.#origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    this.mainFrame.url = url
    this.#page = await this.#openPage(size)
    this.#ours = true
    await this.#page.goto(this.#origin)
  }

  async reload(): Promise<void> {
    this.#ours = true
    await this.#page?.reload()
  }

  async destroy(): Promise<void> {
    this.#destroyed = true
    this.#dropPorts()
    this.emit('destroyed')
    await this.#page?.close()
  }

  async #openPage(size: { width: number; height: number }): Promise<Page> {
    const browser = await chromium.connectOverCDP(process.env['ELECTRON_DOUBLE_BROWSER'] ?? '', {
      timeout: limitMs,
    })
    const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage()
    page.setDefaultTimeout(limitMs)
    await page.setViewportSize({ width: size.width, height: size.height })
    page.on('load', () => this.emit('did-finish-load'))
    page.on('popup', (popup) => void popup.close())
    const session = await page.context().newCDPSession(page)
    await session.send('Page.enable')
    session.on('Page.windowOpen', ({ url }) => void this.#openHandler({ url }))
    const source = isolatedWorldSource(readFileSync(this.#preload, 'utf8'))
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldSource })
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      source,
      worldName: 'Electron Isolated Context',
    })
    await this.#watchNavigation(session)
    return page
  }

  async #watchNavigation(session: CDPSession): Promise<void> {
    const { frameTree } = await session.send('Page.getFrameTree')
    session.on('Fetch.requestPaused', ({ requestId, request, frameId }) => {
      const isMainFrame = frameId === frameTree.frame.id
      let denied = false
      const event = {
        url: this.#toApp(request.url),
        isMainFrame,
        isSameDocument: false,
        preventDefault: () => (denied = true),
      }
      if (!isMainFrame || !this.#ours) this.emit('will-frame-navigate', event)
      if (denied) return void session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
      if (isMainFrame) this.#ours = false
      this.emit('did-start-navigation', event)
      void session.send('Fetch.continueRequest', { requestId })
    })
    await session.send('Fetch.enable', { patterns: [{ resourceType: 'Document' }] })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, double, action] = (request.url ?? '').split('/')
    if (double !== 'electron-double') return this.#serveApp(request, response)
    if (action === 'post') {
      const message = await json(request)
      response.writeHead(204).end()
      return this.#receive(message as WireMessage)
    }
    if (action === 'first') this.#dropPorts()
    this.#poll = response
    this.#flush()
  }

  async #serveApp({ url, method = 'GET' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const appUrl = this.#toApp(`${this.#origin}${url}`)
    const answer = await protocolHandlers.get(new URL(appUrl).protocol.slice(0, -1))?.(
      new Request(appUrl, { method }),
    )
    response.writeHead(answer?.status ?? 502, Object.fromEntries(answer?.headers ?? []))
    response.end(new Uint8Array((await answer?.arrayBuffer()) ?? []))
  }

  /** What `port` is to deliver goes to the page from now on. */
  #giveAway(id: number, port: MessagePortMain): void {
    this.#ports.set(id, port)
    port.forward = (data) => this.#send({ type: 'port', id, data })
    port.on('close', () => this.#send({ type: 'close', id }))
  }

  #receivePort(id: number): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain()
    this.#giveAway(id, port2)
    return port1
  }

  #receive(message: WireMessage): void {
    if (message.type === 'ipc') {
      const ports = message.ports.map((id) => this.#receivePort(id))
      this.ipc.emit(message.channel, { senderFrame: this.mainFrame, ports }, message.message)
    } else if (message.type === 'port') this.#ports.get(message.id)?.peer?.deliver(message.data)
    else this.#ports.get(message.id)?.close()
  }

  #send(message: WireMessage): void {
    this.#waiting.push(message)
    this.#flush()
  }

  #flush(): void {
    const message = this.#poll === undefined ? undefined : this.#waiting.shift()
    if (message === undefined) return
    this.#poll?.end(pack(message))
    this.#poll = undefined
  }

  /** The ports of a page, and what was on its way to it, end with it. */
  #dropPorts(): void {
    for (const port of this.#ports.values()) port.close()
    this.#waiting.length = 0
  }

  #toApp(url: string): string {
    return url.startsWith(this.#origin) ? new URL(new URL(url).pathname, this.getURL()).href : url
  }
}
