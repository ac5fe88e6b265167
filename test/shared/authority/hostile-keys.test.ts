// Keys that make one signature mean two things, wherever a key is named: as a root, pinned or not, in a link, in a rotation, over a statement. Each
// is refused by its own code, everywhere alike.
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { issueStatement, openAuthorityStatement } from "../../../shared/authority/statement.ts";
import { toHex } from "../../../shared/bytes.ts";
import { readCall } from "../../../shared/ceremony/call.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { isKind } from "../../../shared/observation/observation.ts";
import { approvalNetwork } from "../../support/evidence.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { AGENT, frameOf, hex, ROOT, soundRecipe, trustOf, withGrant, withLink } from "../../support/recipes.ts";
import { START } from "../../support/statements.ts";

const ORDER_EIGHT = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const MIXED = ed25519.Point.fromBytes(AGENT.key).add(ed25519.Point.fromBytes(ORDER_EIGHT)).toBytes();

const HOSTILE: readonly (readonly [string, Uint8Array, string])[] = [
  ["of order one", hex(`01${"00".repeat(31)}`), "KEY_SMALL_ORDER"],
  ["of order four", hex("00".repeat(32)), "KEY_SMALL_ORDER"],
  ["of order eight", ORDER_EIGHT, "KEY_SMALL_ORDER"],
  ["of mixed order", MIXED, "KEY_TORSION"],
  ["written a second way", hex(`ee${"ff".repeat(30)}7f`), "KEY_NOT_CANONICAL"],
  ["that is no point", hex(`02${"00".repeat(31)}`), "KEY_NOT_A_POINT"],
];

/** Claims a key and signs with another: no signature under a hostile key needs to be good for it to be refused. */
const claiming = (key: Uint8Array): Signer => ({ key, sign: ROOT.sign });

describe.each(HOSTILE)("a key %s", (_name, key, code) => {
  it("is refused in a chain, as a root's and as a delegate's", async () => {
    const rooted = withLink(soundRecipe(), 0, (link) => ({ ...link, issuer: claiming(key) }));
    const recipes = [withGrant(soundRecipe(), 1, { key }), { ...rooted, roots: new Map([[toHex(key), "acme"]]) }];
    for (const recipe of recipes) {
      const admitted = await admit(frameOf(recipe), await trustOf(recipe));
      expect(admitted).toMatchObject({ fault: { code: "CHAIN_KEY", detail: { code } } });
    }
  });

  it("is refused over an observation and over every statement about authority", async () => {
    const recipe = { ...soundRecipe(), signer: claiming(key) };
    expect(await admit(frameOf(recipe), await trustOf(recipe))).toMatchObject({ fault: { code } });
    const range = { not_before: 0, not_after: START };
    const frames = [
      issueStatement({ kind: "root", version: 1, mesh: MESH, authority: "acme", next: null, ...range }, claiming(key)),
      issueStatement(
        {
          kind: "rotation",
          version: 1,
          mesh: MESH,
          succeeds: new Uint8Array(32),
          key,
          next: null,
          retires: 0,
          ...range,
        },
        claiming(key),
      ),
      issueStatement(
        {
          kind: "revocation",
          version: 1,
          mesh: MESH,
          credential: "00".repeat(32),
          from: 0,
          at: 0,
          cut: [],
          reason: "",
        },
        claiming(key),
      ),
    ];
    for (const frame of frames) expect(await openAuthorityStatement(frame)).toMatchObject({ fault: { code } });
  });
});

describe("parties are counted by authority", () => {
  const call = approvalNetwork(testParties(3)).call;
  if (!isKind(call, "call")) throw new Error("it is a call");
  const [one, two, three] = call.body.seats as readonly [never, never, never];
  const seat = (named: object, changes: object) => ({ ...named, ...changes }) as never;
  const judge = (seats: readonly never[]) => {
    const opening = readCall({ ...call.body, seats } as never);
    return opening.ok ? "ok" : opening.fault.code;
  };

  it.each([
    ["three authorities", [one, two, three], "ok"],
    ["two authorities", [one, two], "POLICY_PARTIES"],
    [
      "one authority under three keys",
      [one, seat(two, { authority: "acme" }), seat(three, { authority: "acme" })],
      "CALL_INVALID",
    ],
    [
      "one root under three names",
      [one, seat(one, { authority: "bolt" }), seat(one, { authority: "crux" })],
      "CALL_INVALID",
    ],
    ["three seats of one authority", [one, one, one], "POLICY_PARTIES"],
  ] as const)("%s: %s", (_name, seats, code) => {
    expect(judge(seats)).toBe(code);
  });
});
