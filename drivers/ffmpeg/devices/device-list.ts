/** What ffmpeg prints when it is asked for the cameras of this computer. */

/** A device that ffmpeg has listed. */
export type ListedDevice = {
  /** How it is opened. */
  readonly device: string
  readonly title: string
}

const prefix = /^\[[^\]]*\]\s?/

/**
 * Windows: `ffmpeg -f dshow -list_devices true -i dummy`. Since ffmpeg 5.0 each line says `(video)` or `(audio)`; before,
 * headings did. The alternative name, which follows, stays the same when another camera of the same name is plugged in.
 */
export function parseDshowDevices(text: string): readonly ListedDevice[] {
  const devices: ListedDevice[] = []
  let isVideo = false
  let title: string | undefined
  for (const line of lines(text)) {
    if (/^DirectShow (video|audio) devices/.test(line)) {
      isVideo = line.includes('video')
      title = undefined
      continue
    }
    const alternative = /^\s*Alternative name "(.+)"$/.exec(line)?.[1]
    if (alternative !== undefined) {
      if (title !== undefined) devices[devices.length - 1] = { device: alternative, title }
      title = undefined
      continue
    }
    const [, name, kind] = /^\s*"(.+)"(?: \((\w+)[^)]*\))?$/.exec(line) ?? []
    if (name === undefined) continue
    title = (kind === undefined ? isVideo : kind === 'video') ? name : undefined
    if (title !== undefined) devices.push({ device: name, title })
  }
  return devices
}

/** macOS: `ffmpeg -f avfoundation -list_devices true -i ""`. Screens are left out: they are no cameras. */
export function parseAvfoundationDevices(text: string): readonly ListedDevice[] {
  const devices: ListedDevice[] = []
  let isVideo = false
  for (const line of lines(text)) {
    if (/^AVFoundation (video|audio) devices/.test(line)) isVideo = line.includes('video')
    const name = /^\[\d+\] (.+)$/.exec(line)?.[1]
    if (isVideo && name !== undefined && !name.startsWith('Capture screen'))
      devices.push({ device: name, title: name })
  }
  return devices
}

/** The lines of `text` without what ffmpeg puts before each: `[dshow @ 0000020b] `. */
export function lines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(prefix, '').trimEnd())
}
