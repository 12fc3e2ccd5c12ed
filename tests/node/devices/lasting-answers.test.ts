import { expect, it } from 'vitest'
import { LastingAnswers } from '../../../src-main/devices/lasting-answers.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'

it('keeps answers and failures, but no timeout', async () => {
  const answers = new LastingAnswers<string>()
  const asked: string[] = []
  const get = (key: string, say: () => string) =>
    answers.get(key, async () => {
      asked.push(key)
      return say()
    })
  const fail = (code: 'DEVICE_FAILED' | 'DEVICE_TIMEOUT') => (): string => {
    throw new CoverslipError(code, code)
  }
  // Both wait for the same answer.
  const slow = [get('slow', fail('DEVICE_TIMEOUT')), get('slow', () => 'unasked')]
  for (const answer of slow) await expect(answer).rejects.toThrow('DEVICE_TIMEOUT')
  expect(await get('slow', () => 'there')).toBe('there')
  expect(await get('slow', () => 'unasked')).toBe('there')
  await expect(get('broken', fail('DEVICE_FAILED'))).rejects.toThrow('DEVICE_FAILED')
  await expect(get('broken', () => 'unasked')).rejects.toThrow('DEVICE_FAILED')
  expect(asked).toEqual(['slow', 'slow', 'broken'])
})
