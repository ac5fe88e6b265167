// Deciding on plain documents, without keys: for trying policies. The same functions decide as in a ceremony (SPEC §6.6).
import { encodeCanonical } from "../cbor/encode.ts";
import { type Json, toJson } from "../cbor/json.ts";
import type { Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { lintTrial } from "../policy/lint.ts";
import type { Policy } from "../policy/policy.ts";
import { ok, type Result } from "../result.ts";
import { admissible } from "./admissible.ts";
import type { Contribution, Seat } from "./contribution.ts";
import { decide } from "./functions.ts";
import { type PlainEntry, readPlain } from "./plain-document.ts";

export type PlainDecision = {
  readonly status: "decided" | "abandoned" | "pending";
  readonly value: Json;
  readonly explanation: readonly string[];
  readonly excluded: readonly { readonly index: number; readonly code: string }[];
  readonly cause?: string;
};

/** Decides a document of parties and rounds under a policy. */
export function decidePlain(policy: Policy, document: unknown): Result<PlainDecision> {
  const plain = readPlain(policy, document);
  if (!plain.ok) return plain;
  const { seats, rounds, notes } = plain.value;
  const [finding] = lintTrial(policy, seats);
  if (finding !== undefined) return { ok: false, fault: finding };
  const [round] = rounds;
  if (round === undefined)
    return ok({ status: "pending", value: null, explanation: ["no round is closed"], excluded: [] });
  return ok(decideRound(policy, seats, round, notes));
}

const WINDOW = { opensAt: 0, closesAt: 0 };

function decideRound(
  policy: Policy,
  seats: readonly Seat[],
  round: readonly PlainEntry[],
  notes: readonly string[],
): PlainDecision {
  const places = new Map(seats.map(({ name, index }) => [name, index]));
  const contributions = round.map((entry) => toContribution(seats, places.get(entry.party) ?? -1, entry));
  const { admitted, excluded } = admissible(policy, seats, contributions, WINDOW);
  const codes = new Map(excluded.map(({ id, code }) => [id, code]));
  const seen = new Set<string>();
  const dropped = contributions.flatMap(({ id }, index) => {
    const code = codes.get(id) ?? (seen.has(id) ? "DUPLICATE" : undefined);
    seen.add(id);
    return code === undefined ? [] : [{ index, code }];
  });
  const verdict = decide(policy, seats, admitted);
  const value = verdict.is === "decided" ? toJson(verdict.value) : null;
  const decision = { status: verdict.is, value, explanation: [...notes, ...verdict.explanation], excluded: dropped };
  return verdict.cause === undefined ? decision : { ...decision, cause: verdict.cause };
}

function toContribution(seats: readonly Seat[], seat: number, { party, slot, payload }: PlainEntry): Contribution {
  const id = sha256Hex(encodeCanonical([party, slot, payload as Encodable]));
  const role = seats[seat]?.role ?? "";
  return { id, seat, role, item: slot === "" ? null : slot, content: payload, at: [0, 0], until: 0 };
}
