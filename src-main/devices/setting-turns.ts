/** A setting that does not get done is waited for so long, ms: it must not keep a light from being turned off. */
const patienceMs = 1000

/**
 * Sets each property to one value after the other, in the order in which they are asked for: the last one holds, and each
 * is answered before the next is begun. Drivers may take their time, and need not mind what is asked for meanwhile.
 */
export class SettingTurns {
  /** When each property can be set again; never rejects. */
  readonly #free = new Map<string, Promise<void>>()

  /** Does `set` when what was asked for before of `property` has been done, has failed, or hangs. @throws as `set` */
  take(property: string, set: () => Promise<void>): Promise<void> {
    const free = this.#free.get(property) ?? Promise.resolve()
    const setting = free.then(set)
    this.#free.set(
      property,
      free.then(() => endOf(setting)),
    )
    return setting
  }
}

/** Resolves when `setting` has ended, or should have. */
async function endOf(setting: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([Promise.allSettled([setting]), late])
  clearTimeout(timer)
}
