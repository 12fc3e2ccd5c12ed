import { Select } from '@mantine/core'
import { type ColourTable, type Lut, lutGradient, luts } from '../display/lut.ts'
import styles from './display-panel.module.css'

const lutTitles: Record<Lut, string> = {
  gray: 'Grey',
  inverted: 'Inverted',
  green: 'Green',
  red: 'Red',
  blue: 'Blue',
  magenta: 'Magenta',
  cyan: 'Cyan',
  yellow: 'Yellow',
  fire: 'Fire',
  viridis: 'Viridis',
}

type ColourTableSelectProps = {
  /** A colour that is none of the tables is shown as `Own colour`. */
  readonly value: ColourTable
  onChange(lut: Lut): void
}

/** Which colours pixel values get. */
export function ColourTableSelect({ value, onChange }: ColourTableSelectProps) {
  const named = luts.map((lut) => ({ value: String(lut), label: lutTitles[lut] }))
  const known = luts.some((lut) => lut === value)
  return (
    <Select
      aria-label="Colours"
      data={known ? named : [{ value, label: 'Own colour' }, ...named]}
      value={value}
      leftSection={<Swatch table={value} />}
      leftSectionWidth={56}
      renderOption={({ option }) => (
        <span className={styles['lutOption']}>
          <Swatch table={luts.find((lut) => lut === option.value) ?? value} />
          {option.label}
        </span>
      )}
      onChange={(chosen) => {
        const lut = luts.find((name) => name === chosen)
        if (lut !== undefined) onChange(lut)
      }}
    />
  )
}

function Swatch({ table }: { readonly table: ColourTable }) {
  return <span className={styles['swatch']} style={{ background: lutGradient(table) }} />
}
