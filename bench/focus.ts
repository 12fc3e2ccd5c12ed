/** Finding the focus by the image on the demo microscope: how far off it ends, how many images and how long it takes. */
import { ImageFocus } from '../src-main/acquisition/focus/image-focus.ts'
import { AcquisitionTurn } from '../src-main/acquisition/acquisition-turn.ts'
import { demoDriverConnection, openRegistry } from '../tests/fixtures/demo-registry.ts'
import { focusSurfaceUm, filters } from '../drivers/simulated-microscope/optics.ts'
import { CoverslipError } from '../src-shared/errors.ts'

type Case = {
  readonly objective: string
  readonly channel: string
  readonly offUm: number
  /** Of the light, %. */
  readonly light: number
}

const cases: readonly Case[] = ['10x/0.45', '20x/0.75', '40x/0.95'].flatMap((objective) =>
  [-15.7, 15.7].flatMap((offUm) => [50, 2].map((light) => ({ objective, channel: 'GFP', offUm, light }))),
)
const place = { x: 400, y: -300 }
const size = Number(process.argv[2] ?? 1024)

const devices = await openRegistry(demoDriverConnection({ width: size, height: size }))
const focus = new ImageFocus({ devices, turn: new AcquisitionTurn() })
const lease = await devices.acquire('camera', { owner: 'the live view', interruptible: true })
console.log(`${size} × ${size}, 20 ms, 50 frames/s, from 15.7 µm off, range 50 µm`)
console.log('objective   light  from     error    depth   planes  time')
for (const { objective, channel, offUm, light } of cases) {
  await devices.setProperty('objective', 'position', objective)
  await devices.applyPreset('Channel', channel)
  await devices.setProperty('led-475', 'intensity', light)
  const heightUm = filters.find(({ label }) => label === channel)?.fluorescence?.heightUm ?? 0
  const trueUm = focusSurfaceUm(place.x, place.y) + heightUm
  await devices.moveStage('stage', { ...place, z: trueUm + offUm }, 'absolute')
  const na = Number(objective.split('/')[1])
  const depthUm = 0.52 / na ** 2
  const began = performance.now()
  try {
    const { foundUm = Number.NaN, curve } = await focus.find({})
    const seconds = (performance.now() - began) / 1000
    const columns = [
      objective.padEnd(10),
      `${light} %`.padStart(6),
      `${offUm > 0 ? '+' : ''}${offUm} µm`.padStart(8),
      `${(foundUm - trueUm).toFixed(3)} µm`.padStart(10),
      `${depthUm.toFixed(2)} µm`.padStart(8),
      String(curve.length).padStart(6),
      `${seconds.toFixed(1)} s`.padStart(7),
    ]
    console.log(columns.join(' '))
    if (process.argv[3] === 'curve')
      console.log(curve.map(({ zUm, score }) => `${(zUm - trueUm).toFixed(2)}:${score.toFixed(1)}`).join(' '))
  } catch (error) {
    console.log(
      objective.padEnd(10),
      `${light} %`.padStart(6),
      `${offUm} µm`.padStart(8),
      CoverslipError.from(error).message,
    )
    if (process.argv[3] === 'curve')
      console.log(
        focus.status?.curve
          .map(({ zUm, score }) => `${(zUm - trueUm).toFixed(2)}:${score.toFixed(1)}`)
          .join(' '),
      )
  }
}
await lease.release()
await devices.close()
