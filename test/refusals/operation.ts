// Examples of refusals in an operation: a ceremony that is under a coalition.
import { struckIn } from "../../shared/ceremony/struck.ts";
import { checkUnder } from "../../shared/ceremony/under.ts";
import type { Under } from "../../shared/observation/under.ts";
import type { COALITION_REFUSALS } from "../../shared/refusals/coalition.ts";
import { Nation } from "../support/coalition.ts";
import { Network, SECOND, START } from "../support/network.ts";
import { seatsFor, testParties } from "../support/parties.ts";
import { patternNamed, pinnedWith } from "../support/performances.ts";
import { underOf, withdrawal } from "../support/under.ts";
import type { Example, Examples } from "./example.ts";

const parties = testParties(3);

const opened =
  (more: Partial<Under>): Example =>
  () =>
    checkUnder({ under: underOf(parties, more), seats: seatsFor(parties, "voter") });

/** bolt approves, and withdraws two seconds later from an instant that is still to come. */
const backdated: Example = () => {
  const policy = pinnedWith(patternNamed("quorum"), {});
  const net = new Network(parties, policy, { role: "voter", under: underOf(parties) });
  net.open();
  net.deliverAll();
  net.attest("bolt", "approve");
  const revocation = withdrawal(new Nation(parties[1] as (typeof parties)[number]).revoke("*", START + 5 * SECOND));
  net.turn("bolt", { on: "revocation", now: START + 2 * SECOND, revocation });
  return [...struckIn(policy.policy, net.agent("bolt").state.rounds).faults.values()][0];
};

export const OPERATION: Examples<typeof COALITION_REFUSALS> = {
  TRANSLATION_BACKDATED: backdated,
  PARTNER_UNRECOGNISED: opened({
    roads: [{ authority: "bolt", roads: [["bolt/to-acme"]] }],
    translators: underOf(parties.slice(0, 2)).translators,
  }),
  MATTER_PROHIBITED: opened({
    matters: ["loiter"],
    clauses: [{ id: "A2", effect: "prohibit", value: "loiter", label: null, from: "acme", via: [] }],
  }),
};
