/** The user's own certificate, read and checked before it is served. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { TlsCredentials } from './http-listener.ts'

type Files = { readonly certificateFile: string | undefined; readonly keyFile: string | undefined }

/**
 * Reads PEM files of a certificate (a chain may follow) and its key.
 * @throws CoverslipError SHARING naming the file and what is wrong with it.
 */
export async function readTlsFiles(
  { certificateFile, keyFile }: Files,
  now: number,
): Promise<TlsCredentials> {
  if (certificateFile === undefined || keyFile === undefined) {
    throw new CoverslipError('SHARING', 'Your own certificate needs two files: the certificate and its key', {
      hint: 'Name both PEM files, or use a self-signed certificate.',
    })
  }
  const certificate = await readPem(certificateFile, 'certificate')
  const key = await readPem(keyFile, 'key')
  const parsed = parseCertificate(certificate, certificateFile)
  if (parsed.validToDate.getTime() <= now) {
    throw new CoverslipError(
      'SHARING',
      `The certificate in ${certificateFile} expired on ${parsed.validTo}`,
      {
        hint: 'Renew it.',
      },
    )
  }
  if (!parsed.checkPrivateKey(parseKey(key, keyFile))) {
    throw new CoverslipError('SHARING', `The key in ${keyFile} does not belong to ${certificateFile}`, {
      hint: 'Name the files of one certificate; its own comes first in a chain.',
    })
  }
  return { certificate, key }
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new CoverslipError('SHARING', `The ${what} cannot be read: ${CoverslipError.from(error).message}`, {
      hint: 'Check the path and the permissions of the file.',
      cause: error,
    })
  }
}

function parseCertificate(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new CoverslipError('SHARING', `${path} holds no certificate in PEM form`, {
      hint: 'Such a file begins with -----BEGIN CERTIFICATE-----.',
      cause: error,
    })
  }
}

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw new CoverslipError(
      'SHARING',
      `${path} holds no private key in PEM form, or one with a passphrase`,
      {
        hint: 'Such a file begins with -----BEGIN PRIVATE KEY-----. Remove a passphrase with openssl pkey.',
        cause: error,
      },
    )
  }
}
