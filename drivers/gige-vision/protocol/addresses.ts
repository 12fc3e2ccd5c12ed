/** IPv4 and MAC addresses as text and as they lie in registers. */

/** `192.168.0.10` as a 32-bit register value. @throws RangeError when it is no IPv4 address. */
export function ipToNumber(ip: string): number {
  const parts = ip.split('.')
  const value = parts.reduce(
    (sum, part) => (/^\d{1,3}$/.test(part) && Number(part) < 256 ? sum * 256 + Number(part) : Number.NaN),
    0,
  )
  if (parts.length !== 4 || Number.isNaN(value)) throw new RangeError(`"${ip}" is not an IPv4 address`)
  return value
}

/** A 32-bit register value as `192.168.0.10`. */
export function ipFromNumber(value: number): string {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff].join('.')
}

/** The six bytes of `00:11:22:aa:bb:cc`. @throws RangeError when it is no MAC address. */
export function macToBytes(mac: string): Uint8Array {
  if (!/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(mac)) throw new RangeError(`"${mac}" is not a MAC address`)
  return Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16))
}

/** Six bytes as `00:11:22:aa:bb:cc`. */
export function macFromBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}
