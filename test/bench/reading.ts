// What reading a signed statement costs beside the check of its signature: of the processor, and of memory that has to be collected. As in workerd,
// checks run on the thread that asks for them. `node --min-semi-space-size=512 --max-semi-space-size=512 test/bench/reading.ts [bids] [bidders]`:
// with less room, what was made is collected before it is counted.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { rootsOf } from "../../cli/stack/party.ts";
import { nativeSha256 } from "../../durable/native-hash.ts";
import { assembleTrust, type Trust } from "../../shared/authority/trust.ts";
import { toHex } from "../../shared/bytes.ts";
import { decodeInPlace } from "../../shared/cbor/decode.ts";
import { parseStatement } from "../../shared/cose/sign1.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { lendSha256, sha256 } from "../../shared/hash.ts";
import { admit, admitEach } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { bidsIn, close, handIn, openSale } from "../support/bidders.ts";
import { bundleOf, bytesOf, trustIn } from "../support/evidence.ts";

lendSha256(nativeSha256); // as the agent does
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** DER of an Ed25519 public key, up to its 32 bytes (RFC 8410). */
const SPKI = Uint8Array.from([48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0]);
const keys = new Map<string, KeyObject>();

function keyOf(raw: Uint8Array): KeyObject {
  const name = toHex(raw);
  const known = keys.get(name) ?? createPublicKey({ key: Buffer.from([...SPKI, ...raw]), format: "der", type: "spki" });
  keys.set(name, known);
  return known;
}

/** Node checks on other threads, which no measure of this one would see. */
function checkHere(): void {
  const imported = new WeakMap<CryptoKey, KeyObject>();
  Object.assign(crypto.subtle, {
    importKey: async (_: "raw", raw: Uint8Array) => {
      const key = {} as CryptoKey;
      imported.set(key, keyOf(raw));
      return key;
    },
    verify: async (_: unknown, key: CryptoKey, signature: Uint8Array, message: Uint8Array) =>
      verify(null, message, imported.get(key) as KeyObject, signature),
  });
}

export type Cost = { readonly micros: number; readonly bytes: number; readonly toCheck: number };
type Work = { readonly each: number; readonly run: () => unknown };

const TURNS = 15;

function inUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;

/** Turn by turn in one process, so that a busy machine slows all alike; the medians. */
async function measureAll(works: Readonly<Record<string, Work>>): Promise<Readonly<Record<string, Cost>>> {
  const found = new Map(Object.keys(works).map((name) => [name, { micros: [] as number[], bytes: [] as number[] }]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, { each, run }] of Object.entries(works)) {
      const start = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(start);
      found.get(name)?.micros.push((user + system) / each);
    }
  }
  for (const [name, { each, run }] of Object.entries(works)) {
    collect();
    const before = inUse();
    await run();
    found.get(name)?.bytes.push((inUse() - before) / each);
  }
  const check = median(found.get("check")?.micros ?? []);
  const costs = [...found].map(([name, { micros, bytes }]) => {
    const cost = { micros: median(micros), bytes: Math.round(median(bytes)), toCheck: median(micros) / check };
    return [name, cost] as const;
  });
  return Object.fromEntries(costs);
}

const AT_ONCE = 100;

export async function measureReading(bids: number, bidders: number): Promise<Readonly<Record<string, Cost>>> {
  checkHere();
  const sale = openSale(bidders);
  const signed = bidsIn(sale, bids);
  for (let from = 0; from < bids; from += AT_ONCE) handIn(sale, "acme", signed.slice(from, from + AT_ONCE));
  close(sale);
  const bundle = bytesOf(bundleOf(sale.net.agent("acme")));
  const trust: Trust = assembleTrust({ mesh: null, pins: rootsOf(sale.parties) });
  const frames = signed.slice(0, 1_000).map(({ frame }) => frame.slice());
  const statements = frames.map((frame) => {
    const statement = parseStatement(frame, "quorate/observation/1");
    if (!statement.ok) throw new Error(statement.fault.code);
    return { ...statement.value, public: keyOf(statement.value.key) };
  });
  for (const frame of frames) if (!(await admit(frame, trust)).ok) throw new Error("a bid is refused");
  const of = (run: () => unknown): Work => ({ each: frames.length, run });
  return measureAll({
    check: of(() => {
      for (const { public: key, toBeSigned, sign1 } of statements) verify(null, toBeSigned, key, sign1.signature);
    }),
    hash: of(() => {
      for (const { toBeSigned } of statements) sha256(toBeSigned);
    }),
    envelope: of(() => {
      for (const frame of frames) parseStatement(frame, "quorate/observation/1");
    }),
    decode: of(() => {
      for (const { sign1 } of statements) decodeInPlace(sign1.payload);
    }),
    read: of(() => {
      for (const frame of frames) parseObservation(frame, trust);
    }),
    admit: of(async () => {
      for (let from = 0; from < frames.length; from += AT_ONCE)
        await admitEach(frames.slice(from, from + AT_ONCE), trust);
    }),
    bundle: { each: bids, run: () => parseBundle(bundle) },
    verify: {
      each: bids,
      run: async () => {
        const { verdict } = await verifyBundle(bundle, { trust: trustIn(sale.parties) });
        if (verdict !== "passed") throw new Error(verdict);
      },
    },
  });
}

if (import.meta.main) {
  const [bids = 4_000, bidders = 80] = process.argv.slice(2).map(Number);
  for (const [name, { micros, bytes, toCheck }] of Object.entries(await measureReading(bids, bidders)))
    process.stdout.write(
      `${name.padEnd(9)} ${micros.toFixed(1).padStart(7)} µs  ${toCheck.toFixed(3)} of a check  ${bytes} bytes\n`,
    );
}
