// `revocation propagate`: which of the decisions in a folder rest on what was revoked, and how each of them stands now.
import { join } from "node:path";
import { isStatement, openAuthorityStatement, type Revocation } from "../../shared/authority/statement.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import {
  type Decision,
  decisionOf,
  propagate,
  type Reevaluation,
  type Standing,
} from "../../shared/evidence/propagate.ts";
import type { TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { fault } from "../../shared/result.ts";
import { namesIn, readBytes, required } from "../files.ts";
import { type Command, EXIT, Refused } from "../registry.ts";
import { readStatements, readTrust } from "./evidence.ts";
import { unwrap } from "./unwrap.ts";

export const revocationPropagate: Command = {
  name: "revocation propagate",
  usage: "revocation propagate --revocations FILE --bundles DIR --trust TRUST",
  about:
    "judge again exactly the decisions that rest on a revoked credential; exit 5 where one no longer stands as it stood",
  flags: { revocations: { type: "string" }, bundles: { type: "string" }, trust: { type: "string" } },
  input: ["--revocations  a JSON list of signed revocations, in base64", "--bundles      a folder of evidence bundles"],
  example:
    "revocation propagate --revocations revocations.json --bundles .quorate/demo --trust .quorate/demo/approval.trust.json",
  run: async (call) => {
    required(call, "revocations");
    const trust = readTrust(required(call, "trust"));
    const frames = readStatements(call);
    const bundles = bundlesIn(required(call, "bundles"));
    const found: Reevaluation[] = [];
    for (const revocation of await revocationsIn(frames)) {
      const { credential, at } = revocation.body;
      call.say(`judging ${bundles.size} decisions again under revocation ${revocation.id.slice(0, 12)} …`);
      const judge = ({ id }: Decision) => standings(bundles.get(id) as Uint8Array, trust, revocation.frame);
      const decisions = [...bundles.values()].map((bytes) => decisionOf(unwrap(parseBundle(bytes))));
      found.push(...(await propagate(decisions, { id: revocation.id, credential, at }, judge)));
    }
    const data = { decisions: bundles.size, reevaluated: found };
    const rows = found.map(
      ({ decision, status, because }) =>
        `${status.padEnd(12)} ${decision}${because.length > 0 ? `  rests on ${because.join(", ")}` : ""}`,
    );
    const text = [...rows, `${found.length} of ${bundles.size} decisions rest on it`].join("\n");
    return { exit: found.every(({ status }) => status === "continued") ? EXIT.yes : EXIT.no, data, text };
  },
};

async function revocationsIn(frames: readonly Uint8Array[]): Promise<readonly Revocation[]> {
  const opened = await Promise.all(frames.map(openAuthorityStatement));
  return opened.map((statement) => {
    const revocation = unwrap(statement);
    if (isStatement(revocation, "revocation")) return revocation;
    throw new Refused(
      fault("REVOCATION_INVALID", { reason: `one of them is a ${revocation.body.kind}` }).fault,
      EXIT.usage,
    );
  });
}

/** The bundles of a folder by their ceremonies. */
function bundlesIn(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  return new Map(
    names.sort().map((name) => {
      const bytes = readBytes(join(folder, name));
      return [unwrap(parseBundle(bytes)).ceremony, bytes];
    }),
  );
}

async function standings(bytes: Uint8Array, trust: TrustStatement, revocation: Uint8Array) {
  return { before: await standing(bytes, trust, []), after: await standing(bytes, trust, [revocation]) };
}

async function standing(
  bytes: Uint8Array,
  trust: TrustStatement,
  revocations: readonly Uint8Array[],
): Promise<Standing> {
  const { verdict, outcome, setAside } = await verifyBundle(bytes, { trust, revocations });
  return { verdict, digest: outcome?.digest ?? null, setAside: setAside.length };
}
