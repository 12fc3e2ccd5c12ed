/** Quitting: cameras are stopped and devices closed before the program ends, but a device that hangs cannot stop it. */
/** What quitting needs of Electron's `app`. */
type QuittingApp = {
  on(event: 'window-all-closed', listener: () => void): unknown
  on(event: 'before-quit', listener: (event: { preventDefault(): void }) => void): unknown
  quit(): void
  exit(code: number): void
}

type Options = {
  readonly app: QuittingApp
  /** Stops everything; called once. */
  close(): Promise<void>
  readonly limitMs: number
}

/** Makes every way to quit wait for `close`, at most for `limitMs`. */
export function quitCleanly({ app, close, limitMs }: Options): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    void closeInTime().then((inTime) => {
      state = 'closed'
      if (inTime) app.quit()
      else app.exit(1)
    })
  })

  async function closeInTime(): Promise<boolean> {
    const limit = Promise.withResolvers<boolean>()
    const timer = setTimeout(() => {
      console.error(`Devices did not close within ${limitMs} ms; quitting without them.`)
      limit.resolve(false)
    }, limitMs)
    const done = close().then(
      () => true,
      (error: unknown) => {
        console.error('Closing failed:', error)
        return true
      },
    )
    const inTime = await Promise.race([done, limit.promise])
    clearTimeout(timer)
    return inTime
  }
}
