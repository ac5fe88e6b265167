// Why an observation in a bundle was, or was not, admitted (SPEC §12.5): every frame passes the door again before a word is said of it.
import type { Trust } from "../authority/trust.ts";
import { guestsIn } from "../ceremony/guests.ts";
import { readAgain } from "../ceremony/restore.ts";
import { emptyState, type Self } from "../ceremony/state.ts";
import { admitAll } from "../observation/admit-all.ts";
import { parseObservation } from "../observation/decode.ts";
import {
  type ContributionBody,
  type Id,
  isKind,
  type Observation,
  type VerifiedObservation,
} from "../observation/observation.ts";
import { fault, invariant, ok, type Result } from "../result.ts";
import type { Bundle } from "./bundle.ts";
import { type Explanation, explainIn, type RefusedStatement } from "./explain.ts";
import { openTrust, type TrustStatement, writeTrustStatement } from "./trust-statement.ts";

/**
 * Explains the observation of a bundle whose id begins with `id`. Without a trust statement the roots are those that the call names:
 * signatures are checked all the same, but whether anybody recognises those roots is not, and the explanation says so.
 */
export async function explainBundle(
  bundle: Bundle,
  trust: TrustStatement | null,
  id: string,
): Promise<Result<Explanation>> {
  const isAsked = (entry: Entry) => entry.id.startsWith(id);
  const own = entriesOf(bundle).filter(isAsked);
  const listed = own.length > 0 ? own : membersOf(bundle).filter(isAsked);
  const [entry] = listed;
  if (entry === undefined)
    return fault("NEVER_ARRIVED", { id, by: bundle.exportedBy, reported: "nobody has said here that it holds it" });
  if (listed.length > 1) return fault("ID_AMBIGUOUS", { id, found: shortened(listed.map((each) => each.id)) });
  const parsed = parseObservation(entry.frame);
  if (!parsed.ok) return fault("BUNDLE_FRAME", { entry: entry.id, reason: parsed.fault.code });
  if (parsed.value.observation.id !== entry.id)
    return fault("BUNDLE_ID", { entry: entry.id, found: parsed.value.observation.id });
  const statement = trust ?? claimedTrust(bundle);
  if (statement === null) return fault("BUNDLE_CALL", { reason: "no frame is the call" });
  const opened = await openTrust(statement, bundle.statements);
  if (!opened.ok) return opened;
  const sorted = await throughTheDoor(bundle, opened.value);
  if (!sorted.ok) return sorted;
  const { admitted, refused } = sorted.value;
  const self: Self = {
    authority: bundle.exportedBy,
    root: "",
    key: "",
    roots: opened.value.roots,
    recognised: opened.value,
  };
  const isCall = (each: VerifiedObservation) => each.id === bundle.ceremony;
  const ordered = [...admitted.filter(isCall), ...admitted.filter((each) => !isCall(each))];
  const { state } = readAgain(emptyState(bundle.ceremony, self), ordered);
  const found = explainIn(state, refused, entry.id, admitted);
  invariant(found !== null, "what is listed was admitted by the door or refused by it");
  return ok(trust === null ? withoutTrust(found) : found);
}

/** The first few, as far as it takes to tell them apart by eye. */
function shortened(ids: readonly Id[]): string {
  const few = ids.slice(0, 4).map((id) => id.slice(0, 16));
  return `${few.join(", ")}${ids.length > few.length ? ` and ${ids.length - few.length} more` : ""}`;
}

type Sorted = { readonly admitted: readonly VerifiedObservation[]; readonly refused: readonly RefusedStatement[] };

/** Every frame of the bundle, by what the door says of it now. */
async function throughTheDoor(bundle: Bundle, trust: Trust): Promise<Result<Sorted>> {
  const { verdicts } = await admitAll(
    [...bundle.frames, ...bundle.refused].map(({ frame }) => frame),
    trust,
  );
  const admitted: VerifiedObservation[] = [];
  const refused: RefusedStatement[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    const recorded = bundle.refused[index - bundle.frames.length];
    const frame = recorded?.frame ?? (bundle.frames[index]?.frame as Uint8Array);
    if (verdict.ok && recorded === undefined) admitted.push(verdict.value);
    // What the door finds comes before what a bundle says of it.
    const code = verdict.ok ? recorded?.code : verdict.fault.code;
    if (!verdict.ok && recorded === undefined && code === "ROOT_UNKNOWN")
      return fault("TRUST_MISSING", { root: verdict.fault.detail.root, authority: "a signer" });
    if (code !== undefined) refused.push({ id: idOf(frame) ?? "", code, frame });
  }
  return ok({ admitted, refused });
}

type Entry = { readonly id: Id; readonly frame: Uint8Array };

/** Everything in a bundle that can be asked for and stands by itself. */
function entriesOf({ frames, refused }: Bundle): readonly Entry[] {
  return [...frames, ...refused.map(({ hash, frame }) => ({ id: idOf(frame) ?? hash, frame }))];
}

/** What its batches hold, each once. */
function membersOf({ frames }: Bundle): readonly Entry[] {
  const members = frames.flatMap(({ frame }) => {
    const parsed = parseObservation(frame);
    return parsed.ok ? parsed.value.members.map(({ observation }) => observation) : [];
  });
  return [...new Map(members.map(({ id, frame }) => [id, { id, frame }])).values()];
}

function idOf(frame: Uint8Array): Id | null {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : null;
}

/** The roots as the bundle's own call names them, and as those who joined without being named name themselves. */
function claimedTrust({ frames, ceremony }: Bundle): TrustStatement | null {
  const observations = frames.flatMap(({ frame }) => {
    const parsed = parseObservation(frame);
    return parsed.ok ? [parsed.value.observation] : [];
  });
  const call = observations.find(({ id }) => id === ceremony);
  if (call === undefined || !isKind(call, "call")) return null;
  const joins = observations.filter((each) => isKind(each, "contribution")) as Observation<ContributionBody>[];
  const seats = [...guestsIn(call.body, joins), ...call.body.seats];
  return writeTrustStatement(call.mesh, new Map(seats.map((seat) => [seat.root, seat.authority])));
}

function withoutTrust(explanation: Explanation): Explanation {
  const factors = explanation.factors.map((factor) =>
    factor.name === "credential" && factor.verdict === "met"
      ? { ...factor, got: `${factor.got}; its root as the bundle claims it`, verdict: "not checked" as const }
      : factor,
  );
  return { ...explanation, factors };
}
