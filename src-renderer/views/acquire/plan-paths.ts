/** From a field of a plan's file (`channels[1].exposure`) to its place in the editor. */
import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { wellName } from '../../../src-shared/plan/well-plate.ts'

/** `path` and what it lies in, the most particular first: `channels[1].exposure`, `channels[1]`, `channels`. */
export function enclosingPaths(path: string): readonly string[] {
  const paths: string[] = []
  for (let rest = path; rest !== ''; rest = rest.slice(0, Math.max(0, rest.search(/[.[][^.[]*$/))))
    paths.push(rest)
  return paths
}

/** The element that edits the field at `path`, or what it lies in: those with `data-path` within `root`. */
export function elementAt(root: ParentNode, path: string): HTMLElement | undefined {
  const elements = [...root.querySelectorAll<HTMLElement>('[data-path]')]
  for (const wanted of enclosingPaths(path)) {
    const found = elements.find((element) => element.dataset['path'] === wanted)
    if (found !== undefined) return found
  }
  return undefined
}

/** Which field of the file each key is called in the editor. */
const words: Readonly<Record<string, string>> = {
  channels: 'Channels',
  z_plan: 'Focus stack',
  stage_positions: 'Positions',
  grid_plan: 'Tiles',
  time_plan: 'Time',
  autofocus_plan: 'Autofocus',
  axis_order: 'Order',
  keep_shutter_open_across: 'Light kept on',
  setup: 'Set-up',
  metadata: 'Notes',
  storage: 'Files',
  name: 'Name',
  detectorNames: 'Cameras',
  onFault: 'When hardware fails',
  config: 'preset',
  group: 'group of presets',
  exposure: 'exposure',
  camera: 'camera',
  z_offset: 'focus offset',
  do_stack: 'stack',
  acquire_every: 'time points',
  x: 'X',
  y: 'Y',
  z: 'Z',
  sequence: 'own settings',
  properties: 'own device settings',
  top: 'top',
  bottom: 'bottom',
  step: 'step',
  interval: 'interval',
  duration: 'duration',
  loops: 'number',
  selected_wells: 'wells',
  plate: 'plate',
  well_points_plan: 'points in each well',
  overlap: 'overlap',
  autofocus_device_name: 'device',
}

const segmentWords = (segment: string): string => words[segment] ?? segment.replaceAll('_', ' ')

/** `path` in the editor's words: `Channel 2 (GFP), exposure`; `Plan` for the whole. */
export function pathWords(path: string, sequence: MdaSequence): string {
  if (path === '') return 'Plan'
  const [, list, number, rest] =
    /^(channels|stage_positions|time_plan\.phases)\[(\d+)\]\.?(.*)$/.exec(path) ?? []
  if (list !== undefined && number !== undefined) {
    const index = Number(number)
    const entry = `${rowWords(list, index, sequence)}`
    return [entry, ...detailWords(rest ?? '')].join(', ')
  }
  return detailWords(path).join(', ')
}

/** What is said of the field at `path`; of the whole plan, as a sentence of its own: `The plan has too many places`. */
export function remarkWords({ path, message }: PlanRemark): string {
  return path === '' && /^[a-z]/.test(message) ? `The plan ${message}` : message
}

function rowWords(list: string, index: number, { channels, positions }: MdaSequence): string {
  if (list === 'channels') return named('Channel', index, channels[index]?.config)
  if (list === 'time_plan.phases') return `Time, phase ${index + 1}`
  if ('plate' in positions) {
    const well = positions.wells[index]
    return well === undefined ? 'Wells' : `Well ${wellName(...well)}`
  }
  return named('Position', index, positions[index]?.name)
}

function named(what: string, index: number, name: string | undefined): string {
  return name === undefined ? `${what} ${index + 1}` : `${what} ${index + 1} (${name})`
}

function detailWords(path: string): readonly string[] {
  return path
    .split('.')
    .filter((segment) => segment !== '')
    .map((segment) => segmentWords(segment.replace(/\[\d+\]/g, '')))
}
