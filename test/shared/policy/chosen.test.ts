// What a ceremony is opened with: a pattern, a document, or an alias that is resolved as of the opening.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { issueStatement, openAuthorityStatement } from "../../../shared/authority/statement.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { fromJson } from "../../../shared/cbor/json.ts";
import { type Choice, chosenPolicy } from "../../../shared/policy/chosen.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import type { IssueBody } from "../../../shared/policy/issue.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { MESH, testParties } from "../../support/parties.ts";

const PARTIES = testParties(3);
const [issuer] = PARTIES as [(typeof PARTIES)[0]];
const pinned = pinPolicy(APPROVAL);
const bytes = pinned.ok ? pinned.value.bytes : new Uint8Array();
const hash = pinned.ok ? pinned.value.hash : "";
const body: IssueBody = {
  kind: "policy",
  version: 1,
  mesh: MESH,
  alias: "release",
  relation: "foundational",
  of: null,
  since: 1_000,
  policy: bytes,
  changes: [],
  rule: { issuers: [issuer.name], successor: 1, override: null, scope: null },
  reason: "",
};
const opened = await openAuthorityStatement(issueStatement(body, issuer.root));
const trust = assembleTrust({ mesh: MESH, pins: rootsOf(PARTIES), statements: opened.ok ? [opened.value] : [] });

const NONE: Choice = { pattern: null, policy: null, alias: null };
const document = fromJson(APPROVAL);
const choose = (choice: Partial<Choice>, set: readonly { path: string; value: number }[] = [], at = 2_000) =>
  chosenPolicy({ ...NONE, ...choice }, set, trust, at);

describe("what a ceremony is opened with", () => {
  it("is the same policy by its pattern, its document or its alias", () => {
    for (const choice of [
      { pattern: "approval" },
      { policy: document.ok ? document.value : null },
      { alias: "release" },
    ])
      expect(choose(choice)).toMatchObject({ ok: true, value: { hash } });
  });

  it("is denied where an alias cannot be resolved, or not yet", () => {
    expect(choose({ alias: "other" })).toMatchObject({ ok: false, fault: { code: "ALIAS_UNKNOWN" } });
    expect(choose({ alias: "release" }, [], 999)).toMatchObject({ ok: false, fault: { code: "ALIAS_UNKNOWN" } });
    const stranger = { ...trust, roots: new Map() };
    expect(chosenPolicy({ ...NONE, alias: "release" }, [], stranger, 2_000)).toMatchObject({ ok: false });
  });

  it("is one of them, and an alias as it is", () => {
    const set = [{ path: "outcome.threshold", value: 3 }];
    expect(choose({ pattern: "approval" }, set)).toMatchObject({
      ok: true,
      value: { policy: { outcome: { threshold: 3 } } },
    });
    for (const refused of [
      choose({}),
      choose({ pattern: "approval", alias: "release" }),
      choose({ alias: "release" }, set),
    ])
      expect(refused).toMatchObject({ ok: false, fault: { code: "BODY_INVALID" } });
    expect(choose({ pattern: "nonsense" })).toMatchObject({ ok: false, fault: { code: "POLICY_UNKNOWN" } });
  });
});
