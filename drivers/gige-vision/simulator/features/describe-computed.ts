/** Nodes that compute the value of features. Each function returns the node's name. */
import { numberRegister } from '../registers.ts'
import { bigEndian, type CameraDescription } from './camera-description.ts'
import { hex, type OwnValue } from './feature.ts'
import { element } from './xml-text.ts'

/** The selected one of several numbers of 32 bits, one per entry of a selector: each in a register of its own, in a row. */
export function addIndexed(
  description: CameraDescription,
  name: string,
  selector: string,
  values: readonly OwnValue<number>[],
  sign: 'Signed' | 'Unsigned' = 'Unsigned',
): string {
  const addresses = values.map(({ read, write }) =>
    description.allot((at) => numberRegister(at, read, write)),
  )
  description.node(
    element(
      'IntReg',
      [
        element('Address', hex(addresses[0] ?? 0)),
        element('pIndex', selector, { Offset: '4' }),
        element('Length', 4),
        element('AccessMode', values.every(({ write }) => write === undefined) ? 'RO' : 'RW'),
        element('pPort', 'Device'),
        element('Cachable', 'NoCache'),
        element('Sign', sign),
        bigEndian,
      ],
      { Name: name },
    ),
  )
  return name
}

/** A formula over other nodes, an `IntSwissKnife` or, with decimals, a `SwissKnife`. */
export function addFormula(
  description: CameraDescription,
  kind: 'IntSwissKnife' | 'SwissKnife',
  name: string,
  formula: string,
  variables: Readonly<Record<string, string>>,
  about: readonly string[] = [],
): string {
  const uses = Object.entries(variables).map(([variable, node]) =>
    element('pVariable', node, { Name: variable }),
  )
  description.node(element(kind, [...about, ...uses, element('Formula', formula)], { Name: name }))
  return name
}
