// Runs of the patterns in which something changes hands.
import { abandoned, choices, decided, left, type Run } from "./run.ts";

const CHAIN = "ship:holder sea:receiver rail:receiver";
const HANDOFF = "gina:giver tom:taker rita:ratifier";
const leg = (from: string, to: string, id: string) =>
  `${from}: {"release":{"id":"${id}","to":"${to}","object":"box 88"}}\n${to}: {"accept":{"release":"${id}","object":"box 88"}}`;
const stays = (cause: string, custodian: string) => ({
  ...abandoned(cause),
  abandonment: { custodian, complete: false },
});
export const CUSTODY: readonly Run[] = [
  {
    pattern: "custody-chain",
    name: "two legs",
    parties: CHAIN,
    rounds: [`${leg("ship", "sea", "r1")}\n${leg("sea", "rail", "r2")}`],
    gives: decided({
      custodian: "rail",
      legs: [
        { from: "ship", to: "sea", object: "box 88" },
        { from: "sea", to: "rail", object: "box 88" },
      ],
      complete: true,
    }),
  },
  {
    pattern: "custody-chain",
    name: "no acceptance: custody stays",
    parties: CHAIN,
    rounds: [`ship: {"release":{"id":"r1","to":"sea","object":"box 88"}}`],
    gives: stays("ACCEPTANCE_MISSING", "ship"),
  },
  {
    pattern: "custody-chain",
    name: "somebody else accepts",
    parties: CHAIN,
    rounds: [`ship: {"release":{"id":"r1","to":"sea"}}\nrail: {"accept":{"release":"r1"}}`],
    gives: stays("ACCEPTANCE_MISSING", "ship"),
  },
  {
    pattern: "custody-chain",
    name: "released to two, and both accept",
    parties: CHAIN,
    rounds: [`${leg("ship", "sea", "r1")}\n${leg("ship", "rail", "r2")}`],
    gives: stays("DISCREPANT", "ship"),
  },
  {
    pattern: "ratified-handoff",
    name: "released, accepted, ratified",
    parties: HANDOFF,
    rounds: [`${leg("gina", "tom", "r")}\nrita: {"choice":"approve"}`],
    gives: decided({ custodian: "tom", complete: true }),
  },
  {
    pattern: "ratified-handoff",
    name: "not ratified",
    parties: HANDOFF,
    rounds: [leg("gina", "tom", "r")],
    gives: abandoned("RATIFICATION_MISSING"),
  },
  {
    pattern: "ratified-handoff",
    name: "the ratifier takes custody itself",
    parties: HANDOFF,
    rounds: [`gina: {"release":{"id":"r","to":"tom"}}\nrita: {"accept":{"release":"r"}}`],
    gives: { ...stays("ACCEPTANCE_MISSING", "gina"), excluded: [left(1, "CONTENT_INVALID")] },
  },
];

const PAIR = "ann:counterparty ben:counterparty";
const DEAL = `ann: {"choice":"commit","subject":"deal 7"}\nben: {"choice":"commit","subject":"deal 7"}`;
const MARKET = `${PAIR} ven:venue`;
const ESCROW = "ann:party ben:party eve:escrow";
const CEREMONY = "ann:participant ben:participant wit:witness";
export const REQUIREMENTS: readonly Run[] = [
  {
    pattern: "escrow",
    name: "both deposit, and it is released",
    parties: ESCROW,
    rounds: [choices(ESCROW, "deposit deposit release")],
    gives: decided({ choice: "release", by: ["ann", "ben", "eve"] }),
  },
  {
    pattern: "escrow",
    name: "the escrow is silent: returned",
    parties: ESCROW,
    rounds: [choices(ESCROW, "deposit deposit -")],
    gives: { ...decided({ choice: "return", by: [] }), cause: "REQUIREMENTS_NOT_MET" },
  },
  {
    pattern: "escrow",
    name: "a party releases to itself",
    parties: ESCROW,
    rounds: [choices(ESCROW, "deposit release -")],
    gives: { ...decided({ choice: "return" }), excluded: [left(1, "CONTENT_INVALID")] },
  },
  {
    pattern: "pair-settlement",
    name: "both commit to one exchange",
    parties: PAIR,
    rounds: [DEAL],
    gives: decided({ choice: "settle", by: ["ann", "ben"], subject: "deal 7" }),
  },
  {
    pattern: "pair-settlement",
    name: "one is silent",
    parties: PAIR,
    rounds: [DEAL.split("\n")[0] as string],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
  {
    pattern: "pair-settlement",
    name: "they mean different exchanges",
    parties: PAIR,
    rounds: [DEAL.replace("deal 7", "deal 8")],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
  {
    pattern: "n-party-ceremony",
    name: "all attest before a witness",
    parties: CEREMONY,
    rounds: [choices(CEREMONY, "attest attest attest")],
    gives: decided({ choice: "attested", by: ["ann", "ben", "wit"] }),
  },
  {
    pattern: "n-party-ceremony",
    name: "without a witness",
    parties: CEREMONY,
    rounds: [choices(CEREMONY, "attest attest decline")],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
  {
    pattern: "n-party-ceremony",
    name: "one attests two things",
    parties: CEREMONY,
    rounds: [`${choices(CEREMONY, "attest attest attest")}\nann: {"choice":"attest","subject":"other"}`],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
  {
    pattern: "marketplace-bilateral",
    name: "both commit, and the venue names the price",
    parties: MARKET,
    rounds: [`${DEAL}\nven: {"choice":"quote","subject":"deal 7","value":1050}`],
    gives: decided({ choice: "settle", by: ["ann", "ben", "ven"], values: [{ party: "ven", value: 1050 }] }),
  },
  {
    pattern: "marketplace-bilateral",
    name: "no reference price",
    parties: MARKET,
    rounds: [DEAL],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
  {
    pattern: "marketplace-bilateral",
    name: "a counterparty quotes for itself",
    parties: MARKET,
    rounds: [`${DEAL}\nann: {"choice":"quote","subject":"deal 7","value":1}`],
    gives: abandoned("REQUIREMENTS_NOT_MET"),
  },
];
