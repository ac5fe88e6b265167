// What a Worker can do with the frames it is given: the platform's own signature check alone, and our functions on the same frames.
import { nativeSha256 } from "../../durable/native-hash.ts";
import { assembleTrust, type Trust } from "../../shared/authority/trust.ts";
import { parseBase64 } from "../../shared/bytes.ts";
import { parseStatement } from "../../shared/cose/sign1.ts";
import type { TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { lendSha256 } from "../../shared/hash.ts";
import { admitEach } from "../../shared/observation/admit.ts";

lendSha256(nativeSha256); // as the agent does

type Bytes = Uint8Array<ArrayBuffer>;
type Check = { readonly key: CryptoKey; readonly signature: Bytes; readonly message: Bytes };

let frames: readonly Uint8Array[] = [];
let checks: readonly Check[] = [];
let trust: Trust | null = null;
let bundle: Uint8Array = new Uint8Array();
/** Checks under way at a time: enough to keep the platform's own threads busy. */
const AT_ONCE = 100;

async function load(request: Request): Promise<void> {
  const asked = (await request.json()) as { frames: string[]; roots: [string, string][] };
  frames = asked.frames.map((frame) => parseBase64(frame) as Uint8Array);
  trust = assembleTrust({ mesh: null, pins: new Map(asked.roots) });
  const keys = new Map<string, CryptoKey>();
  const prepared: Check[] = [];
  for (const frame of frames) {
    const statement = parseStatement(frame, "quorate/observation/1");
    if (!statement.ok) throw new Error(statement.fault.code);
    const { key, toBeSigned, sign1 } = statement.value;
    const known =
      keys.get(key.join()) ?? (await crypto.subtle.importKey("raw", new Uint8Array(key), "Ed25519", false, ["verify"]));
    keys.set(key.join(), known);
    prepared.push({ key: known, signature: new Uint8Array(sign1.signature), message: new Uint8Array(toBeSigned) });
  }
  checks = prepared;
}

async function each<T>(items: readonly T[], judge: (some: readonly T[]) => Promise<readonly boolean[]>) {
  let good = 0;
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const verdicts = await judge(items.slice(from, from + AT_ONCE));
    good += verdicts.filter(Boolean).length;
  }
  return good;
}

function checked({ key, signature, message }: Check): Promise<boolean> {
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

const ROUTES: Readonly<Record<string, (request: Request) => Promise<unknown>>> = {
  "/nothing": async () => null,
  "/load": load,
  "/ceiling": () => each(checks, (some) => Promise.all(some.map(checked))),
  "/door": () => each(frames, async (some) => (await admitEach(some, trust as Trust)).map(({ ok }) => ok)),
  "/bundle": async (request) => {
    bundle = new Uint8Array(await request.arrayBuffer());
  },
  "/verify": async (request) =>
    (await verifyBundle(bundle, { trust: (await request.json()) as TrustStatement })).verdict,
};

export default {
  async fetch(request: Request): Promise<Response> {
    const run = ROUTES[new URL(request.url).pathname];
    return run === undefined ? new Response(null, { status: 404 }) : Response.json((await run(request)) ?? null);
  },
};
