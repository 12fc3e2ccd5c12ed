/** What is wrong with a formula; who evaluates it adds the node's name. */
export class FormulaError extends Error {
  override readonly name = 'FormulaError'
}
