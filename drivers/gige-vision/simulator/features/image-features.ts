import { type CameraSettings, roiStep, testPatterns } from '../camera-settings.ts'
import type { ImageFormat } from '../image-format.ts'
import type { CameraDescription } from './camera-description.ts'
import { addEnumeration } from './describe-choices.ts'
import { addFormula } from './describe-computed.ts'
import { addInteger } from './describe-numbers.ts'
import { element } from './xml-text.ts'

const colourFilters: readonly ImageFormat['colour'][] = ['RG', 'GR', 'GB', 'BG']

/** SFNC 2.7, "Image Format Control". */
export function addImageFeatures(description: CameraDescription, settings: CameraSettings): void {
  const { model } = settings
  const pixels = { unit: 'px' } as const
  const roi = { ...pixels, locked: true } as const
  const [horizontal, vertical] = addBinning(description, settings)
  addLimits(description)
  description.category('ImageFormatControl', 'Image Format Control', 'Size and format of the images.', [
    addInteger(description, {
      ...pixels,
      name: 'SensorWidth',
      title: 'Sensor width',
      tip: 'Width of the sensor.',
      visibility: 'Expert',
      value: { read: () => model.sensorWidth },
    }),
    addInteger(description, {
      ...pixels,
      name: 'SensorHeight',
      title: 'Sensor height',
      tip: 'Height of the sensor.',
      visibility: 'Expert',
      value: { read: () => model.sensorHeight },
    }),
    addInteger(description, {
      ...pixels,
      name: 'WidthMax',
      title: 'Largest width',
      tip: 'Width of the whole image with the present binning.',
      visibility: 'Expert',
      invalidatedBy: [horizontal],
      value: { read: () => settings.widthMax },
    }),
    addInteger(description, {
      ...pixels,
      name: 'HeightMax',
      title: 'Largest height',
      tip: 'Height of the whole image with the present binning.',
      visibility: 'Expert',
      invalidatedBy: [horizontal],
      value: { read: () => settings.heightMax },
    }),
    addInteger(description, {
      ...roi,
      name: 'Width',
      title: 'Width',
      tip: 'Width of the image.',
      min: roiStep.smallest,
      max: { node: 'WidthLimit' },
      inc: roiStep.x,
      invalidatedBy: [horizontal],
      value: { read: () => settings.width, write: (width) => settings.setWidth(width) },
    }),
    addInteger(description, {
      ...roi,
      name: 'Height',
      title: 'Height',
      tip: 'Height of the image.',
      min: roiStep.smallest,
      max: { node: 'HeightLimit' },
      inc: roiStep.y,
      invalidatedBy: [horizontal],
      value: { read: () => settings.height, write: (height) => settings.setHeight(height) },
    }),
    addInteger(description, {
      ...roi,
      name: 'OffsetX',
      title: 'Left',
      tip: 'Distance of the image from the left edge of the sensor, in pixels of the image.',
      min: 0,
      max: { node: 'OffsetXLimit' },
      inc: roiStep.x,
      invalidatedBy: [horizontal],
      value: { read: () => settings.offsetX, write: (x) => settings.setOffsetX(x) },
    }),
    addInteger(description, {
      ...roi,
      name: 'OffsetY',
      title: 'Top',
      tip: 'Distance of the image from the top edge of the sensor, in pixels of the image.',
      min: 0,
      max: { node: 'OffsetYLimit' },
      inc: roiStep.y,
      invalidatedBy: [horizontal],
      value: { read: () => settings.offsetY, write: (y) => settings.setOffsetY(y) },
    }),
    horizontal,
    vertical,
    addEnumeration(description, {
      name: 'PixelFormat',
      title: 'Pixel format',
      tip: 'Colour, depth and packing of the pixels.',
      locked: true,
      entries: model.formats.map(({ name, code }) => ({ name, value: code })),
      value: { read: () => settings.format.code, write: (code) => settings.setFormat(code) },
    }),
    addPixelSize(description),
    addEnumeration(description, {
      name: 'PixelColorFilter',
      title: 'Colour filter',
      tip: 'Order of the colours on the sensor, as the pixel format has it.',
      visibility: 'Expert',
      invalidatedBy: ['PixelFormat'],
      entries: [
        { name: 'None', value: 0 },
        ...colourFilters.map((order, i) => ({ name: `Bayer${order}`, value: i + 1 })),
      ],
      value: { read: () => colourFilters.indexOf(settings.format.colour) + 1 },
    }),
    addInteger(description, {
      name: 'PixelDynamicRangeMax',
      title: 'Largest pixel value',
      tip: 'Value of a saturated pixel.',
      visibility: 'Expert',
      invalidatedBy: ['PixelFormat'],
      value: { read: () => 2 ** settings.format.bits - 1 },
    }),
    addEnumeration(description, {
      name: 'TestPattern',
      title: 'Test pattern',
      tip: 'Images whose every pixel can be foretold, instead of the specimen.',
      entries: testPatterns.map((name, value) => ({ name, value })),
      value: {
        read: () => testPatterns.indexOf(settings.testPattern),
        write: (value) => {
          settings.testPattern = testPatterns[value] ?? 'Off'
          return 'success'
        },
      },
    }),
  ])
}

/** Pixels are binned to squares: both features are one setting. */
function addBinning(description: CameraDescription, settings: CameraSettings): readonly [string, string] {
  const binning = {
    locked: true,
    min: 1,
    max: Math.max(...settings.model.binnings),
    value: {
      read: () => settings.binning,
      write: (value: number) => settings.setBinning(value),
    },
  }
  return [
    addInteger(description, {
      ...binning,
      name: 'BinningHorizontal',
      title: 'Binning across',
      tip: 'Pixels that are averaged to one: 1, 2 or 4 in each direction. The image becomes the whole sensor again.',
      invalidatedBy: ['BinningVertical'],
    }),
    addInteger(description, {
      ...binning,
      name: 'BinningVertical',
      title: 'Binning down',
      tip: 'Always as many as across.',
      visibility: 'Expert',
      invalidatedBy: ['BinningHorizontal'],
    }),
  ]
}

/** What width and offset leave to each other. */
function addLimits(description: CameraDescription): void {
  const limits = [
    { name: 'WidthLimit', whole: 'WidthMax', other: 'OffsetX' },
    { name: 'HeightLimit', whole: 'HeightMax', other: 'OffsetY' },
    { name: 'OffsetXLimit', whole: 'WidthMax', other: 'Width' },
    { name: 'OffsetYLimit', whole: 'HeightMax', other: 'Height' },
  ]
  for (const { name, whole, other } of limits) {
    addFormula(description, 'IntSwissKnife', name, 'WHOLE - OTHER', { WHOLE: whole, OTHER: other })
  }
}

/** Bits of a pixel are part of its format's code. */
function addPixelSize(description: CameraDescription): string {
  return addFormula(
    description,
    'IntSwissKnife',
    'PixelBits',
    '(CODE >> 16) & 0xFF',
    { CODE: 'PixelFormatRegister' },
    [
      element('ToolTip', 'Bits of a pixel on the network.'),
      element('DisplayName', 'Pixel size'),
      element('Visibility', 'Expert'),
    ],
  )
}
