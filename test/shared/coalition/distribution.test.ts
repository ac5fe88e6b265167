// Attacks on how a coalition's statements travel, one row each: what the attacker serves, the code that answers it, and what still holds.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import { effectivePolicy } from "../../../shared/coalition/effective.ts";
import { openPool } from "../../../shared/coalition/open.ts";
import { fellBack, joinFiles, readSource } from "../../../shared/coalition/source.ts";
import { openTrust, writeTrustStatement } from "../../../shared/evidence/trust-statement.ts";
import { STATEMENTS_BYTES_MAX } from "../../../shared/limits.ts";
import { NO_FRAMES, writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Nation } from "../../support/coalition.ts";
import { START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const DAY = 86_400_000_000;
const NOW = START + DAY;
const permit = (id: string, value: string) => ({ id, effect: "permit", value });
const parties = testParties(4);
const trust = writeTrustStatement(MESH, rootsOf(parties.slice(0, 3)));

/** Acme hears bolt over bolt's own translator: A1 and B1 hold there. The fourth party is a stranger to all. */
function setting() {
  const [acme, bolt, crux, stranger] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation, Nation];
  const said = [
    acme.policy([permit("A1", "escort")], ["bolt/ba"]),
    bolt.policy([permit("B1", "refuel")], []),
    bolt.translator("ba", "bolt", "acme"),
  ];
  return { acme, bolt, crux, stranger, said };
}
type Setting = ReturnType<typeof setting>;

type Served = { readonly frames: readonly Uint8Array[]; readonly statements?: readonly Uint8Array[] };
const framesOf = (said: readonly VerifiedObservation[]) => said.map(({ frame }) => frame);

async function openServed({ frames, statements = [] }: Served) {
  const opened = await openTrust(trust, statements);
  if (!opened.ok) throw new Error(opened.fault.code);
  return openPool(frames, MESH, opened.value);
}

async function seenBy(home: string, served: Served, operation: string | null = null) {
  const opened = await openServed(served);
  const policy = effectivePolicy(opened.pool, { home, at: NOW, operation });
  if (!policy.ok) throw new Error(policy.fault.code);
  const { clauses, refused, flagged } = policy.value;
  return {
    holds: clauses.map(({ id }) => id),
    codes: new Set([...opened.refused.map(({ fault }) => fault.code), ...refused.map(({ code }) => code)]),
    flagged: flagged.map(({ code }) => code),
  };
}

type Row = {
  readonly attack: string;
  readonly serve: (setting: Setting) => readonly VerifiedObservation[];
  readonly code: string | null;
  readonly holds: readonly string[];
  readonly operation?: string;
};

const ROWS: readonly Row[] = [
  { attack: "nothing", serve: ({ said }) => said, code: null, holds: ["A1", "B1"] },
  { attack: "replays everything", serve: ({ said }) => [...said, ...said], code: null, holds: ["A1", "B1"] },
  {
    attack: "serves an older version after a newer one",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2 }), ...said],
    code: "POLICY_SUPERSEDED",
    holds: ["A1", "B2"],
  },
  {
    attack: "signs an older version under a later number",
    serve: ({ bolt, said }) => [
      ...said,
      bolt.policy([permit("B2", "tow")], [], { version: 2 }),
      bolt.policy([permit("B0", "drop")], [], { version: 0 }),
    ],
    code: "POLICY_SUPERSEDED",
    holds: ["A1", "B2"],
  },
  {
    attack: "freezes a policy beyond its refresh hint",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2, refreshBy: NOW - 1 })],
    code: "POLICY_STALE",
    holds: ["A1"],
  },
  {
    attack: "lets the newest expire, so that an older one might come back",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2, expires: NOW })],
    code: "POLICY_EXPIRED",
    holds: ["A1"],
  },
  {
    attack: "jumps ahead to an absurd number",
    serve: ({ bolt, said }) => [
      ...said,
      bolt.policy([permit("B9", "anything")], [], { version: 9 }, Number.MAX_SAFE_INTEGER),
    ],
    code: "POLICY_NUMBER_AHEAD",
    holds: ["A1"],
  },
  {
    attack: "mixes a new policy with an old state, in which a revocation is missing",
    serve: ({ bolt, said }) => {
      bolt.revoke("bolt/ba", START);
      return [...said, bolt.policy([permit("B2", "tow")], [], { version: 2 })];
    },
    code: "POLICY_WITHHELD",
    holds: ["A1"],
  },
  {
    attack: "forks a number",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2 }, 1)],
    code: "POLICY_NUMBER_TWICE",
    holds: ["A1"],
  },
  {
    attack: "forks a version",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [])],
    code: "POLICY_FORKED",
    holds: ["A1"],
  },
  {
    attack: "dates a policy in the future",
    serve: ({ bolt, said }) => [...said, bolt.policy([permit("B2", "tow")], [], { version: 2, issued: NOW + 1 })],
    code: "POLICY_FUTURE",
    holds: ["A1", "B1"],
  },
  {
    attack: "issues a policy for another operation",
    serve: ({ bolt, said }) => [
      ...said,
      bolt.policy([permit("B2", "tow")], [], { version: 2, scope: { operation: "lantern" } }),
    ],
    code: "POLICY_OUT_OF_SCOPE",
    holds: ["A1", "B1"],
    operation: "harvest",
  },
  {
    attack: "uses a translator outside of its operation",
    serve: ({ acme, bolt, said }) => [
      ...said,
      acme.policy([permit("A1", "escort")], ["bolt/op"], { version: 2 }),
      bolt.translator("op", "bolt", "acme", { scope: "lantern" }),
    ],
    code: "TRANSLATION_OUT_OF_SCOPE",
    holds: ["A1"],
    operation: "harvest",
  },
  {
    attack: "speaks for another",
    serve: ({ crux, said }) => [
      ...said,
      crux.sign("coalition-policy", { authority: "bolt", clauses: [permit("B9", "anything")], admits: [], version: 9 }),
    ],
    code: "POLICY_NOT_OWN",
    holds: ["A1", "B1"],
  },
  {
    attack: "is a stranger",
    serve: ({ stranger, said }) => [...said, stranger.policy([permit("D1", "anything")], [])],
    code: "ROOT_UNKNOWN",
    holds: ["A1", "B1"],
  },
];

describe("whoever carries a coalition's statements", () => {
  it.each(ROWS)("who $attack is answered with $code", async ({ serve, code, holds, operation }) => {
    const frames = framesOf(serve(setting()));
    const seen = await seenBy("acme", { frames }, operation ?? null);
    expect(seen.holds).toEqual(holds);
    expect([...seen.codes]).toEqual(code === null ? [] : expect.arrayContaining([code]));
    // Any order, and any number of copies, is the same pool.
    expect(await seenBy("acme", { frames: [...frames, ...frames].reverse() }, operation ?? null)).toEqual(seen);
  });

  it("who freezes a policy is only flagged where home would rather go by it than by none", async () => {
    const { acme, bolt, said } = setting();
    const lenient = acme.policy([permit("A1", "escort")], ["bolt/ba"], { version: 2, stale: "flag" });
    const frozen = bolt.policy([permit("B2", "tow")], [], { version: 2, refreshBy: NOW - 1 });
    const seen = await seenBy("acme", { frames: framesOf([...said, lenient, frozen]) });
    expect(seen).toMatchObject({ holds: ["A1", "B2"], flagged: ["POLICY_STALE"] });
    const refreshed = bolt.policy([permit("B2", "tow")], [], { version: 2, refreshBy: NOW + DAY });
    const again = await seenBy("acme", { frames: framesOf([...said, lenient, frozen, refreshed]) });
    expect(again).toMatchObject({ holds: ["A1", "B2"], flagged: [] });
  });

  it("who jumped ahead with a key that is then revoked leaves no trace: the lower numbers count again", async () => {
    const { bolt, said } = setting();
    const absurd = bolt.policy(
      [permit("B9", "anything")],
      [],
      { version: Number.MAX_SAFE_INTEGER },
      Number.MAX_SAFE_INTEGER,
    );
    const frames = framesOf([...said, absurd]);
    expect((await seenBy("acme", { frames })).holds).toEqual(["A1"]);
    const cut = said.filter(({ key }) => key === absurd.key).map(({ id }) => id);
    const body = {
      credential: absurd.chain[0].id,
      from: START + 1,
      at: START + 1,
      cut: [...cut].sort(),
      reason: "stolen",
    };
    const statements = [issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, bolt.party.root)];
    const seen = await seenBy("acme", { frames, statements });
    expect(seen.holds).toEqual(["A1", "B1"]);
    expect([...seen.codes].filter((code) => code.startsWith("POLICY_"))).toEqual([]);
  });

  it.each([
    ["a frame that is cut short", (frame: Uint8Array) => frame.slice(0, -1)],
    ["a frame with one byte changed", (frame: Uint8Array) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 1)],
    ["a frame with something behind it", (frame: Uint8Array) => new Uint8Array([...frame, 0])],
  ])("loses %s, and with its number all that its authority said beside it", async (_, change) => {
    const { said } = setting();
    const frames = framesOf(said);
    const bad = frames.map((frame, index) => (index === 1 ? change(frame) : frame));
    const seen = await seenBy("acme", { frames: bad });
    expect(seen.holds).toEqual(["A1"]);
    expect(seen.codes).toContain("POLICY_WITHHELD");
  });
});

describe("a source", () => {
  const url = "https://bolt.example/pact.json";
  const served = (said: readonly VerifiedObservation[]) => ({ ...NO_FRAMES, mesh: MESH, frames: framesOf(said) });
  const bytes = (text: string) => new TextEncoder().encode(text);

  it.each([
    ["too large", new Uint8Array(STATEMENTS_BYTES_MAX + 1), "SOURCE_TOO_LARGE"],
    ["cut short", bytes('{"format":"quorate-frames/1","frames":["'), "SOURCE_UNREADABLE"],
    ["no JSON", new Uint8Array([0xff, 0xfe]), "SOURCE_UNREADABLE"],
    ["something else", bytes('{"hello":1}'), "SOURCE_UNREADABLE"],
    ["not base64", bytes('{"format":"quorate-frames/1","frames":["?"]}'), "SOURCE_UNREADABLE"],
  ])("that is %s is refused whole", (_, content, code) => {
    expect(readSource(content, url)).toMatchObject({ ok: false, fault: { code } });
  });

  it("is read as it was written", () => {
    const file = served(setting().said);
    expect(readSource(bytes(JSON.stringify(writeFramesFile(file))), url)).toEqual({ ok: true, value: file });
  });

  it("that serves less than before is named, and takes nothing away", async () => {
    const { bolt, said } = setting();
    const before = served([...said, bolt.revoke("bolt/ba", START)]);
    const now = served(said);
    const heads = async (file: Served) => (await openServed(file)).heads;
    expect(fellBack(url, await heads(before), await heads(now))).toMatchObject({
      code: "SOURCE_ROLLED_BACK",
      detail: { authority: "bolt", last: 3, found: 2 },
    });
    expect(fellBack(url, await heads(now), await heads(before))).toBeNull();
    expect((await seenBy("acme", joinFiles(before, now))).holds).toEqual(["A1"]);
  });
});
