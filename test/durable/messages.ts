// Messages that are hashed here and in workerd.

/** So many bytes, from the middle of others: what is hashed is mostly a view of something larger. */
export function messageOf(length: number): Uint8Array {
  return Uint8Array.from({ length: length + 7 }, (_, at) => (31 * at + length) & 0xff).subarray(3, 3 + length);
}
