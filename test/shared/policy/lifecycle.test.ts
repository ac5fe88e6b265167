// The life of a policy: issues, co-signatures, forks, and an alias that is denied whenever it cannot be resolved; old ceremonies replay.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isStatement, issueStatement, openAuthorityStatement } from "../../../shared/authority/statement.ts";
import { toHex } from "../../../shared/bytes.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import { parseSign1 } from "../../../shared/cose/sign1.ts";
import type { TrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import type { IssueBody } from "../../../shared/policy/issue.ts";
import { headOf, type IssueStatement } from "../../../shared/policy/lifecycle.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { FOLDER } from "../../fixtures/folder.ts";
import { change } from "../../support/documents.ts";
import { MESH, testParties } from "../../support/parties.ts";

const PARTIES = testParties(4);
const [ANN, BEN, CAT, DAN] = PARTIES.map(({ name }) => name) as [string, string, string, string];
const roots = new Map(PARTIES.map(({ name, root }) => [toHex(root.key), name]));
const DAY = 86_400_000_000;

function bytesOf(set: Readonly<Record<string, Json>> = {}): Uint8Array {
  const document = Object.entries(set).reduce<Json>(
    (doc, [path, value]) => change(doc, path.split("."), value),
    APPROVAL as unknown as Json,
  );
  const pinned = pinPolicy(document);
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  return pinned.value.bytes;
}

const RULE = { issuers: [ANN, BEN, CAT], successor: 3, override: 2, scope: ["outcome", "timing", "title"] };
const FIRST: IssueBody = {
  kind: "policy",
  version: 1,
  mesh: MESH,
  alias: "release",
  relation: "foundational",
  of: null,
  since: DAY,
  policy: bytesOf(),
  changes: [],
  rule: RULE,
  reason: "",
};
const follow = (of: readonly IssueStatement[], more: Partial<IssueBody>): IssueBody => ({
  ...FIRST,
  relation: "successor",
  of: idOf(of),
  since: 2 * DAY,
  rule: null,
  ...more,
});

async function signed(body: IssueBody, ...names: readonly string[]): Promise<readonly IssueStatement[]> {
  const statements = names.map(async (name) => {
    const party = PARTIES.find((one) => one.name === name) as (typeof PARTIES)[0];
    const opened = await openAuthorityStatement(issueStatement(body, party.root));
    if (!opened.ok || !isStatement(opened.value, "policy")) throw new Error(JSON.stringify(opened));
    return opened.value;
  });
  return Promise.all(statements);
}

function idOf([statement]: readonly IssueStatement[]): string {
  const parsed = parseSign1((statement as IssueStatement).frame);
  return parsed.ok ? sha256Hex(parsed.value.payload) : "";
}

function resolve(statements: readonly IssueStatement[], at = 9 * DAY, asOf = at) {
  return headOf({ alias: "release", mesh: MESH, roots, at, asOf, freshness: DAY }, statements);
}
const codes = (statements: readonly IssueStatement[]) => {
  const head = resolve(statements);
  return head.ok ? head.value.refused.map(({ code }) => code) : head.fault.code;
};

const first = await signed(FIRST, ANN, BEN, CAT);
const second = await signed(follow(first, { policy: bytesOf({ "outcome.threshold": 3 }) }), ANN, BEN, CAT);
const override = {
  relation: "override",
  changes: ["timing.early"],
  policy: bytesOf({ "outcome.threshold": 3, "timing.early": false }),
} as const;
const third = await signed(follow(second, { ...override, since: 3 * DAY }), BEN, CAT);

describe("an alias", () => {
  it("leads along its issues to the one in force, in whatever order they are known", () => {
    const all = [...third, ...first, ...second];
    for (const known of [all, [...all].reverse(), [...all, ...all]]) {
      const head = resolve(known);
      expect(head).toMatchObject({ ok: true, value: { refused: [] } });
      if (head.ok) expect(head.value.chain.map(({ id }) => id)).toEqual([first, second, third].map(idOf));
      if (head.ok)
        expect(head.value.policy.policy).toMatchObject({ outcome: { threshold: 3 }, timing: { early: false } });
    }
  });

  it("led elsewhere before, and leads nowhere before its first issue", () => {
    const all = [...first, ...second, ...third];
    const lengths = [1, 2, 3].map((days) => {
      const head = resolve(all, days * DAY);
      return head.ok ? head.value.chain.length : head.fault.code;
    });
    expect(lengths).toEqual([1, 2, 3]);
    expect(resolve(all, DAY - 1)).toMatchObject({ ok: false, fault: { code: "ALIAS_UNKNOWN" } });
  });

  it("is denied where it cannot be resolved", async () => {
    expect(resolve([])).toMatchObject({ fault: { code: "ALIAS_UNKNOWN" } });
    expect(resolve(first, 9 * DAY, 7 * DAY)).toMatchObject({ fault: { code: "ALIAS_STALE" } });
    const hijack = await signed({ ...FIRST, rule: { ...RULE, issuers: [DAN] } }, DAN);
    expect(resolve([...first, ...hijack])).toMatchObject({ fault: { code: "ALIAS_CONTESTED" } });
    const inTheirName = await signed({ ...FIRST, reason: "ours" }, DAN, ANN);
    expect(codes([...first, ...inTheirName])).toEqual(["ISSUE_COSIGNERS"]);
    expect(codes(inTheirName)).toBe("ALIAS_UNKNOWN");
  });

  it("freezes where two issues follow one", async () => {
    const rival = await signed(follow(first, { policy: bytesOf({ "outcome.threshold": 4 }) }), ANN, BEN, CAT);
    const head = resolve([...first, ...second, ...rival]);
    expect(head).toMatchObject({ ok: false, fault: { code: "ALIAS_FORKED", detail: { of: idOf(first) } } });
    expect(resolve([...first, ...second, ...rival], 2 * DAY - 1)).toMatchObject({ ok: true });
  });
});

describe("an issue", () => {
  it("one signature short is refused, and says how many there are", async () => {
    const [one] = third as [IssueStatement];
    const head = resolve([...first, ...second, one]);
    expect(head).toMatchObject({
      ok: true,
      value: { chain: { length: 2 }, refused: [{ code: "ISSUE_COSIGNERS", detail: { found: 1, need: 2 } }] },
    });
    expect(codes([...first, ...second.slice(0, 2)])).toEqual(["ISSUE_COSIGNERS"]);
  });

  it("counts each authority once, and strangers not at all", async () => {
    const body = follow(second, { ...override, since: 3 * DAY });
    const twice = [...(await signed(body, BEN)), ...(await signed(body, BEN)), ...(await signed(body, DAN))];
    expect(codes([...first, ...second, ...twice])).toEqual(["ISSUE_COSIGNERS"]);
  });

  it.each<readonly [string, Partial<IssueBody>, Json]>([
    ["changes what no issue may", { policy: bytesOf({ "parties.least": 4 }) }, ["ISSUE_SCOPE"]],
    [
      "overrides more than it says",
      { ...override, changes: ["timing.early"], policy: bytesOf({ "timing.early": false, title: "x" }) },
      ["ISSUE_SCOPE"],
    ],
    ["is dated before the one that it follows", { since: DAY - 1 }, ["ISSUE_PREDECESSOR"]],
    ["follows what nobody knows", { of: "ab".repeat(32) }, ["ISSUE_PREDECESSOR"]],
  ])("that %s is refused", async (_name, more, expected) => {
    expect(codes([...first, ...(await signed(follow(first, more), ANN, BEN, CAT))])).toEqual(expected);
  });

  it("of a kind that the first one does not allow is refused", async () => {
    const strict = await signed({ ...FIRST, rule: { ...RULE, override: null } }, ANN, BEN, CAT);
    const more = await signed(
      follow(strict, { ...override, policy: bytesOf({ "timing.early": false }) }),
      ANN,
      BEN,
      CAT,
    );
    expect(codes([...strict, ...more])).toEqual(["ISSUE_RELATION"]);
  });

  it("of a policy that cannot work is refused for what is wrong with it", async () => {
    const broken = await signed(follow(first, { policy: new Uint8Array([0xa0]) }), ANN, BEN, CAT);
    expect(codes([...first, ...broken])).toEqual(["FIELD_MISSING"].map(() => "POLICY_INVALID"));
  });

  it("is read as a whole or not at all", async () => {
    for (const more of [{ of: null }, { rule: RULE }, { relation: "override" } as const, { changes: ["title"] }]) {
      const frame = issueStatement(follow(first, more), (PARTIES[0] as (typeof PARTIES)[0]).root);
      expect(await openAuthorityStatement(frame)).toMatchObject({ ok: false, fault: { code: "FIELD_INVALID" } });
    }
  });
});

describe("a ceremony of long ago", () => {
  it("comes to the same record, whatever the alias of its policy leads to since", async () => {
    const trust = JSON.parse(readFileSync(`${FOLDER}trust.json`, "utf8")) as TrustStatement;
    const bundle = readFileSync(`${FOLDER}approval.decided.json`);
    const before = await verifyBundle(new Uint8Array(bundle), { trust });
    const head = resolve([...first, ...second, ...third]);
    expect(head.ok && head.value.policy.hash).not.toBe(sha256Hex(FIRST.policy));
    const after = await verifyBundle(new Uint8Array(bundle), { trust });
    expect(after).toEqual(before);
    expect(after.verdict).toBe("passed");
  });
});
