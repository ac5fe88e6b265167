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
import { faultIn } from "./ceremony.ts";
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

/** acme's own policy prohibits what bolt asks for. */
const prohibited: Example = () => {
  const policy = pinnedWith(patternNamed("quorum"), {});
  const under = underOf(parties, { matters: ["loiter"] });
  const net = new Network(parties, policy, { role: "voter", under });
  const standpoint = {
    policy: under.policy,
    at: START,
    prohibits: [{ matter: "loiter", clause: "B7", from: "bolt" }],
  };
  net.turn("bolt", { on: "observations", now: START, observations: [net.call], standpoint });
  return faultIn(net.attest("bolt", "approve"));
};

export const OPERATION: Examples<typeof COALITION_REFUSALS> = {
  TRANSLATION_BACKDATED: backdated,
  PARTNER_UNRECOGNISED: opened({
    roads: [{ authority: "bolt", roads: [["bolt/to-acme"]] }],
    translators: underOf(parties.slice(0, 2)).translators,
  }),
  OWN_POLICY_PROHIBITS: prohibited,
  MATTER_PROHIBITED: opened({
    matters: ["loiter"],
    clauses: [{ matter: "loiter", id: "A2", effect: "prohibit", value: "loiter", label: null, from: "acme", via: [] }],
  }),
};
