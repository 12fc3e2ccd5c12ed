import { Choice } from '../components/choice.tsx'
import { LabelledRow } from '../components/labelled-row.tsx'

/** How a Bayer mosaic is shown. */
export type Mosaic = 'colour' | 'raw'

type MosaicRowProps = { readonly mosaic: Mosaic; onChange(mosaic: Mosaic): void }

/** A Bayer image in colour, or as it is. */
export function MosaicRow({ mosaic, onChange }: MosaicRowProps) {
  return (
    <LabelledRow
      title="Mosaic"
      layout="wide"
      help="The camera’s Bayer mosaic: in colour, or each pixel as the grey of its own value. Images are kept as they are in both cases."
    >
      <Choice
        label="Bayer mosaic"
        value={mosaic}
        options={[
          { value: 'colour', label: 'Colour' },
          { value: 'raw', label: 'Raw' },
        ]}
        onChange={(chosen) => onChange(chosen === 'raw' ? 'raw' : 'colour')}
      />
    </LabelledRow>
  )
}
