/** A certificate of this computer's own, made on first use and kept in the data folder: none is shipped. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { CoverslipError } from '../../src-shared/errors.ts'
import { writePrivateFile } from '../access/private-file.ts'
import type { TlsCredentials } from './http-listener.ts'
import { machineAddresses } from './machine-addresses.ts'

/** Apple's devices accept no certificate that is valid for more than 825 days. */
const validDays = 730
/** Made anew so long before it ends. */
const renewDays = 7
const dayMs = 24 * 3_600_000

type Options = {
  /** Absent: made anew each time. */
  readonly dataFolder: string | undefined
  /** Unix time, ms. */
  readonly now: number
}

/**
 * The certificate and key of the data folder; made when there are none, and anew when they do not fit together or are
 * about to expire.
 * @throws CoverslipError SHARING when they cannot be written.
 */
export async function selfSignedCredentials({ dataFolder, now }: Options): Promise<TlsCredentials> {
  if (dataFolder === undefined) return makeCredentials(now)
  const certificateFile = join(dataFolder, 'tls-certificate.pem')
  const keyFile = join(dataFolder, 'tls-key.pem')
  const known = await readCredentials(certificateFile, keyFile)
  if (known !== undefined && isUsable(known, now)) return known
  const made = await makeCredentials(now)
  try {
    await writePrivateFile(keyFile, made.key)
    await writePrivateFile(certificateFile, made.certificate)
  } catch (error) {
    throw new CoverslipError(
      'SHARING',
      `The certificate cannot be kept in ${dataFolder}: ${CoverslipError.from(error).message}`,
      { hint: 'Check the folder’s permissions and free space.', cause: error },
    )
  }
  return made
}

async function makeCredentials(now: number): Promise<TlsCredentials> {
  const name = hostname()
  const { v4, v6 } = machineAddresses()
  const names = [...new Set(['localhost', name, `${name.split('.', 1)[0]}.local`])]
  const addresses = [...new Set(['127.0.0.1', '::1', ...v4, ...v6])]
  const { cert, private: key } = await generate(
    [{ name: 'commonName', value: `Coverslip on ${name}`.slice(0, 64) }],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      // A clock that is a little behind must not refuse it.
      notBeforeDate: new Date(now - dayMs),
      notAfterDate: new Date(now + (validDays - 1) * dayMs),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            ...names.map((value) => ({ type: 2 as const, value })),
            ...addresses.map((ip) => ({ type: 7 as const, ip })),
          ],
        },
      ],
    },
  )
  return { certificate: cert, key }
}

async function readCredentials(
  certificateFile: string,
  keyFile: string,
): Promise<TlsCredentials | undefined> {
  try {
    return {
      certificate: await readFile(certificateFile, 'utf8'),
      key: await readFile(keyFile, 'utf8'),
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new CoverslipError(
      'SHARING',
      `The certificate cannot be read: ${CoverslipError.from(error).message}`,
      {
        hint: 'Check the permissions of tls-certificate.pem and tls-key.pem in the data folder.',
        cause: error,
      },
    )
  }
}

function isUsable({ certificate, key }: TlsCredentials, now: number): boolean {
  try {
    const parsed = new X509Certificate(certificate)
    return (
      parsed.validToDate.getTime() > now + renewDays * dayMs && parsed.checkPrivateKey(createPrivateKey(key))
    )
  } catch {
    // Damaged files: a new pair takes their place.
    return false
  }
}
