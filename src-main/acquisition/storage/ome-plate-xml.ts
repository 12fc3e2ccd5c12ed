/** `Plate` of OME-XML: which Image was taken in which well. */
import { xmlAttributes } from '../../../src-shared/xml-text.ts'
import type { DatasetLayout } from './dataset-writer.ts'
import { isPlate } from './ome-zarr/ome-image-paths.ts'

/** @param positions numbers of those that have an Image; empty text where they are not of a plate */
export function plateXml(layout: DatasetLayout, positions: readonly number[]): string {
  const { plate } = layout
  if (plate === undefined || !isPlate(layout)) return ''
  const samples = positions.flatMap((number) => {
    const { well, xUm, yUm } = layout.positions[number] ?? {}
    return well === undefined ? [] : [{ number, well, xUm, yUm }]
  })
  const wells = Map.groupBy(samples, ({ well }) => `${well.row}:${well.column}`)
  const facts = xmlAttributes({
    ID: 'Plate:0',
    Name: plate.name,
    RowNamingConvention: 'letter',
    ColumnNamingConvention: 'number',
    Rows: plate.rows,
    Columns: plate.columns,
  })
  const content = [...wells].map(([id, fields]) => {
    const { row, column } = fields[0]?.well ?? {}
    const images = fields.map(({ number, xUm, yUm }) => {
      const sample = xmlAttributes({
        ID: `WellSample:${number}`,
        ...(xUm === undefined ? {} : { PositionX: xUm, PositionXUnit: 'µm' }),
        ...(yUm === undefined ? {} : { PositionY: yUm, PositionYUnit: 'µm' }),
        Index: number,
      })
      return `<WellSample${sample}><ImageRef ID="Image:${number}"/></WellSample>`
    })
    return `<Well${xmlAttributes({ ID: `Well:${id}`, Row: row, Column: column })}>${images.join('')}</Well>`
  })
  return `<Plate${facts}>${content.join('')}</Plate>`
}
