import { describe, expect, it } from 'vitest'
import { type OmeDescription, OmeXmlReader } from '../../../src-main/acquisition/reading/ome-description.ts'

function read(...images: readonly string[]): OmeDescription {
  const reader = new OmeXmlReader()
  reader.write('<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">')
  for (const image of images) reader.write(image)
  reader.write('</OME>')
  return reader.end()
}

const image = (planes: number, runs: string) =>
  `<Image><Pixels SizeX="1" SizeY="1" SizeT="${planes}">${runs}</Pixels></Image>`

describe('The table of planes in OME-XML', () => {
  it('has ten million planes at most, of all images together', () => {
    const huge = image(4_000_000, '<TiffData IFD="0"/>')
    expect(read(huge, huge).images).toHaveLength(2)
    expect(() => read(huge, huge, huge)).toThrow('12000000 planes')
  })

  it('is filled once, however often the same planes are told of', () => {
    const run = '<TiffData IFD="0" PlaneCount="1000000"/>'
    expect(() => read(image(1_000_000, run.repeat(11)))).toThrow('11000000 planes')
  })

  it('knows the file of each plane, of however many', () => {
    const count = 70_000
    const runs = Array.from(
      { length: count },
      (_, t) => `<TiffData FirstT="${t}" PlaneCount="1"><UUID FileName="${t}.tif">urn:uuid:${t}</UUID></TiffData>`,
    )
    const places = read(image(count, runs.join(''))).images[0]?.places
    for (const t of [0, 65_534, 65_535, 65_536, count - 1])
      expect(places?.find(t)).toEqual({ directory: 0, file: `${t}.tif` })
  })
})
