/** ImSwitch's lists of STUN and TURN servers, whose form it leaves open, beside our one list of ICE servers. */
import { z } from 'zod'
import { type IceServer, iceServerSchema } from '../../../src-shared/stream-params.ts'

/** ICE servers as ImSwitch has them. */
export type IceServerLists = {
  readonly stun_servers: readonly IceServer[]
  readonly turn_servers: readonly IceServer[]
}

/** As many as a stream takes. */
const most = 8

const givenSchema = z.union([
  z.string().transform((urls) => ({ urls: [urls] })),
  z.looseObject({ urls: z.string().transform((url) => [url]) }),
  z.looseObject({ urls: z.array(z.string()) }),
])

/** `"stun:…"`, `{urls: "turn:…", username, credential}` and the like; what is no such server is left out. */
export function readIceServers(given: readonly unknown[]): IceServer[] {
  return given.flatMap((one) => {
    const server = iceServerSchema.safeParse(givenSchema.safeParse(one).data)
    return server.success ? [server.data] : []
  })
}

/** The servers by kind, no more than a stream takes. */
export function iceServerLists(servers: readonly IceServer[]): IceServerLists {
  const taken = servers.slice(0, most)
  const isTurn = ({ urls }: IceServer) => urls.some((url) => url.startsWith('turn'))
  return { stun_servers: taken.filter((server) => !isTurn(server)), turn_servers: taken.filter(isTurn) }
}
