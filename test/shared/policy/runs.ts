// Runs of every pattern, as data: who takes part, what they say round by round, and how it must end.
import type { Settings } from "../../support/trials.ts";
import { abandoned, choices, chosen, decided, type Run } from "./run.ts";
import { CUSTODY, REQUIREMENTS } from "./runs-of-exchange.ts";

const LIARS = "approve approve approve approve approve approve+reject approve+reject";
const TIE = { status: "decided", value: { winner: null, order: [["A", "B"]] }, cause: "TIE" };
const CHOICES: readonly Run[] = [
  chosen("consensus", "decider", "all accept", "approve approve approve", decided({ by: ["p0", "p1", "p2"] })),
  chosen("consensus", "decider", "one refuses", "approve reject approve", decided({ choice: "reject", by: ["p1"] })),
  chosen("consensus", "decider", "one is silent", "approve approve -", abandoned("THRESHOLD_NOT_REACHED")),
  chosen(
    "consensus",
    "decider",
    "one says both",
    "approve approve approve approve+reject",
    decided({ choice: "approve" }),
  ),
  chosen("quorum", "voter", "two of three", "approve approve reject", decided({ choice: "approve", by: ["p0", "p1"] })),
  chosen("quorum", "voter", "no side has two thirds", "approve reject -", abandoned("THRESHOLD_NOT_REACHED")),
  chosen("quorum", "voter", "two of seven say both", LIARS, decided({ choice: "approve" })),
  chosen(
    "approval",
    "approver",
    "enough approve",
    "approve approve -",
    decided({ choice: "approve", by: ["p0", "p1"] }),
  ),
  chosen(
    "approval",
    "approver",
    "two refuse",
    "approve reject reject",
    decided({ choice: "reject", by: ["p1", "p2"] }),
  ),
  chosen("approval", "approver", "two are silent", "approve - -", abandoned("THRESHOLD_NOT_REACHED")),
  chosen(
    "approval",
    "approver",
    "one says both",
    "approve approve approve approve+reject",
    decided({ choice: "approve" }),
  ),
  chosen("federated-consensus", "body", "two of three", "approve approve -", decided({ choice: "approve" })),
  chosen("federated-consensus", "body", "divided", "approve reject abstain", abandoned("THRESHOLD_NOT_REACHED")),
  chosen("federated-consensus", "body", "two of seven lie", LIARS, decided({ choice: "approve" })),
  chosen("coalition-mesh", "member", "two of three", "approve approve reject", decided({ choice: "approve" })),
  chosen("coalition-mesh", "member", "one recuses itself", "approve recuse -", abandoned("THRESHOLD_NOT_REACHED")),
  chosen("coalition-mesh", "member", "two of seven lie", LIARS, decided({ choice: "approve" })),
  chosen("vote", "voter", "most votes win", "A B A C", decided({ winner: "A", order: [["A"], ["B", "C"]] })),
  chosen("vote", "voter", "a tie has no winner", "A B", TIE),
  chosen("vote", "voter", "nobody votes", "abstain abstain", abandoned("NO_BALLOTS")),
  chosen("vote", "voter", "one votes twice", "A A B A+B", decided({ winner: "A" })),
];

const BIDDING = "sel:seller ann:bidder ben:bidder";
const THREE = "a:contributor b:contributor c:contributor";
const WITNESSES = "w1:witness w2:witness w3:witness w4:witness";
const NEAR: Settings = { "outcome.tolerance": 5 };
const VALUES: readonly Run[] = [
  {
    pattern: "auction",
    name: "open, by the highest bid",
    set: { sealed: false },
    parties: BIDDING,
    rounds: [`ann: {"bid":{"amount":5}}\nben: {"bid":{"amount":7}}`],
    gives: decided({ winners: [{ party: "ben", quantity: 1, price: 7 }] }),
  },
  {
    pattern: "auction",
    name: "nobody bids",
    set: { sealed: false },
    parties: BIDDING,
    rounds: [""],
    gives: abandoned("TOO_FEW_BIDDERS"),
  },
  {
    pattern: "auction",
    name: "a seller that bids, and an open bid where it is sealed",
    parties: BIDDING,
    rounds: [`sel: {"bid":{"amount":9}}\nann: {"bid":{"amount":5}}`, ""],
    gives: abandoned("TOO_FEW_BIDDERS"),
  },
  {
    pattern: "aggregation",
    name: "the median",
    parties: THREE,
    rounds: [`a: {"value":3}\nb: {"value":9}\nc: {"value":4,"uncertainty":1}`],
    gives: decided({ value: 4 }),
  },
  {
    pattern: "aggregation",
    name: "too few",
    parties: THREE,
    rounds: [`a: {"value":3}`],
    gives: abandoned("TOO_FEW_CONTRIBUTORS"),
  },
  {
    pattern: "aggregation",
    name: "one of four lies",
    set: { "outcome.statistic": "trimmed-mean" },
    parties: `${THREE} d:contributor`,
    rounds: [`a: {"value":10}\nb: {"value":12}\nc: {"value":14}\nd: {"value":99999}`],
    gives: decided({ value: 13 }),
  },
  {
    pattern: "joint-witness",
    name: "three of four see the same",
    set: NEAR,
    parties: WITNESSES,
    rounds: [`w1: {"vector":[10,20]}\nw2: {"vector":[12,21]}\nw3: {"vector":[14,19]}\nw4: {"vector":[900,0]}`],
    gives: decided({ vector: [12, 19], by: ["w1", "w2", "w3"], outside: ["w4"] }),
  },
  {
    pattern: "joint-witness",
    name: "they contradict each other",
    set: NEAR,
    parties: WITNESSES,
    rounds: [`w1: {"value":1}\nw2: {"value":50}\nw3: {"value":90}\nw4: {"value":130}`],
    gives: abandoned("NO_AGREEMENT"),
  },
  {
    pattern: "joint-witness",
    name: "one tells two stories",
    set: NEAR,
    parties: WITNESSES,
    rounds: [`w1: {"value":1}\nw2: {"value":2}\nw3: {"value":3}\nw4: {"value":3}\nw4: {"value":900}`],
    gives: decided({ value: 2, by: ["w1", "w2", "w3"], outside: [] }),
  },
];

const TEAM = "lea:leader dep:deputy f1:follower f2:follower f3:follower";
const LINE = "top:top sue:superior sub:subordinate";
const LEADERS: readonly Run[] = [
  {
    pattern: "lead-follow",
    name: "the leader's plan, acknowledged",
    parties: TEAM,
    rounds: [
      `lea: {"plan":{"go":"north"}}\nf1: {"ack":true}\nf2: {"ack":true,"constraints":["by day"]}\nf3: {"ack":true}`,
    ],
    gives: decided({ leader: "lea", plan: { go: "north" }, by: ["f1", "f2", "f3"], constraints: ["by day"] }),
  },
  {
    pattern: "lead-follow",
    name: "the deputy's, where the leader is silent",
    parties: TEAM,
    rounds: [`dep: {"plan":"south"}\nf1: {"ack":true}\nf2: {"ack":true}`],
    gives: decided({ leader: "dep", plan: "south", by: ["f1", "f2"] }),
  },
  {
    pattern: "lead-follow",
    name: "too few acknowledge",
    parties: TEAM,
    rounds: [`lea: {"plan":"north"}\nf1: {"ack":true}\nf2: {"ack":false}\nf3: {"ack":false}`],
    gives: abandoned("PLAN_NOT_ACKNOWLEDGED"),
  },
  {
    pattern: "lead-follow",
    name: "a leader with two plans has none",
    parties: TEAM,
    rounds: [`lea: {"plan":"north"}\nlea: {"plan":"west"}\ndep: {"plan":"south"}\nf1: {"ack":true}\nf2: {"ack":true}`],
    gives: decided({ leader: "dep" }),
  },
  {
    pattern: "hierarchical-authority",
    name: "the top decides, and dissent is kept",
    parties: LINE,
    rounds: [choices(LINE, "approve approve reject")],
    gives: decided({ choice: "approve", by: ["top"], role: "top", dissent: ["sub"] }),
  },
  {
    pattern: "hierarchical-authority",
    name: "the top is silent",
    parties: LINE,
    rounds: [choices(LINE, "- approve approve")],
    gives: abandoned("REQUIRED_ROLE_SILENT"),
  },
  {
    pattern: "hierarchical-authority",
    name: "the top says both",
    parties: LINE,
    rounds: [choices(LINE, "approve+reject approve approve")],
    gives: abandoned("REQUIRED_ROLE_SILENT"),
  },
];

export const RUNS: readonly Run[] = [...CHOICES, ...VALUES, ...LEADERS, ...CUSTODY, ...REQUIREMENTS];
