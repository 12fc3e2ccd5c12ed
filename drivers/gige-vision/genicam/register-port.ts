/** What a node map needs of a device: its registers. */
export interface RegisterPort {
  /**
   * Reads `length` bytes at `address`. Addresses are 64-bit (USB3 Vision uses all of them), hence bigint; a transport
   * with shorter ones refuses what it cannot reach. Rejects when the device does not answer or refuses.
   * The bytes are the caller's: they do not change afterwards.
   */
  read(address: bigint, length: number): Promise<Uint8Array>
  /** Writes all of `data` at `address`. Rejects when the device does not answer or refuses. */
  write(address: bigint, data: Uint8Array): Promise<void>
}
