// What a call pins of a coalition, in tests: each partner by a translator of its own into the home, and whatever a test adds.
import type { Party } from "../../cli/stack/party.ts";
import { toHex } from "../../shared/bytes.ts";
import type { VerifiedObservation, Withdrawal } from "../../shared/observation/observation.ts";
import type { PinnedTranslator, Under } from "../../shared/observation/under.ts";
import { withdrawalIn } from "../../shared/observation/withdrawal.ts";
import { sortedTexts } from "../../shared/text.ts";
import { START } from "./network.ts";
import { MESH } from "./parties.ts";

export const OPERATION = "lantern";

export const direct = (from: string, to: string, more: Partial<PinnedTranslator> = {}): PinnedTranslator => ({
  id: `${from}/to-${to}`,
  from,
  to,
  signer: from,
  issued: null,
  ...more,
});

const byName =
  <T>(nameOf: (item: T) => string) =>
  (a: T, b: T) =>
    nameOf(a) < nameOf(b) ? -1 : 1;

/** Of the first party's coalition with the others. */
export function underOf(parties: readonly Party[], more: Partial<Under> = {}): Under {
  const [home, ...others] = parties as readonly [Party, ...Party[]];
  const translators = others.map(({ name }) => direct(name, home.name));
  const under: Under = {
    mesh: MESH,
    operation: OPERATION,
    home: home.name,
    policy: "0".repeat(64),
    at: START,
    shift: 0,
    matters: [],
    roots: parties.map(({ name, root }) => ({ authority: name, root: toHex(root.key) })),
    translators,
    roads: others.map(({ name }) => ({ authority: name, roads: [[`${name}/to-${home.name}`]] })),
    clauses: [],
    ...more,
  };
  return {
    ...under,
    matters: sortedTexts(under.matters),
    roots: [...under.roots].sort(byName(({ root }) => root)),
    translators: [...under.translators].sort(byName(({ id }) => id)),
    roads: [...under.roads].sort(byName(({ authority }) => authority)),
  };
}

/** A signed declaration as a notice carries it. */
export function withdrawal(statement: VerifiedObservation): Withdrawal {
  const read = withdrawalIn(statement);
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value;
}
