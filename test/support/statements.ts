// One sound body and draft for every kind of observation, as a party of the tests would sign it.
import { isStatement, issueStatement, parseAuthorityStatement } from "../../shared/authority/statement.ts";
import { toHex } from "../../shared/bytes.ts";
import { rootOfSet } from "../../shared/closing/root.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { sha256, sha256Hex } from "../../shared/hash.ts";
import { authorFor, type Draft } from "../../shared/observation/author.ts";
import { batchOf, type Member } from "../../shared/observation/batch.ts";
import type { Body, Kind } from "../../shared/observation/observation.ts";
import { testParty } from "./parties.ts";

const utf8 = new TextEncoder();
export const START = 1_800_000_000_000_000;
export const HOUR = 3_600_000_000;

export const idOf = (text: string) => sha256Hex(utf8.encode(text));
const ids = (...texts: string[]) => texts.map(idOf).sort();
const policy = utf8.encode("a policy, which the door does not read");

const issued = issueStatement(
  {
    kind: "revocation",
    version: 1,
    mesh: "test-mesh",
    credential: idOf("a credential"),
    from: START,
    at: START,
    cut: ids("one", "another"),
    reason: "its key was stolen",
  },
  signerFrom(sha256(utf8.encode("an issuer"))),
);
const parsed = parseAuthorityStatement(issued);
if (!parsed.ok || !isStatement(parsed.value.signed, "revocation")) throw new Error("a revocation parses");
const revocation = parsed.value.signed;

/** What somebody without an agent said in the same ceremony and round. */
function bidder(name: string): Member {
  const said = authorFor(testParty(name).identity)({
    ceremony: idOf("ceremony"),
    round: 0,
    slot: { seat: 3, attempt: null, item: null },
    at: [START, START],
    timeToLive: HOUR,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "bidder", content: new Map([["bid", new Map([["amount", 3]])]]) },
  });
  return said as unknown as Member;
}

export const BODIES: { readonly [K in Kind]: Extract<Body, { kind: K }> } = {
  call: {
    kind: "call",
    title: "Release 2.4",
    policy,
    policyHash: toHex(sha256(policy)),
    subject: new Map([["artefact", "sha256:00"]]),
    seats: ["acme", "bolt"].map((authority) => ({ authority, role: "approver", root: idOf(authority), power: 1 })),
    opensAt: START,
    closesAt: START + HOUR,
    expiresAt: START + 2 * HOUR,
    nonce: sha256(policy).slice(0, 16),
  },
  contribution: {
    kind: "contribution",
    role: "approver",
    content: new Map([
      ["choice", "approve"],
      ["reason", "all checks are green"],
    ]),
  },
  witness: { kind: "witness", ids: ids("a", "b"), root: rootOfSet(ids("a", "b")) },
  page: { kind: "page", ids: ids("a", "b", "c") },
  propose: { kind: "propose", root: idOf("set"), justification: ids("w", "x"), validAttempt: 0, polka: ids("p", "q") },
  prevote: { kind: "prevote", root: idOf("set"), validAttempt: -1 },
  precommit: { kind: "precommit", root: idOf("set") },
  status: {
    kind: "status",
    attempt: -1,
    contributions: ids("a", "b").map((id) => id.slice(0, 16)),
    messages: [],
    wants: ids("c"),
    decided: false,
  },
  outcome: { kind: "outcome", digest: idOf("record"), status: "decided" },
  dispute: {
    kind: "dispute",
    act: "ruling",
    digest: idOf("record"),
    about: ids("a", "b"),
    reason: "the scale was not calibrated",
    ruling: "upheld",
  },
  batch: batchOf([bidder("one"), bidder("two")]),
  fact: { kind: "fact", subject: "valve-7", value: "open" },
  notice: { kind: "notice", revocation },
  declaration: { kind: "declaration", type: "note", content: new Map([["text", "nothing to tell"]]) },
};

export function draftOf(kind: Kind): Draft {
  const outside = kind === "call" || kind === "fact" || kind === "declaration";
  const voting = kind === "propose" || kind === "prevote" || kind === "precommit";
  const numbered = kind !== "status";
  return {
    ceremony: outside ? null : idOf("ceremony"),
    round: outside ? null : 0,
    slot: { seat: outside ? null : 0, attempt: voting ? 1 : null, item: null },
    at: [START, START + 5],
    timeToLive: HOUR,
    lineage: {
      sequence: numbered ? 3 : null,
      prev: numbered ? idOf("previous") : null,
      parents: outside ? [] : [idOf("ceremony")],
      sources: [],
      derivation: { name: "none", version: 1, params: null },
    },
    body: BODIES[kind],
  };
}
