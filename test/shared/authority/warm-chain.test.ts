// What a credential chain costs once it was proved: less than one signature check, at any length.
import { describe, expect, it } from "vitest";
import { measureChain } from "../../bench/warm-chain.ts";

describe("a chain of eight links that was proved before", () => {
  it("costs less than one signature check for each observation", async () => {
    const { links, warmMicros, signatureMicros, coldMicros, ratio } = await measureChain();
    const figures = `warm ${warmMicros} µs, signature ${signatureMicros} µs, ratio ${ratio}`;
    console.info(`${links} links: ${figures}; not yet proved ${coldMicros} µs`);
    expect(ratio).toBeLessThan(1);
  });
});
