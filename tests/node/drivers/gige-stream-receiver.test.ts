import type { Socket } from 'node:dgram'
import { afterEach, expect, test } from 'vitest'
import { bindSocket } from '../../../drivers/gige-vision/gvcp/udp-socket.ts'
import { StreamReceiver } from '../../../drivers/gige-vision/gvsp/stream-receiver.ts'
import { block, image, receiver } from '../../fixtures/assembled-stream.ts'
import { eventually } from '../../fixtures/eventually.ts'

const sockets: Socket[] = []
let stream: StreamReceiver | undefined
afterEach(() => {
  stream?.stop()
  for (const socket of sockets.splice(0)) socket.close()
})

async function bound(): Promise<Socket> {
  const socket = await bindSocket('127.0.0.1', {})
  sockets.push(socket)
  return socket
}

function send(from: Socket, to: Socket, packet: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    from.send(packet, to.address().port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)))
  })
}

test.each([
  ['is refused where the camera tells its port, and has sent from it', true],
  ['passes where it does not', false],
])('a packet from another port of the camera’s address %s', async (_, tells) => {
  const [here, camera, other] = [await bound(), await bound(), await bound()]
  const { assembler, frames, give } = receiver()
  const port = tells ? camera.address().port : undefined
  stream = new StreamReceiver({ socket: here, assembler, sender: { address: '127.0.0.1', port } })
  stream.start()
  const packets = block(1)
  const [leader] = packets
  if (leader === undefined) throw new Error('A block begins with its leader')
  await send(camera, here, leader)
  await send(other, here, leader)
  for (const packet of packets.slice(1)) await send(camera, here, packet)
  await eventually('the frame', () => {
    give([])
    return frames.length === 1
  })
  expect(frames[0]?.pixels.equals(image(1))).toBe(true)
  const { foreignPackets, duplicatePackets } = assembler.counts
  expect({ foreignPackets, duplicatePackets }).toEqual(
    tells ? { foreignPackets: 1, duplicatePackets: 0 } : { foreignPackets: 0, duplicatePackets: 1 },
  )
})

test('a camera that sends from another port than it tells is heard', async () => {
  const [here, camera, told] = [await bound(), await bound(), await bound()]
  const { assembler, frames, give } = receiver()
  const sender = { address: '127.0.0.1', port: told.address().port }
  stream = new StreamReceiver({ socket: here, assembler, sender })
  stream.start()
  for (const packet of block(1)) await send(camera, here, packet)
  await eventually('the frame', () => {
    give([])
    return frames.length === 1
  })
  expect(assembler.counts.foreignPackets).toBe(0)
})
