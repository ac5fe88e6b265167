// The verifier's first checks: what the evidence says of authority, and every frame through the door (SPEC §12.3).
import { admitAll } from "../observation/admit-all.ts";
import { stepOf } from "../observation/door-steps.ts";
import type { VerifiedObservation } from "../observation/observation.ts";
import { refusalClass } from "../refusals.ts";
import { fault } from "../result.ts";
import type { BundledFrame } from "./bundle.ts";
import { type Case, cannotTell, failed, type Stopped } from "./case.ts";
import { openTrust } from "./trust-statement.ts";

/** Statements about authority, the bundle's and those given beside it, are what they say; some may be set aside. */
export async function checkStatements(found: Case): Promise<Case | Stopped> {
  const carried = [...found.bundle.statements, ...(found.options.revocations ?? [])];
  const trust = await openTrust(found.options.trust, carried);
  if (!trust.ok) return failed(`statement ${trust.fault.detail.entry}`, trust);
  const setAside = trust.value.notes.flatMap(({ about, code }) => about.map((entry) => ({ entry, code })));
  return { ...found, trust: trust.value, setAside };
}

/** Every frame passes the door under the trust statement, and has the id it is listed by. */
export async function checkFrames(found: Case): Promise<Case | Stopped> {
  const listed = found.bundle.frames;
  const { verdicts, vouched } = await admitAll(
    listed.map(({ frame }) => frame),
    found.trust,
    ({ code }) => code !== "OBSERVATION_BACKDATED",
  );
  const frames: VerifiedObservation[] = [];
  const setAside = [...found.setAside];
  for (const [index, admitted] of verdicts.entries()) {
    const { id } = listed[index] as BundledFrame;
    if (!admitted.ok) {
      const { code, detail } = admitted.fault;
      if (code === "ROOT_UNKNOWN")
        return cannotTell(id, fault("TRUST_MISSING", { root: detail.root, authority: "a signer" }));
      if (refusalClass(code) === "held") return cannotTell(id, admitted);
      if (code !== "OBSERVATION_BACKDATED") return failed(id, admitted, stepOf(code) ?? "signatures");
      setAside.push({ entry: id, code });
      continue;
    }
    if (admitted.value.id !== id) return failed(id, fault("BUNDLE_ID", { entry: id, found: admitted.value.id }));
    frames.push(admitted.value);
  }
  return { ...found, frames, setAside, trust: { ...found.trust, vouched } };
}
