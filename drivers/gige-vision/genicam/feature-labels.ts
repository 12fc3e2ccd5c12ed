/** What a description says of a node for its user, and where the node is found. */
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { descriptionError } from './description-error.ts'
import type { DeviceDescription } from './device-description.ts'
import type { Category, Visibility } from './feature.ts'
import type { NodeXml } from './node-xml.ts'

/** What users read of a feature. */
export type Labels = {
  readonly displayName: string
  readonly tooltip: string | undefined
  readonly description: string | undefined
  readonly visibility: Visibility
}

const visibilities: Readonly<Record<string, Visibility>> = {
  Beginner: 'beginner',
  Expert: 'expert',
  Guru: 'guru',
  Invisible: 'invisible',
}

/** The labels of a node; its name where it has none. */
export function readLabels(xml: NodeXml): Labels {
  return {
    displayName: xml.text('DisplayName') ?? xml.name,
    tooltip: xml.text('ToolTip'),
    description: xml.text('Description'),
    visibility: xml.labelChoice<Visibility>('Visibility', visibilities, 'beginner'),
  }
}

/** The features in the groups of the device's description. */
export type CategoryTree = {
  /** Those below `Root`. */
  readonly categories: readonly Category[]
  /** For each feature that is in a category: the display names of the categories on the way, `Root` left out. */
  readonly paths: ReadonlyMap<string, readonly string[]>
}

/** Deeper trees than this are made by mistake: SFNC has two levels. */
const maxDepth = 20

/**
 * The tree of categories, with those features that `isUsable`. What is faulty in it (missing nodes, circles) is left out
 * and told in `faults`.
 */
export function readCategories(
  { nodes }: DeviceDescription,
  isUsable: (feature: string) => boolean,
  faults: CoverslipError[],
): CategoryTree {
  const paths = new Map<string, readonly string[]>()
  const open = new Set<string>()

  const readCategory = (xml: NodeXml, path: readonly string[]): Category => {
    open.add(xml.name)
    const features = new Set<string>()
    const categories: Category[] = []
    for (const { text } of xml.all('pFeature')) {
      const node = nodes.get(text)
      if (node === undefined) {
        faults.push(descriptionError(xml.name, `it holds "${text}", and there is no such node`))
      } else if (node.type !== 'Category') {
        if (!isUsable(text)) continue
        features.add(text)
        if (!paths.has(text)) paths.set(text, path)
      } else if (open.has(text) || path.length === maxDepth) {
        faults.push(
          descriptionError(xml.name, `it holds category "${text}", which leads back to it or too deep`),
        )
      } else {
        categories.push(readCategory(node, [...path, node.text('DisplayName') ?? text]))
      }
    }
    // Never closed: a category that is held twice is told once, so that the tree stays as small as the document.
    return { name: xml.name, ...readLabels(xml), features: [...features], categories }
  }

  const root = nodes.get('Root')
  if (root === undefined || root.type !== 'Category') {
    faults.push(descriptionError('Root', 'there is no such category, so that no feature is in one'))
    return { categories: [], paths }
  }
  const { categories, features, ...labels } = readCategory(root, [])
  // Features directly in Root: a category of their own, as they would be seen nowhere else.
  return {
    categories: features.length === 0 ? categories : [{ ...labels, features, categories: [] }, ...categories],
    paths,
  }
}
