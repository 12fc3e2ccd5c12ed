/** One run of a camera, from AcquisitionStart to AcquisitionStop. */
import type { Socket } from 'node:dgram'
import type { CameraHealth } from '../../src-shared/devices.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { FrameSink } from '../sdk/driver.ts'
import type { CameraSession } from './camera-session.ts'
import { isWritable } from './genicam/access-mode.ts'
import type { NodeMap } from './genicam/node-map.ts'
import { BlockAssembler } from './gvsp/block-assembler.ts'
import { CameraClock } from './gvsp/camera-clock.ts'
import { ChunkKeeper } from './gvsp/chunk-keeper.ts'
import { type ImageLayout, imageLayout } from './gvsp/image-layout.ts'
import {
  closeChannel,
  findPacketSize,
  openChannel,
  setPacketDelay,
  setPacketSize,
  sourcePort,
} from './gvsp/stream-channel.ts'
import { StreamReceiver } from './gvsp/stream-receiver.ts'
import { openStreamSocket } from './gvsp/stream-socket.ts'
import type { GigeOptions } from './options.ts'
import type { Chunk } from './protocol/chunk-data.ts'

/** What a run needs of the camera. */
export type AcquisitionOptions = {
  readonly session: CameraSession
  readonly options: GigeOptions
  readonly sink: FrameSink
  readonly maxFrameBytes: number
  /** Found by an acquisition before; undefined: to be found. */
  readonly packetSize: number | undefined
  incomplete(): 'drop' | 'deliver'
  /** Exposure and gain of the frame that just came. */
  settings(): Pick<FrameInfo, 'exposureMs' | 'gain'>
}

/** A run that has begun. */
export class Acquisition {
  readonly packetSize: number
  readonly #session: CameraSession
  readonly #socket: Socket
  readonly #assembler: BlockAssembler
  readonly #receiver: StreamReceiver
  readonly #chunks: ChunkKeeper
  #stopping: Promise<void> | undefined

  private constructor(parts: {
    session: CameraSession
    socket: Socket
    assembler: BlockAssembler
    chunks: ChunkKeeper
    packetSize: number
    port: number | undefined
  }) {
    const { session, socket, assembler, port } = parts
    this.#chunks = parts.chunks
    this.packetSize = parts.packetSize
    this.#session = session
    this.#socket = socket
    this.#assembler = assembler
    this.#receiver = new StreamReceiver({ socket, sender: { address: session.address, port }, assembler })
  }

  /** Opens the stream and has the camera send. @throws CoverslipError as the camera refuses it. */
  static async start(given: AcquisitionOptions): Promise<Acquisition> {
    const { session, options, sink } = given
    const { client, nodeMap, address } = session
    const socket = await openStreamSocket(client.localAddress, options.receiveBufferMiB * 2 ** 20)
    // An error of the socket shows as missing packets; the loss of the camera is found by the heartbeat.
    socket.on('error', (error) => sink.fault(error))
    let acquisition: Acquisition | undefined
    try {
      await openChannel({ client, socket, cameraAddress: address })
      const wished =
        options.packetSize === 'auto'
          ? (given.packetSize ?? (await findPacketSize({ client, socket, cameraAddress: address })))
          : options.packetSize
      const packetSize = await setPacketSize(client, wished)
      if (options.packetDelayUs !== undefined) {
        const ticks = (BigInt(Math.round(options.packetDelayUs)) * session.ticksPerSecond) / 1_000_000n
        await setPacketDelay(client, Number(ticks))
      }
      forgetStreamRegisters(nodeMap)
      await setIfThere(nodeMap, 'AcquisitionMode', 'Continuous')
      await setIfThere(nodeMap, 'TLParamsLocked', 1)
      const chunks = new ChunkKeeper()
      const assembler = await createAssembler(given, packetSize, chunks)
      const port = await sourcePort(client)
      acquisition = new Acquisition({ session, socket, assembler, chunks, packetSize, port })
      acquisition.#receiver.start()
      await nodeMap.execute('AcquisitionStart')
      return acquisition
    } catch (error) {
      if (acquisition !== undefined) acquisition.#receiver.stop()
      socket.close()
      await endStream(session).catch(() => {
        // Why it did not start matters more than what it does not undo.
      })
      throw error
    }
  }

  /** How well frames arrive; rates are since the last call. */
  health(): CameraHealth {
    const { incompleteFrames, packets, lostPackets, resendRequests, resentPackets } = this.#assembler.counts
    const frames = this.#assembler.meter.read(performance.now())
    return { ...frames, incompleteFrames, packets, lostPackets, resendRequests, resentPackets }
  }

  /** The chunks of the newest frame; undefined when they cannot be read. */
  chunks(): readonly Chunk[] | undefined {
    return this.#chunks.chunks()
  }

  /** Ends the stream; the sink is not touched after this call, whether the camera still answers or not. */
  stop({ cameraIsLost }: { readonly cameraIsLost: boolean }): Promise<void> {
    this.#stopping ??= this.#stop(cameraIsLost)
    return this.#stopping
  }

  async #stop(cameraIsLost: boolean): Promise<void> {
    this.#receiver.stop()
    this.#socket.close()
    if (cameraIsLost) return
    await endStream(this.#session)
  }
}

/**
 * Has the camera stop, unlocks its settings and closes the channel: each also when another of these is refused.
 * @throws what failed first.
 */
async function endStream({ client, nodeMap }: CameraSession): Promise<void> {
  const failures: unknown[] = []
  const note = (reason: unknown) => {
    failures.push(reason)
  }
  await nodeMap.execute('AcquisitionStop').catch(note)
  await setIfThere(nodeMap, 'TLParamsLocked', 0).catch(note)
  await closeChannel(client).catch(note)
  if (failures.length > 0) throw failures[0]
}

async function createAssembler(
  given: AcquisitionOptions,
  packetSize: number,
  chunks: ChunkKeeper,
): Promise<BlockAssembler> {
  const { session, options, sink, maxFrameBytes } = given
  const { client, nodeMap, ticksPerSecond, canResend } = session
  const expected = await expectedLayout(nodeMap, maxFrameBytes)
  const clock = new CameraClock(ticksPerSecond)
  return new BlockAssembler({
    sink,
    packetSize,
    payloadSize: nodeMap.has('PayloadSize')
      ? Math.min(Number(await nodeMap.getInteger('PayloadSize')), 2 * maxFrameBytes)
      : (expected?.sentBytes ?? maxFrameBytes),
    maxFrameBytes,
    expected,
    incomplete: given.incomplete,
    onChunks: (tail, imageBytes) => chunks.keep(tail, imageBytes),
    describe: (timestamp, arrivalNs) => ({
      timestampNs: clock.toHostNs(timestamp, arrivalNs),
      ...given.settings(),
    }),
    ...(options.resend && canResend
      ? { requestPackets: (request) => client.requestPackets({ streamChannel: 0, ...request }) }
      : {}),
  })
}

/** What the camera is set to send; undefined where its features do not tell: then the first leader does. */
async function expectedLayout(nodeMap: NodeMap, maxFrameBytes: number): Promise<ImageLayout | undefined> {
  if (!['Width', 'Height', 'PixelFormat'].every((name) => nodeMap.has(name))) return undefined
  const whole = async (name: string) => Number(await nodeMap.getInteger(name))
  const geometry = {
    pixelCode: (await whole('PixelFormat')) >>> 0,
    width: await whole('Width'),
    height: await whole('Height'),
    offsetX: 0,
    offsetY: 0,
    paddingX: 0,
    paddingY: 0,
  }
  return imageLayout(geometry, maxFrameBytes)
}

/** The stream channel was set past the node map, whose features show the same registers. */
function forgetStreamRegisters(nodeMap: NodeMap): void {
  for (const name of ['GevSCPSPacketSize', 'GevSCPD', 'GevSCPHostPort', 'GevSCDA']) {
    if (nodeMap.has(name)) nodeMap.invalidate(name)
  }
}

/** Many cameras do not have these; others have them fixed. */
async function setIfThere(nodeMap: NodeMap, name: string, value: string | number): Promise<void> {
  if (!nodeMap.has(name)) return
  const { accessMode } = await nodeMap.feature(name)
  if (isWritable(accessMode)) await nodeMap.set(name, value)
}
