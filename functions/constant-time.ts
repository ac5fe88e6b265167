// Comparing secrets in a time that does not tell how much of them fitted: both are hashed first, so lengths do not show either.
export async function constantTimeEqual(given: string, wanted: string): Promise<boolean> {
  const utf8 = new TextEncoder();
  const [a, b] = await Promise.all([given, wanted].map((text) => crypto.subtle.digest("SHA-256", utf8.encode(text))));
  const left = new Uint8Array(a as ArrayBuffer);
  const right = new Uint8Array(b as ArrayBuffer);
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] as number);
  return difference === 0;
}
