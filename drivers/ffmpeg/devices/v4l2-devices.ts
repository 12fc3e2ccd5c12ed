import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A video device of Linux. */
export type V4l2Device = {
  /** `/dev/video0`. */
  readonly device: string
  readonly title: string
  readonly serialNumber: string | undefined
}

/**
 * The cameras that Linux lists in /sys/class/video4linux. A camera has several nodes; the one with index 0 gives
 * images, the others describe them.
 */
export async function listV4l2(folder = '/sys/class/video4linux'): Promise<readonly V4l2Device[]> {
  const nodes = (await readdir(folder).catch(() => [])).filter((name) => /^video\d{1,3}$/.test(name))
  const devices = await Promise.all(
    nodes.map(async (node): Promise<V4l2Device[]> => {
      if (((await textOf(folder, node, 'index')) ?? '0') !== '0') return []
      return [
        {
          device: `/dev/${node}`,
          title: (await textOf(folder, node, 'name')) ?? node,
          // The node's device is an interface of the USB device that has the number.
          serialNumber: await textOf(folder, node, 'device', '..', 'serial'),
        },
      ]
    }),
  )
  return devices.flat().sort((a, b) => a.device.localeCompare(b.device, 'en', { numeric: true }))
}

/** The contents of a file of sysfs; undefined where it is not there, or empty. */
async function textOf(...path: string[]): Promise<string | undefined> {
  const text = await readFile(join(...path), 'utf8').catch(() => '')
  return text.trim() === '' ? undefined : text.trim().slice(0, 200)
}
