import { describe, expect, test } from 'vitest'
import { Base64Decoder } from '../../../drivers/indi/protocol/base64-decoder.ts'
import {
  type IndiBlob,
  type IndiMessage,
  parseIndiNumber,
} from '../../../drivers/indi/protocol/indi-message.ts'
import { maxTextBytes, MessageReader } from '../../../drivers/indi/protocol/message-reader.ts'
import { newVector } from '../../../drivers/indi/protocol/message-writer.ts'
import { decodeText, encodeText, maxTagBytes, XmlStream } from '../../../drivers/indi/protocol/xml-stream.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const encoder = new TextEncoder()

/** `bytes` cut where `cuts` says. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length))
}

type Events = (string | [string, ReadonlyMap<string, string>])[]

function eventsOf(chunks: readonly Uint8Array[]): Events {
  const events: Events = []
  let text = ''
  const flush = () => {
    if (text !== '') events.push(`text ${text}`)
    text = ''
  }
  const stream = new XmlStream({
    open: (name, attributes) => {
      flush()
      events.push([name, attributes])
    },
    // Bytes as characters: what is cut in the middle of one is put together again.
    text: (bytes) => (text += Buffer.from(bytes).toString('latin1')),
    close: (name) => {
      flush()
      events.push(`/${name}`)
    },
  })
  for (const chunk of chunks) stream.write(chunk)
  return events
}

const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/)
const words = fc.string({ unit: 'grapheme', maxLength: 20 })
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      names,
      fc.dictionary(names, words, { maxKeys: 3 }),
      fc.array(fc.oneof({ maxDepth: 2 }, words.map(encodeText), tie('element')), { maxLength: 3 }),
    )
    .map(([name, attributes, content]) => {
      const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${encodeText(value)}"`)
      const isEmpty = content.length === 0 && name.length % 2 === 0
      return isEmpty
        ? `<${name}${given.join('')}/>`
        : `<${name}${given.join('')}>${content.join('')}</${name}>`
    }),
}))

describe('XML stream', () => {
  test('gives the same, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 3 }), fc.array(fc.nat(2000)), (elements, cuts) => {
        const bytes = encoder.encode(elements.join('\n'))
        expect(eventsOf(pieces(bytes, cuts))).toEqual(eventsOf([bytes]))
      }),
    )
  })

  test('gives names, attributes and text', () => {
    const xml = `<?xml version='1.0'?><!-- a > b -- "c --><a x="1 &lt; 2" y='"'>t&amp;<b/></a>`
    const none = new Map<string, string>()
    const attributes = new Map([
      ['x', '1 < 2'],
      ['y', '"'],
    ])
    expect(eventsOf([encoder.encode(xml)])).toEqual([
      ['a', attributes],
      'text t&amp;',
      ['b', none],
      '/b',
      '/a',
    ])
  })

  test.each([
    ['a tag that never ends', `<a ${'x'.repeat(2 * maxTagBytes)}`, 'a tag of more than'],
    ['a value that never ends', `<a b="${'>'.repeat(2 * maxTagBytes)}`, 'a tag of more than'],
    ['a comment that never ends', `<!--${'x>'.repeat(maxTagBytes)}`, 'a tag of more than'],
    ['text without an element', 'HTTP/1.1 400 Bad Request', 'text outside of any element'],
    ['endless nesting', '<a>'.repeat(100), 'nested too deeply'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]>', 'document type'],
    ['ends that do not match', '<a></b>', '</"b"> where a was open'],
    ['no name', '<a><7/></a>', 'no XML'],
    ['attributes that are none', '<a b=c/>', 'no XML'],
  ])('refuses %s', (_what, xml, message) => {
    expect(() => eventsOf([encoder.encode(xml)])).toThrow(message)
  })

  test('text and its encoding agree', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(decodeText(encodeText(text))).toBe(text)
      }),
    )
    expect(decodeText('&#65;&#x42;&nope;&#99999999;')).toBe('AB&nope;&#99999999;')
  })
})

describe('base64', () => {
  test('decodes what Buffer encodes, in pieces and with line breaks', () => {
    const decoder = new Base64Decoder()
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat(500)),
        fc.integer({ min: 1, max: 80 }),
        (bytes, cuts, width) => {
          const lines = Buffer.from(bytes)
            .toString('base64')
            .replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\r\n')
          decoder.begin(bytes.length, 0)
          for (const piece of pieces(encoder.encode(lines), cuts)) decoder.write(piece)
          expect(decoder.problem).toBeUndefined()
          expect(Buffer.from(decoder.content)).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })

  test('stops at its limit, also when it had a larger one before', () => {
    const decoder = new Base64Decoder()
    const text = encoder.encode(Buffer.alloc(1000).toString('base64'))
    decoder.begin(1000, 1000)
    decoder.write(text)
    expect(decoder.content.length).toBe(1000)
    decoder.begin(10, 1000)
    decoder.write(text)
    expect(decoder.problem).toBe('too long')
    expect(decoder.content.length).toBeLessThanOrEqual(10)
  })

  test('refuses what is no base64', () => {
    const decoder = new Base64Decoder()
    for (const text of ['AB*D', 'AA==AA']) {
      decoder.begin(100, 0)
      decoder.write(encoder.encode(text))
      expect(decoder.problem).toBe('no base64')
    }
  })
})

function read(
  xml: string | readonly Uint8Array[],
  limit = 1000,
): { messages: IndiMessage[]; blobs: IndiBlob[] } {
  const messages: IndiMessage[] = []
  const blobs: IndiBlob[] = []
  const reader = new MessageReader({
    message: (message) => messages.push(message),
    blob: (blob) =>
      blobs.push({
        ...blob,
        content: blob.content instanceof Uint8Array ? blob.content.slice() : blob.content,
      }),
    blobLimit: (device) => (device === 'Camera' ? limit : 0),
    now: () => 7n,
  })
  const stream = new XmlStream(reader)
  for (const piece of typeof xml === 'string' ? [encoder.encode(xml)] : xml) stream.write(piece)
  return { messages, blobs }
}

function blobXml(device: string, content: Buffer, attributes: string): string {
  return `<setBLOBVector device="${device}" name="CCD1" state="Ok"><oneBLOB name="CCD1" format=".fits" ${attributes}>\n${content.toString('base64')}\n</oneBLOB></setBLOBVector>`
}

describe('messages', () => {
  test('definitions, changes, deletions and notes, wherever the stream is cut', () => {
    const xml = `
      <defNumberVector device="Focuser" name="POSITION" label="Position" group="Main" state="Ok" perm="rw">
        <defNumber name="STEPS" label="Steps" format="%.f" min="0" max="100" step="1">\n 50\n </defNumber>
      </defNumberVector>
      <defSwitchVector device="Focuser" name="MODE" state="Idle" perm="wo" rule="AtMostOne">
        <defSwitch name="A">On</defSwitch><defSwitch name="B">Off</defSwitch>
      </defSwitchVector>
      <unknownThing><oneNumber name="x">1</oneNumber></unknownThing>
      <setNumberVector device="Focuser" name="POSITION" state="Busy" message="on my way">
        <oneNumber name="STEPS" max="200">-10:30:18</oneNumber>
      </setNumberVector>
      <delProperty device="Focuser" name="MODE"/><delProperty device="Focuser"/>
      <message device="Focuser" message="&lt;done&gt;"/>`
    const { messages } = read(xml)
    expect(messages).toEqual([
      {
        type: 'define',
        vector: {
          kind: 'Number',
          device: 'Focuser',
          name: 'POSITION',
          label: 'Position',
          group: 'Main',
          state: 'Ok',
          permission: 'rw',
          elements: [{ name: 'STEPS', label: 'Steps', format: '%.f', min: 0, max: 100, value: 50 }],
        },
      },
      {
        type: 'define',
        vector: {
          kind: 'Switch',
          device: 'Focuser',
          name: 'MODE',
          label: 'MODE',
          group: 'General',
          state: 'Idle',
          permission: 'wo',
          rule: 'AtMostOne',
          elements: [
            { name: 'A', label: 'A', value: true },
            { name: 'B', label: 'B', value: false },
          ],
        },
      },
      { type: 'note', device: 'Focuser', text: 'on my way' },
      {
        type: 'set',
        device: 'Focuser',
        name: 'POSITION',
        state: 'Busy',
        elements: [{ name: 'STEPS', value: '-10:30:18', min: undefined, max: 200 }],
      },
      { type: 'delete', device: 'Focuser', name: 'MODE' },
      { type: 'delete', device: 'Focuser', name: undefined },
      { type: 'note', device: 'Focuser', text: '<done>' },
    ])
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), (cuts) => {
        expect(read(pieces(encoder.encode(xml), cuts)).messages).toEqual(messages)
      }),
    )
  })

  test('BLOBs come whole, or with what is wrong with them', () => {
    const content = Buffer.from('0123456789')
    const whole = read(blobXml('Camera', content, 'size="10" len="10"')).blobs
    expect(whole).toMatchObject([
      { device: 'Camera', vector: 'CCD1', format: '.fits', size: 10, beganNs: 7n },
    ])
    expect(Buffer.from(whole[0]?.content instanceof Uint8Array ? whole[0].content : [])).toEqual(content)
    const half = read(blobXml('Camera', content.subarray(0, 5), 'size="10"')).blobs
    expect(half).toMatchObject([{ content: { problem: '10 bytes were announced, but 5 came' } }])
    const long = read(blobXml('Camera', content, 'size="10"'), 8).blobs
    expect(long).toMatchObject([{ content: { problem: expect.stringContaining('longer than the 8 bytes') } }])
    expect(read(blobXml('Other camera', content, 'size="10"')).blobs).toEqual([])
  })

  test('refuses text without end, messages without end, and tags within a BLOB', () => {
    const open = '<setTextVector device="D" name="N"><oneText name="T">'
    expect(() => read(open + 'x'.repeat(maxTextBytes + 1))).toThrow('a text of more than')
    expect(() => read(`<setTextVector device="D" name="N">${'<oneText name="T"/>'.repeat(3000)}`)).toThrow(
      'more than 2000 values',
    )
    expect(() =>
      read('<setBLOBVector device="Camera" name="CCD1"><oneBLOB size="9">AAAA<setNumberVector>'),
    ).toThrow('within <oneBLOB>')
  })

  test('never fails otherwise than with an error of its own', () => {
    const token = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      '=',
      '&#x41;',
      '<!--',
      '-->',
      '<defNumberVector device="Camera" name="N">',
      '<oneNumber name="V">',
      '</oneNumber>',
      '<setBLOBVector device="Camera" name="B">',
      '<oneBLOB size="-1">',
      '\0',
      'Ä',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(token, fc.string()), { maxLength: 30 }), (tokens) => {
        try {
          read(tokens.join(''))
        } catch (error) {
          expect(error).toMatchObject({ code: 'DEVICE_FAILED' })
        }
      }),
    )
  })

  test('numbers are decimal or sexagesimal', () => {
    const values = ['1.5', ' -2e3 ', '.5', '10:30', '-0:30:00', '5 15 36', '', 'nan', '0x10'].map(
      parseIndiNumber,
    )
    expect(values).toEqual([1.5, -2000, 0.5, 10.5, -0.5, 5.26, Number.NaN, Number.NaN, Number.NaN])
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(parseIndiNumber(String(x))).toBe(Number(String(x)))
      }),
    )
  })

  test('what is set is written in full for numbers, and escaped', () => {
    const base = { device: 'A & B', name: 'N', label: '', group: '', state: 'Ok', permission: 'rw' } as const
    const number = { label: '', format: '%g', min: 0, max: 0 }
    const numbers = {
      ...base,
      kind: 'Number',
      elements: [
        { ...number, name: 'X', value: 1 },
        { ...number, name: 'Y', value: 2 },
      ],
    } as const
    expect(newVector(numbers, new Map([['Y', 3]]))).toBe(
      '<newNumberVector device="A &amp; B" name="N">\n  <oneNumber name="X">1</oneNumber>\n  <oneNumber name="Y">3</oneNumber>\n</newNumberVector>\n',
    )
    const text = { ...base, kind: 'Text', elements: [{ name: 'T', label: '', value: '' }] } as const
    expect(newVector(text, new Map([['T', '</oneText>']]))).toContain('>&lt;/oneText&gt;</oneText>')
  })
})
