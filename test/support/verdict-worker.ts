// The smallest worker that gives our verdicts inside workerd: the lists come in a request, the answers go back in the same order.
import { assembleTrust } from "../../shared/authority/trust.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { toJson } from "../../shared/cbor/json.ts";
import { admit } from "../../shared/observation/admit.ts";
import { cborVerdict, fromHex, type SignatureCase, signatureVerdict } from "./verdicts.ts";

export type Asked = {
  readonly cbor: readonly string[];
  readonly signatures: readonly SignatureCase[];
  /** Frames in hexadecimal, for the door; `roots` are the keys that it recognises. */
  readonly frames: readonly string[];
  readonly roots: readonly (readonly [string, string])[];
};
export type Answered = {
  readonly cbor: readonly string[];
  readonly signatures: readonly string[];
  readonly frames: readonly string[];
};

/** The same in whatever runtime this file runs. */
export async function answer({ cbor, signatures, frames, roots }: Asked): Promise<Answered> {
  const trust = assembleTrust({ mesh: null, pins: new Map(roots) });
  const admitted: string[] = [];
  for (const frame of frames) {
    const verdict = await admit(fromHex(frame), trust);
    admitted.push(verdict.ok ? verdict.value.id : verdict.fault.code);
  }
  return {
    cbor: cbor.map(cborVerdict),
    signatures: await Promise.all(signatures.map(signatureVerdict)),
    frames: admitted,
  };
}

/** What became of `new Function` here, and what ten records of one shape decode to: from the second on, decoders like to compile. */
function decodeRecords(hexes: readonly string[]): unknown {
  let compiling = "allowed";
  try {
    new Function("return 1")();
  } catch (error) {
    compiling = error instanceof Error ? error.name : "refused";
  }
  const records = hexes.map((hex) => {
    const decoded = decodeCanonical(fromHex(hex));
    return decoded.ok ? toJson(decoded.value) : decoded.fault.code;
  });
  return { compiling, records };
}

export default {
  async fetch(request: Request): Promise<Response> {
    const asked = await request.json();
    const path = new URL(request.url).pathname;
    if (path === "/records") return Response.json(decodeRecords(asked as string[]));
    return Response.json(await answer(asked as Asked));
  },
};
