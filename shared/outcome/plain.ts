// Deciding on plain documents, without keys: for trying policies. The same functions decide as in a ceremony (SPEC §6.6).
import { encodeCanonical } from "../cbor/encode.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { lintTrial } from "../policy/lint.ts";
import type { Policy } from "../policy/policy.ts";
import { ok, type Result } from "../result.ts";
import type { Contribution, Seat } from "./contribution.ts";
import { type PlainDocument, type PlainEntry, readPlain } from "./plain-document.ts";
import { type ClosedRound, type Progress, progress } from "./rounds.ts";

export type PlainExclusion = { readonly index: number; readonly code: string; readonly round?: number };

export type PlainDecision = {
  readonly status: "decided" | "abandoned" | "pending";
  readonly value: Json;
  readonly explanation: readonly string[];
  /** By place in their round; the round is named where it is not the first. */
  readonly excluded: readonly PlainExclusion[];
  readonly cause?: string;
  /** Whom an abandoned ceremony waited for, and what it releases. */
  readonly abandonment?: Json;
  /** What a pending one asks for next. */
  readonly next?: { readonly stage: string; readonly roles: readonly string[] };
};

/** Decides a document of parties and rounds under a policy. */
export function decidePlain(policy: Policy, document: unknown): Result<PlainDecision> {
  const plain = readPlain(policy, document);
  return plain.ok ? decideRead(plain.value) : plain;
}

/** The same for a document that has been read. */
export function decideRead(plain: PlainDocument): Result<PlainDecision> {
  const { policy, seats, notes } = plain;
  const [finding] = lintTrial(policy, seats);
  if (finding !== undefined) return { ok: false, fault: finding };
  const closed = closeAll(plain);
  return ok(present(notes, progress(policy, seats, closed), closed));
}

/** Each round with the seats that the rounds before it leave. */
function closeAll({ policy, seats, rounds, subject }: PlainDocument): readonly ClosedRound[] {
  const closed: ClosedRound[] = [];
  let here = seats;
  for (const [index, round] of rounds.entries()) {
    const places = new Map(here.map((seat) => [seat.name, seat]));
    const set = round.map((entry) => toContribution(places.get(entry.party), entry));
    closed.push({ seats: here, window: { opensAt: 0, closesAt: 0, subject, index }, set });
    if (rounds.length === 1) break;
    const { result } = progress(policy, seats, closed);
    if (result.is !== "next") break;
    here = result.seats;
  }
  return closed;
}

function toContribution(seat: Seat | undefined, { party, slot, payload }: PlainEntry): Contribution {
  const id = sha256Hex(encodeCanonical([party, slot, payload as Encodable]));
  const [index, role] = [seat?.index ?? -1, seat?.role ?? ""];
  return { id, seat: index, role, item: slot === "" ? null : slot, content: payload, at: [0, 0], until: 0 };
}

function present(
  notes: readonly string[],
  { result, excluded }: Progress,
  closed: readonly ClosedRound[],
): PlainDecision {
  const explanation = [...notes, ...result.explanation];
  const dropped = droppedIn(closed, excluded);
  if (result.is === "next") {
    const next = { stage: result.stage.is, roles: result.roles };
    const asked = `round ${closed.length} asks ${result.roles.join(", ")}: ${result.stage.is}`;
    return { status: "pending", value: null, explanation: [...explanation, asked], excluded: dropped, next };
  }
  if (result.is === "decided") {
    const decision = { status: result.is, value: toJson(result.value), explanation, excluded: dropped };
    return result.cause === undefined ? decision : { ...decision, cause: result.cause };
  }
  const abandonment = toJson(result.value ?? null);
  return { status: result.is, value: null, explanation, excluded: dropped, cause: result.cause, abandonment };
}

function droppedIn(closed: readonly ClosedRound[], excluded: Progress["excluded"]): readonly PlainExclusion[] {
  return closed.flatMap(({ set }, round) => {
    const codes = new Map(excluded.filter((one) => one.round === round).map(({ id, code }) => [id, code]));
    const seen = new Set<string>();
    return set.flatMap(({ id }, index): PlainExclusion[] => {
      const code = codes.get(id) ?? (seen.has(id) ? "DUPLICATE" : undefined);
      seen.add(id);
      return code === undefined ? [] : [round === 0 ? { index, code } : { index, code, round }];
    });
  });
}
