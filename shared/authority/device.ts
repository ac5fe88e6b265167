// Device continuity at the door (SPEC §5.8): countersignatures of the links an observation shows, and the verdict on them.
import { verifyEd25519 } from "../cose/ed25519.ts";
import { parseStatement } from "../cose/sign1.ts";
import { idBytes, sha256Hex } from "../hash.ts";
import { CHAINS_REMEMBERED_MAX } from "../limits.ts";
import type { Observation } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";
import { type ChainMemory, rootOf } from "./chain.ts";
import { type Continuity, continuityOf } from "./continuity.ts";
import type { DeviceNeed } from "./taxonomy.ts";
import type { Trust } from "./trust.ts";

/** Every link shown is countersigned as it says. */
export async function proveLinks(
  { deviceLinks }: Pick<Observation, "deviceLinks">,
  { links: proved }: ChainMemory,
): Promise<Result<true>> {
  for (const [index, { frame }] of deviceLinks.entries()) {
    if (proved.has(sha256Hex(frame))) continue;
    const statement = parseStatement(frame, "quorate/continuity/1");
    if (!statement.ok) return statement;
    const { key, toBeSigned, sign1 } = statement.value;
    const verdict = await verifyEd25519(key, toBeSigned, sign1.signature);
    const lastVerified = deviceLinks[index - 1]?.hash ?? null;
    if (!verdict.ok) return fault("DEVICE_BROKEN", { reason: `link ${index}: ${verdict.fault.code}`, lastVerified });
  }
  return ok(true);
}

/** Remembers the links of an admitted frame. */
export function rememberLinks({ deviceLinks }: Pick<Observation, "deviceLinks">, { links: proved }: ChainMemory): void {
  if (proved.size > CHAINS_REMEMBERED_MAX) proved.clear();
  for (const { frame } of deviceLinks) proved.add(sha256Hex(frame));
}

/** What a key in software stands for where no links are shown: its continuity is that of the key. Key and hash in hexadecimal. */
export function softwareDevice(key: string): string {
  const known = devices.get(key) ?? sha256Hex(idBytes(key));
  if (devices.size >= CHAINS_REMEMBERED_MAX) devices.clear();
  devices.set(key, known);
  return known;
}

/** Worked out once for a key: whoever speaks once speaks again. */
const devices = new Map<string, string>();

/** The verdict on an observation's device; null where it shows no links. */
export function deviceContinuity(
  observation: Pick<Observation, "chain" | "deviceHash" | "deviceLinks" | "at">,
  roots: ReadonlyMap<string, string>,
): Continuity | null {
  const { chain, deviceHash, deviceLinks, at } = observation;
  if (deviceLinks.length === 0) return null;
  const authority = roots.get(rootOf(chain));
  const authorities = [...roots].filter(([, name]) => name === authority).map(([key]) => key);
  const issuers = chain.filter(({ succeeds }) => succeeds === null).map(({ issuer }) => issuer);
  const devices = holderKeys(chain);
  return continuityOf(
    { hash: deviceHash, links: deviceLinks },
    { authorities: [...issuers, ...authorities], devices, at },
  );
}

/** The signing key, and those that it followed by rotation. */
function holderKeys(chain: Observation["chain"]): readonly string[] {
  const last = chain.findLastIndex(({ succeeds }) => succeeds === null);
  return chain.slice(last).map(({ holder }) => holder);
}

/** What the need asks of the device. Links that are shown must hold whether they are asked for or not. */
export function checkContinuity(
  observation: Observation,
  need: DeviceNeed,
  { roots }: Pick<Trust, "roots">,
): Result<Continuity | null> {
  const continuity = deviceContinuity(observation, roots);
  if (continuity === null && observation.deviceHash !== softwareDevice(observation.key))
    return fault("DEVICE_BROKEN", {
      reason: "a hash without links is not that of the signing key",
      lastVerified: null,
    });
  if (continuity === null) return need === "any" ? ok(null) : fault("DEVICE_UNPROVED", { need });
  const { verdict, reason, lastVerified, holder } = continuity;
  if (verdict === "broken") return fault("DEVICE_BROKEN", { reason, lastVerified });
  if (verdict === "unverifiable-gap") return fault("DEVICE_GAP", { reason, lastVerified });
  return need === "hardware" && holder !== "hardware" ? fault("DEVICE_SOFTWARE", { need }) : ok(continuity);
}
