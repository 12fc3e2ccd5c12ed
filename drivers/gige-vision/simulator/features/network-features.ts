import type { SimulatedLink } from '../simulator-options.ts'
import type { CameraDescription } from './camera-description.ts'
import { addConverted } from './describe-numbers.ts'

/** Shares are set in hundredths of a percent. */
const steps = 10_000

const shares = [
  { key: 'loss', name: 'SimulatedLoss', title: 'Lost packets', tip: 'Packets that never arrive.' },
  {
    key: 'reorder',
    name: 'SimulatedReordering',
    title: 'Late packets',
    tip: 'Packets that later ones overtake.',
  },
  {
    key: 'duplicate',
    name: 'SimulatedDuplication',
    title: 'Double packets',
    tip: 'Packets that arrive twice.',
  },
  {
    key: 'corrupt',
    name: 'SimulatedCorruption',
    title: 'Damaged packets',
    tip: 'Packets with wrong bytes, or cut short.',
  },
] as const

/** What the features act on. */
export type NetworkFeatureOptions = {
  readonly link: () => SimulatedLink
  readonly setLink: (link: SimulatedLink) => void
}

/** What the simulated network does to the stream. */
export function addNetworkFeatures(
  description: CameraDescription,
  { link, setLink }: NetworkFeatureOptions,
): void {
  description.category(
    'SimulatedNetwork',
    'Simulated Network',
    'What the network does to the stream’s packets.',
    [
      ...shares.map(({ key, name, title, tip }) =>
        addConverted(description, {
          name,
          title,
          tip,
          visibility: 'Expert',
          unit: '%',
          min: 0,
          max: 100,
          toRaw: 'ROUND(FROM * 100, 0)',
          fromRaw: 'TO / 100.0',
          value: {
            read: () => Math.round(link()[key] * steps),
            write: (raw) => {
              if (raw > steps) return 'invalidParameter'
              setLink({ ...link(), [key]: raw / steps })
              return 'success'
            },
          },
        }),
      ),
    ],
  )
}
