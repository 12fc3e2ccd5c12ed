/**
 * Plays recorded images as if they came from a camera: a folder of PNG and TIFF images, one image, or a TIFF stack.
 *
 * Pixels are played as they are stored: 8-bit grey as Mono8, 16-bit grey as Mono16 (with 16 significant bits, as files do
 * not say how many are in use), 8-bit colour as RGB8 without its alpha. Images saved in colour that hold nothing but
 * greys are played as grey; 16-bit colour is refused. Palette images: PNG as the colours they stand for, TIFF (which is
 * how ImageJ saves a look-up table) as the values themselves. WhiteIsZero TIFFs are not inverted.
 */
import type { Connection, Driver } from '../sdk/driver.ts'
import { ReplayCamera } from './replay-camera.ts'
import { parseReplayOptions } from './replay-options.ts'
import { ReplaySource } from './replay-source.ts'

const replay: Driver = {
  manifest: {
    id: 'replay',
    name: 'Replay',
    description: 'Plays recorded images (PNG, TIFF, TIFF stacks) as a camera.',
    demo: false,
    permissions: ['files'],
    addressHint: 'Folder of images, or a PNG or TIFF file',
  },
  discover: () => Promise.resolve([]),
  open: async (address, options): Promise<Connection> => {
    const parsed = parseReplayOptions(options)
    const source = await ReplaySource.open(address, parsed)
    const camera = new ReplayCamera(source, parsed)
    return {
      devices: [camera],
      close: async () => {
        await camera.close()
        await source.close()
      },
    }
  },
}

export default replay
