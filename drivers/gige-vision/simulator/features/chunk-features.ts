import type { CameraSettings } from '../camera-settings.ts'
import { type ChunkSettings, chunkKinds } from '../chunk-settings.ts'
import type { CameraDescription } from './camera-description.ts'
import { addBoolean, addEnumeration } from './describe-choices.ts'
import { addIndexed } from './describe-computed.ts'
import { bitOf } from './feature.ts'
import { element } from './xml-text.ts'

/** SFNC 2.7, "Chunk Data Control": what a frame tells of itself, in nodes that read from the frame. */
export function addChunkFeatures(
  description: CameraDescription,
  chunks: ChunkSettings,
  settings: CameraSettings,
): void {
  const active = addBoolean(description, {
    name: 'ChunkModeActive',
    title: 'Chunks',
    tip: 'Frames bring along what the camera knows of them.',
    visibility: 'Expert',
    locked: true,
    value: {
      read: () => chunks.active,
      write: (value) => {
        if (settings.locked) return 'writeProtect'
        chunks.active = value
        return 'success'
      },
    },
  })
  const selector = addEnumeration(description, {
    name: 'ChunkSelector',
    title: 'Chunk',
    tip: 'The chunk to switch on or off.',
    visibility: 'Expert',
    entries: chunkKinds.map(({ name }, value) => ({ name, value })),
    selects: ['ChunkEnable'],
  })
  const enabled = chunkKinds.map(({ id }) =>
    bitOf({
      read: () => chunks.enabled.has(id),
      write: (value) => {
        if (settings.locked) return 'writeProtect'
        if (value) chunks.enabled.add(id)
        else chunks.enabled.delete(id)
        return 'success'
      },
    }),
  )
  const enable = addBoolean(description, {
    name: 'ChunkEnable',
    title: 'Chunk on',
    tip: 'Whether the selected chunk comes with each frame.',
    visibility: 'Expert',
    locked: true,
    value: { node: addIndexed(description, 'ChunkEnableRegister', selector, enabled) },
  })
  description.category('ChunkDataControl', 'Chunk Data Control', 'Data that come with each frame.', [
    active,
    selector,
    enable,
    ...chunkKinds.map(({ name, id }) => addChunk(description, name, id)),
  ])
}

/** The value of a chunk, read from the frame that came last. */
function addChunk(description: CameraDescription, name: string, id: number): string {
  const isInteger = name === 'FrameID' || name === 'Timestamp'
  const port = `Chunk${name}Port`
  description.node(
    element('Port', [element('ChunkID', id.toString(16))], { Name: port, NameSpace: 'Standard' }),
  )
  description.node(
    element(
      isInteger ? 'IntReg' : 'FloatReg',
      [
        element('ToolTip', `${name} of the frame.`),
        element('DisplayName', `Chunk ${name}`),
        element('Visibility', 'Expert'),
        element('pIsAvailable', 'ChunkModeActive'),
        element('Address', '0x0'),
        element('Length', 8),
        element('AccessMode', 'RO'),
        element('pPort', port),
        element('Cachable', 'NoCache'),
        element('Sign', isInteger ? 'Signed' : undefined),
        element('Endianess', 'BigEndian'),
      ],
      { Name: `Chunk${name}`, NameSpace: 'Standard' },
    ),
  )
  return `Chunk${name}`
}
