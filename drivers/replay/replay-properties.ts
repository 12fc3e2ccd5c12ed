import { type PropertyDescriptorInput, standardProperty } from '../../src-shared/devices.ts'
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { frameRateLimits } from './replay-options.ts'

/** Names of the properties that only a replay has. */
export const replayProperty = {
  frameIndex: 'frameIndex',
  playing: 'playing',
  loop: 'loop',
  imageCount: 'imageCount',
} as const

/** What shows the next image. */
export type TriggerMode = 'continuous' | 'software'

type ReplayState = {
  readonly frameRate: number
  readonly playing: boolean
  readonly loop: boolean
  /** Image that was sent last, or that the user went to, from 0. */
  readonly frameIndex: number
  readonly imageCount: number
  readonly triggerMode: TriggerMode
  readonly pixelFormat: PixelFormat
}

/** The properties of a replay camera in `state`. */
export function describeReplay(state: ReplayState): readonly PropertyDescriptorInput[] {
  return [
    {
      name: standardProperty.exposureMs,
      title: 'Exposure',
      category: 'Exposure',
      description: 'The time between two images; how long they were exposed is not recorded in them.',
      type: 'number',
      unit: 'ms',
      readOnly: true,
      value: 1000 / state.frameRate,
    },
    {
      name: standardProperty.frameRate,
      title: 'Frame rate',
      category: 'Playback',
      type: 'number',
      unit: 'fps',
      scale: 'log',
      ...frameRateLimits,
      value: state.frameRate,
    },
    {
      name: replayProperty.playing,
      title: 'Play',
      category: 'Playback',
      description: 'Off: the image stands still; set the image to look at another one.',
      type: 'boolean',
      value: state.playing,
    },
    {
      name: replayProperty.loop,
      title: 'Loop',
      category: 'Playback',
      description: 'Begin again after the last image.',
      type: 'boolean',
      value: state.loop,
    },
    {
      name: replayProperty.frameIndex,
      title: 'Image',
      category: 'Playback',
      description: 'Number of the image, from 0.',
      type: 'number',
      min: 0,
      max: state.imageCount - 1,
      step: 1,
      value: state.frameIndex,
    },
    {
      name: replayProperty.imageCount,
      title: 'Images',
      category: 'Playback',
      type: 'number',
      readOnly: true,
      value: state.imageCount,
    },
    {
      name: standardProperty.triggerMode,
      title: 'Trigger',
      category: 'Trigger',
      type: 'option',
      options: ['continuous', 'software'],
      lockedWhileAcquiring: true,
      value: state.triggerMode,
    },
    {
      name: standardProperty.pixelFormat,
      title: 'Pixel format',
      category: 'Geometry',
      type: 'option',
      options: [state.pixelFormat],
      readOnly: true,
      value: state.pixelFormat,
    },
  ]
}
