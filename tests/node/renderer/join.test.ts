import { describe, expect, it } from 'vitest'
import { secretOf } from '../../../src-renderer/backend/join.ts'

const secret = 'tzCCyjG-Zu756qguYxBiFSnkgAy29YafZqaTUMT2pM8'

describe('the secret of a link', () => {
  it('is what follows #token=', () => {
    expect(secretOf(`#token=${secret}`)).toBe(secret)
    expect(secretOf(`https://10.0.0.5:8443/#token=${secret}`)).toBe(secret)
    expect(secretOf(`#view=1&token=${secret}&x=2`)).toBe(secret)
    expect(secretOf(` http://lab/#token=${secret} \n`)).toBe(secret)
  })
  it('may be entered alone', () => {
    expect(secretOf(` ${secret} `)).toBe(secret)
  })
  it('is not guessed from anything else', () => {
    for (const text of [
      '',
      '#',
      '#token=',
      'hello',
      `https://lab/?token=${secret}`,
      'a b c d e f g h i j k',
    ]) {
      expect(secretOf(text), text).toBeUndefined()
    }
  })
})
