// Roles that the subject calls for, what a role must attest to, conditions and vetoes: judged alike wherever a policy is applied.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { decidePlain } from "../../../shared/outcome/plain.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { CONSENSUS } from "../../../shared/policy/patterns/consensus.ts";
import { FREIGHT } from "./freight.ts";

const ROLES = ["source", "target", "terminal", "customs"];
const SUBJECT = { consignment: "C-9", crosses: true };
const REPORT: Json = { seal: "AB1234", kilograms: 900 };
const SAID: Readonly<Record<string, { readonly [field: string]: Json }>> = {
  source: { choice: "released", subject: "C-9" },
  target: { choice: "taken", subject: "C-9" },
  terminal: { choice: "sound", subject: "C-9", attestation: REPORT },
  customs: { choice: "clear", subject: "C-9" },
};

function decide(subject: Json, roles: readonly string[], said: Readonly<Record<string, Json>> = SAID) {
  const pinned = pinPolicy(FREIGHT);
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  const document = {
    parties: roles.map((role) => ({ id: role, role })),
    rounds: [roles.flatMap((role) => (role in said ? [{ party: role, payload: said[role] as Json }] : []))],
    subject,
  };
  const decision = decidePlain(pinned.value.policy, document);
  return decision.ok ? decision.value : decision.fault;
}

const without = (role: string) => ROLES.filter((name) => name !== role);
const terminal = (attestation: Json) => ({ ...SAID, terminal: { ...SAID.terminal, attestation } });

describe("a role that the subject calls for", () => {
  it("is required across a customs line, and no part of a domestic run", () => {
    expect(decide(SUBJECT, ROLES)).toMatchObject({ status: "decided", value: { choice: "handed over" } });
    expect(decide(SUBJECT, without("customs"))).toMatchObject({ code: "POLICY_ROLE", detail: { role: "customs" } });
    expect(decide({ ...SUBJECT, crosses: false }, without("customs"))).toMatchObject({ status: "decided" });
    expect(decide({ ...SUBJECT, crosses: false }, ROLES)).toMatchObject({ code: "POLICY_ROLE" });
  });

  it("refuses a subject that does not say", () => {
    expect(decide({ consignment: "C-9" }, ROLES)).toMatchObject({ code: "EXPRESSION_FAILED" });
    expect(decide(null, ROLES)).toMatchObject({ code: "EXPRESSION_FAILED" });
  });
});

describe("what a role must attest to", () => {
  const excluded = (code: string) => ({ status: "abandoned", excluded: [{ index: 2, code }] });

  it.each([
    ["nothing", null],
    ["a field is missing", { seal: "AB1234" }],
    ["a field is of another type", { seal: "AB1234", kilograms: "900" }],
    ["a field too many", { seal: "AB1234", kilograms: 900, colour: "red" }],
    ["a bound is passed", { seal: "AB1234", kilograms: 0 }],
    ["a list is too long", { seal: "AB1234", kilograms: 1, remarks: ["a", "b", "c", "d", "e"] }],
  ] as const)("is refused where %s", (_name, attestation) => {
    expect(decide(SUBJECT, ROLES, terminal(attestation as Json))).toMatchObject(excluded("ATTESTATION_INVALID"));
  });

  it("is refused where it is not there, or where nobody asks for it", () => {
    const { attestation: _, ...bare } = SAID.terminal as { attestation: Json };
    expect(decide(SUBJECT, ROLES, { ...SAID, terminal: bare })).toMatchObject(excluded("ATTESTATION_INVALID"));
    const eager = { ...SAID, customs: { ...SAID.customs, attestation: REPORT } };
    expect(decide(SUBJECT, ROLES, eager)).toMatchObject({ excluded: [{ index: 3, code: "CONTENT_INVALID" }] });
  });

  it("is refused where its condition does not hold, or cannot be judged", () => {
    expect(decide(SUBJECT, ROLES, terminal({ seal: "broken", kilograms: 1 }))).toMatchObject(
      excluded("CONDITION_UNMET"),
    );
    const { subject: _, ...silent } = SAID.source as { subject: Json };
    const { excluded: left } = decide(SUBJECT, ROLES, { ...SAID, source: silent }) as { excluded: unknown };
    expect(left).toEqual([{ index: 0, code: "EXPRESSION_FAILED" }]);
  });

  it("is refused by name where a role says what is not its own to say", () => {
    const custody = { ...SAID, terminal: { accept: { release: "r" }, attestation: REPORT } };
    expect(decide(SUBJECT, ROLES, custody)).toMatchObject(excluded("CONTENT_INVALID"));
  });
});

describe("a veto", () => {
  it("shuts out what everything else speaks for", () => {
    const banned = { ...SUBJECT, goods: ["tin", "ivory"] };
    const codes = (decide(banned, ROLES) as { excluded: readonly { code: string }[] }).excluded.map(({ code }) => code);
    expect(codes).toEqual(ROLES.map(() => "CONTRIBUTION_VETOED"));
  });
});

describe("the guard of a procedure", () => {
  const policy = pinPolicy({
    ...CONSENSUS,
    shortfall: [
      { do: "proceed", threshold: { num: 1, den: 2 }, requires: [], when: "cause == 'SOMETHING_ELSE'" },
      { do: "defer", rounds: 2, when: "size(missing) == 1 && present * 3 >= total * 2 && waited < 1" },
    ],
  });
  const parties = ["ann", "ben", "cat"].map((id) => ({ id, role: "decider" }));
  const run = (...rounds: readonly string[][]) => {
    const said = rounds.map((names) => names.map((party) => ({ party, payload: { choice: "approve" } })));
    const decision = policy.ok ? decidePlain(policy.value.policy, { parties, rounds: said }) : policy;
    return decision.ok ? decision.value : decision.fault;
  };

  it("lets it be tried only where it holds", () => {
    expect(run(["ann", "ben"])).toMatchObject({ status: "pending" });
    expect(run(["ann"])).toMatchObject({ status: "abandoned", cause: "THRESHOLD_NOT_REACHED" });
    expect(run(["ann", "ben"], ["cat"])).toMatchObject({ status: "decided", value: { choice: "approve" } });
    expect(run(["ann", "ben"], [])).toMatchObject({ status: "abandoned" });
  });
});
