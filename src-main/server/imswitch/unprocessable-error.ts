/** What FastAPI says of a request's mistake: where it is and what. */
type RequestProblem = { readonly loc: readonly (string | number)[]; readonly msg: string }

/** A request that cannot be understood: HTTP 422. */
export class UnprocessableError extends Error {
  readonly problems: readonly RequestProblem[]

  constructor(problems: readonly RequestProblem[]) {
    super(problems.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '))
    this.problems = problems
  }
}
