import type { CoverslipError } from '../../../src-shared/errors.ts'
import { descriptionError } from './description-error.ts'
import type { DeviceDescription } from './device-description.ts'
import type { Feature } from './feature.ts'
import type { NodeGraph } from './node-graph.ts'

/** Which features select which; what is selected depends on its selector. Nodes that are not there are told in `faults`. */
export function readSelectors(
  { nodes }: DeviceDescription,
  graph: NodeGraph,
  faults: CoverslipError[],
): (name: string) => Pick<Feature, 'selects' | 'selectedBy'> {
  const selects = new Map<string, string[]>()
  const selectedBy = new Map<string, string[]>()
  for (const { name, text: selected } of selections(nodes)) {
    if (!nodes.has(selected)) {
      faults.push(descriptionError(name, `it selects "${selected}", and there is no such node`))
      continue
    }
    listFor(selects, name).push(selected)
    listFor(selectedBy, selected).push(name)
    graph.addInvalidation(selected, name)
  }
  return (name) => ({ selects: selects.get(name) ?? [], selectedBy: selectedBy.get(name) ?? [] })
}

function* selections(nodes: DeviceDescription['nodes']) {
  for (const xml of nodes.values()) {
    for (const { text } of xml.all('pSelected')) yield { name: xml.name, text }
  }
}

function listFor(lists: Map<string, string[]>, name: string): string[] {
  const list = lists.get(name) ?? []
  lists.set(name, list)
  return list
}
