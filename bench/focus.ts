/**
 * Finding the focus by the image on the demo microscope: how far off it ends, how many images and how long it takes.
 *     node bench/focus.ts [--size 512]
 * From 15.7 µm above and below, with three objectives, in half of the light and in 2 % of it. The simulation's own time
 * to make an image of a new plane is part of it.
 */
import { parseArgs } from 'node:util'
import { focusSurfaceUm } from '../drivers/simulated-microscope/optics.ts'
import { AcquisitionTurn } from '../src-main/acquisition/acquisition-turn.ts'
import { ImageFocus } from '../src-main/acquisition/focus/image-focus.ts'
import { demoDriverConnection, openRegistry } from '../tests/fixtures/demo-registry.ts'

const { values } = parseArgs({ options: { size: { type: 'string', default: '512' } } })
const size = Number(values.size)
const place = { x: 400, y: -300 }
/** Of GFP, whose stain lies on the slide. */
const focusUm = focusSurfaceUm(place.x, place.y)
const offsUm = [-15.7, 15.7]
const objectives = ['10x/0.45', '20x/0.75', '40x/0.95']

const devices = await openRegistry(demoDriverConnection({ width: size, height: size }))
const focus = new ImageFocus({ devices, turn: new AcquisitionTurn() })
const lease = await devices.acquire('camera', { owner: 'the live view', interruptible: true })
console.log(`${size} × ${size}, range 50 µm`)
console.log('objective  light  from      off by  depth of field  images  time')
for (const objective of objectives) {
  for (const light of [50, 2]) {
    for (const offUm of offsUm) {
      await devices.setProperty('objective', 'position', objective)
      await devices.setProperty('led-475', 'intensity', light)
      await devices.moveStage('stage', { ...place, z: focusUm + offUm }, 'absolute')
      const beganMs = performance.now()
      const { foundUm = Number.NaN, curve } = await focus.find({})
      const seconds = (performance.now() - beganMs) / 1000
      // λ / NA², GFP.
      const depthUm = 0.52 / Number(objective.split('/')[1]) ** 2
      const columns = [
        objective,
        `${light} %`.padStart(6),
        `${offUm} µm`.padStart(9),
        `${(foundUm - focusUm).toFixed(3)} µm`.padStart(10),
        `${depthUm.toFixed(1)} µm`.padStart(12),
        String(curve.length).padStart(8),
        `${seconds.toFixed(1)} s`.padStart(7),
      ]
      console.log(columns.join(' '))
    }
  }
}
await lease.release()
await devices.close()
