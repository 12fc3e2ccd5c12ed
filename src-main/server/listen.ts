import type { FastifyInstance } from 'fastify'
import { CoverslipError } from '../../src-shared/errors.ts'
import { serverUrl } from './machine-addresses.ts'

type Place = {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly scheme: 'http' | 'https'
}

/**
 * Has `app` accept connections; says where.
 * @throws CoverslipError PORT_IN_USE, HOST_REFUSED.
 */
export async function listen(
  app: FastifyInstance,
  { host, port, scheme }: Place,
): Promise<{ readonly url: string; readonly port: number }> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new CoverslipError('PORT_IN_USE', `Port ${port} of ${host} is in use`, {
        hint: `Coverslip may be running already: open ${serverUrl(scheme, host, port)}. Otherwise choose another port with --port.`,
        cause: error,
      })
    }
    throw new CoverslipError(
      'HOST_REFUSED',
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Choose an address of this machine with --host, and a port above 1023 with --port.',
        cause: error,
      },
    )
  }
  const address = app.server.address()
  const open = typeof address === 'object' && address !== null ? address.port : port
  return { url: serverUrl(scheme, host, open), port: open }
}
