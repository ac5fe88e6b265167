// Where the signature over all fields does not hold, some of them still answer for themselves (SPEC §4.12): credentials and device links
// carry signatures of their own, and some payloads their own hashes. For people who look for what was altered; no verdict depends on it.
import { type Chain, checkLinkage, checkMesh, emptyMemory, leafOf, proveSignatures } from "../authority/chain.ts";
import { proveLinks, softwareDevice } from "../authority/device.ts";
import { rootOfSet } from "../closing/root.ts";
import { sha256Hex } from "../hash.ts";
import type { Field } from "./field-of.ts";
import type { Observation } from "./observation.ts";

/** Fields that contradict the key or themselves; none where the alteration lies in one that only the signature covers. */
export async function suspectFields(observation: Observation): Promise<readonly Field[]> {
  const { chain, otherPaths, key, mesh } = observation;
  const paths = [chain, ...otherPaths];
  const suspects: Field[] = [];
  for (const path of paths)
    if (!(await answersFor(path, key)) && suspects.length === 0) suspects.push("authority_credential");
  if (suspects.length === 0 && !paths.every((path) => checkMesh(path, mesh).ok)) suspects.push("mesh");
  if (!(await isDeviceSound(observation))) suspects.push("device_hash");
  if (!isPayloadSound(observation)) suspects.push("payload");
  return suspects;
}

async function answersFor(path: Chain, key: string): Promise<boolean> {
  return leafOf(path).holder === key && checkLinkage(path, "").ok && (await proveSignatures(path)).ok;
}

async function isDeviceSound({ deviceHash, deviceLinks, key }: Observation): Promise<boolean> {
  const last = deviceLinks.at(-1);
  if (last === undefined) return deviceHash === softwareDevice(key);
  return last.hash === deviceHash && (await proveLinks({ deviceLinks }, emptyMemory())).ok;
}

/** A call names its policy's hash, and a witness the root of what it lists. */
function isPayloadSound({ body }: Observation): boolean {
  if (body.kind === "call") return sha256Hex(body.policy) === body.policyHash;
  return body.kind !== "witness" || body.ids === undefined || rootOfSet(body.ids) === body.root;
}
