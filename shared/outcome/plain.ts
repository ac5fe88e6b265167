// Deciding on plain documents, without keys: for trying policies. The same functions decide as in a ceremony (SPEC §6.6).
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson, type Json, toJson } from "../cbor/json.ts";
import { anything, integer, list, type Reader, readAs, record, text } from "../cbor/read.ts";
import { type CborMap, type CborValue, type Encodable, isCborMap } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { POWER_MAX, SEATS_MAX } from "../limits.ts";
import { lintPolicy } from "../policy/lint.ts";
import type { Policy } from "../policy/policy.ts";
import { fault, ok, type Result } from "../result.ts";
import { admissible } from "./admissible.ts";
import type { Contribution, Seat } from "./contribution.ts";
import { decide } from "./functions.ts";

export type PlainDecision = {
  readonly status: "decided" | "abandoned" | "pending";
  readonly value: Json;
  readonly explanation: readonly string[];
  readonly excluded: readonly { readonly index: number; readonly code: string }[];
  readonly cause?: string;
};

type PlainParty = {
  readonly id: string;
  readonly authority: string;
  readonly role: string;
  readonly power: number;
  readonly tier: number;
};
type PlainItem = { readonly party: string; readonly slot: string; readonly payload: CborValue };
type Plain = { readonly parties: readonly PlainParty[]; readonly rounds: readonly (readonly PlainItem[])[] };

const readPlain: Reader<Plain> = record<Plain>({
  parties: list(
    record<PlainParty>({
      id: text(),
      authority: text(),
      role: text(),
      power: integer(1, POWER_MAX),
      tier: integer(0, 1_000),
    }),
    SEATS_MAX,
    1,
  ),
  rounds: list(list(record<PlainItem>({ party: text(), slot: text(128, 0), payload: anything }), 100_000), 64),
});

/** Fills in what a plain document may leave out: power 1, the party as its own authority, the one contributing role. */
function fill(value: CborValue, policy: Policy): CborValue {
  if (!isCborMap(value)) return value;
  const [onlyRole] = [...policy.roles].filter(([, role]) => role.contributes).map(([name]) => name);
  const party = (item: CborValue) =>
    isCborMap(item)
      ? new Map<string | number, CborValue>([
          ["authority", item.get("id") ?? ""],
          ["role", onlyRole ?? ""],
          ["power", 1],
          ["tier", 0],
          ...item,
        ])
      : item;
  const entry = (item: CborValue) =>
    isCborMap(item) ? new Map<string | number, CborValue>([["slot", ""], ...item]) : item;
  const parties = value.get("parties");
  const rounds = value.get("rounds");
  return new Map<string | number, CborValue>([
    ...value,
    ["parties", Array.isArray(parties) ? parties.map(party) : (parties ?? null)],
    [
      "rounds",
      Array.isArray(rounds)
        ? rounds.map((round) => (Array.isArray(round) ? round.map(entry) : round))
        : (rounds ?? null),
    ],
  ]);
}

/** Decides a document of parties and rounds under a policy. */
export function decidePlain(policy: Policy, document: unknown): Result<PlainDecision> {
  const value = fromJson(document);
  if (!value.ok) return fault("BODY_INVALID", value.fault.detail);
  const plain = readAs(fill(value.value, policy), readPlain);
  if (!plain.ok) return fault("BODY_INVALID", plain.fault.detail);
  const seats = plain.value.parties.map(
    ({ authority, role, power }, index): Seat => ({ index, authority, role, power }),
  );
  const [finding] = lintPolicy(policy, seats);
  if (finding !== undefined) return { ok: false, fault: finding };
  const round = plain.value.rounds[0];
  if (round === undefined)
    return ok({ status: "pending", value: null, explanation: ["no round is closed"], excluded: [] });
  return ok(decideRound(policy, seats, plain.value.parties, round));
}

const WINDOW = { opensAt: 0, closesAt: 0 };

function decideRound(
  policy: Policy,
  seats: readonly Seat[],
  parties: readonly PlainParty[],
  round: readonly PlainItem[],
): PlainDecision {
  const contributions = round.map((item) => toContribution(seats, parties, item));
  const { admitted, excluded } = admissible(policy, seats, contributions, WINDOW);
  const codes = new Map(excluded.map(({ id, code }) => [id, code]));
  const seen = new Set<string>();
  const dropped = contributions.flatMap(({ id }, index) => {
    const code = codes.get(id) ?? (seen.has(id) ? "DUPLICATE" : undefined);
    seen.add(id);
    return code === undefined ? [] : [{ index, code }];
  });
  const verdict = decide(policy, seats, admitted);
  const named = namesFor(parties);
  return verdict.is === "decided"
    ? { status: "decided", value: named(toJson(verdict.value)), explanation: verdict.explanation, excluded: dropped }
    : { status: "abandoned", value: null, explanation: verdict.explanation, excluded: dropped, cause: verdict.cause };
}

/** Plain documents speak of parties by id, outcomes of authorities. */
function namesFor(parties: readonly PlainParty[]): (value: Json) => Json {
  const ids = new Map(parties.map(({ id, authority }) => [authority, id]));
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const fields = value as { readonly [key: string]: Json };
    const by = fields.by;
    return Array.isArray(by) ? { ...fields, by: by.map((name) => ids.get(String(name)) ?? name) } : fields;
  };
}

function toContribution(
  seats: readonly Seat[],
  parties: readonly PlainParty[],
  { party, slot, payload }: PlainItem,
): Contribution {
  const seat = parties.findIndex(({ id }) => id === party);
  const content: CborMap = isCborMap(payload) ? payload : new Map();
  const id = sha256Hex(encodeCanonical([party, slot, payload as Encodable]));
  return { id, seat, role: seats[seat]?.role ?? "", item: slot === "" ? null : slot, content, at: [0, 0], until: 0 };
}
