// Plain documents: parties and rounds without keys, for trying policies (SPEC §6.6).
import { fromJson } from "../cbor/json.ts";
import { anything, integer, list, type Reader, readAs, recordWith, text } from "../cbor/read.ts";
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import { PLAIN_ENTRIES_MAX, POWER_MAX } from "../limits.ts";
import { actItem } from "../membership/act.ts";
import { policyFor } from "../policy/for-subject.ts";
import type { Policy, Role } from "../policy/policy.ts";
import { fault, ok, type Result } from "../result.ts";
import type { Seat } from "./contribution.ts";
import { judgeContent } from "./forms.ts";

export type PlainEntry = { readonly party: string; readonly slot: string; readonly payload: CborMap };

export type PlainDocument = {
  /** The policy for the document's subject. */
  readonly policy: Policy;
  readonly seats: readonly Seat[];
  readonly rounds: readonly (readonly PlainEntry[])[];
  /** What it is all about; null where it does not say. */
  readonly subject: CborValue;
  /** What was read into the document that it does not say. */
  readonly notes: readonly string[];
};

type PartyFields = { id: string; authority?: string; role?: string; power?: number; tier?: number };
type EntryFields = { party: string; slot?: string; payload: CborValue };

const readParty = recordWith<{ id: string }, Required<Omit<PartyFields, "id">>>(
  { id: text() },
  { authority: text(), role: text(), power: integer(1, POWER_MAX), tier: integer(0, 1_000) },
) as Reader<PartyFields>;
const readEntry = recordWith<{ party: string; payload: CborValue }, { slot: string }>(
  { party: text(), payload: anything },
  { slot: text(128, 0) },
) as Reader<EntryFields>;
const readDocument = recordWith<
  { parties: readonly PartyFields[]; rounds: readonly (readonly EntryFields[])[] },
  { subject: CborValue }
>(
  { parties: list(readParty, PLAIN_ENTRIES_MAX, 1), rounds: list(list(readEntry, PLAIN_ENTRIES_MAX), 64) },
  { subject: anything },
);

export function readPlain(policy: Policy, document: unknown): Result<PlainDocument> {
  const value = fromJson(document);
  if (!value.ok) return fault("BODY_INVALID", value.fault.detail);
  const read = readAs(value.value, readDocument);
  if (!read.ok) return fault("BODY_INVALID", { ...read.fault.detail, need: `${read.fault.detail.need}` });
  const { parties, rounds, subject = null } = read.value;
  const ids = new Set(parties.map(({ id }) => id));
  if (ids.size !== parties.length)
    return fault("BODY_INVALID", { path: "parties", need: "a list that names each party once" });
  const entries = rounds.map((round) => round.map(toEntry));
  const fitted = policyFor(policy, subject);
  if (!fitted.ok) return fitted;
  return ok({ policy: fitted.value, ...seatParties(fitted.value, parties, entries.flat()), rounds: entries, subject });
}

/** A payload that is no map has nothing that counts. */
function toEntry({ party, slot, payload }: EntryFields): PlainEntry {
  const content: CborMap = isCborMap(payload) ? payload : new Map();
  return { party, slot: slot ?? usualSlot(content), payload: content };
}

/** What goes without saying where several statements of one party are usual: a bid is for its item, a release or acceptance for its leg. */
function usualSlot(content: CborMap): string {
  const parts = [
    ["", content.get("bid"), "item"],
    ["release ", content.get("release"), "id"],
    ["accept ", content.get("accept"), "release"],
    ["translation ", content.get("translation"), "id"],
  ] as const;
  for (const [prefix, part, field] of parts) {
    const name = isCborMap(part) ? part.get(field) : undefined;
    if (typeof name === "string") return `${prefix}${name}`;
    if (prefix !== "" && part !== undefined) return prefix.trim();
  }
  const withdrawn = content.get("withdraw");
  if (typeof withdrawn === "string") return `withdraw ${withdrawn}`;
  const act = actItem(content);
  if (act !== null) return act;
  return "";
}

/**
 * Seats in the order of the document. A party without a role takes the one that its payloads fit. So does every party of a document
 * that uses none of the policy's contributing roles: it was written in other words.
 */
function seatParties(
  policy: Policy,
  parties: readonly PartyFields[],
  entries: readonly PlainEntry[],
): { readonly seats: readonly Seat[]; readonly notes: readonly string[] } {
  const contributing = [...policy.roles].filter(([, role]) => role.contributes);
  const foreign = !parties.some(({ role }) => contributing.some(([name]) => name === role));
  const payloads = Map.groupBy(entries, ({ party }) => party);
  const notes = new Set<string>();
  const seats = parties.map(({ id, authority = id, role, power = 1, tier = 0 }, index): Seat => {
    const known = role !== undefined && (policy.roles.has(role) || !foreign);
    const taken = known ? role : fitting(policy, contributing, payloads.get(id) ?? []);
    if (role !== undefined && taken !== role) notes.add(`the policy has no role ${role}; it is read as ${taken}`);
    return { index, authority, role: taken, power, tier, name: id };
  });
  return { seats, notes: [...notes].sort() };
}

function fitting(
  policy: Policy,
  contributing: readonly (readonly [string, Role])[],
  entries: readonly PlainEntry[],
): string {
  const fits = contributing.find(([, role]) =>
    entries.every(({ payload }) => judgeContent(policy, role, payload) === null),
  );
  return (fits ?? contributing[0])?.[0] ?? "";
}
