import { expect, it } from 'vitest'
import { inBatches } from '../../../src-renderer/backend/in-batches.ts'

const items = Array.from({ length: 1200 }, (_, i) => i)

it('Each item is dealt with once, no more of them at a time than the engine takes', async () => {
  const { answers, done, failure } = await inBatches(items, (some) => Promise.resolve(some))
  expect(answers.flat()).toEqual(items)
  expect(answers.map(({ length }) => length)).toEqual([500, 500, 200])
  expect({ done, failure }).toEqual({ done: 1200, failure: undefined })
})

it('What was done before a failure is told as well as why the rest was not', async () => {
  const { answers, done, failure } = await inBatches(items, (some) =>
    some.includes(700) ? Promise.reject(new Error('the disk is full')) : Promise.resolve(some.length),
  )
  expect(answers).toEqual([500])
  expect(done).toBe(500)
  expect(failure?.message).toContain('the disk is full')
})
