import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldProblems, plainWords } from '../../../src-shared/field-problems.ts'

const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('circle'), radius: z.number() }),
  z.object({ kind: z.literal('square'), side: z.number() }),
])

test.each([
  [{ kind: 'star' }, 'kind', 'must be circle or square, not "star"'],
  [{}, 'kind', 'is missing: it must be circle or square'],
  [{ kind: 'circle', radius: 'wide' }, 'radius', 'must be a number, not "wide"'],
  ['circle', '', 'must be a group of named fields, not "circle"'],
])('a kind that is none is told by the field that names it: %j', (value, path, message) => {
  const { error } = shape.safeParse(value, { error: plainWords })
  expect(error === undefined ? [] : fieldProblems(error)).toEqual([{ path, message }])
})
