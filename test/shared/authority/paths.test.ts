// A cross-signed credential carries two paths to roots. Everyone takes the same one, whatever order they stand in and whatever a party
// recognises or knows; every path must be sound; the choice is recorded.
import { describe, expect, it } from "vitest";
import { issueCredential } from "../../../shared/authority/credential.ts";
import type { TrustTerms } from "../../../shared/authority/trust.ts";
import { toHex } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { authorityDetail } from "../../../shared/ceremony/authority-detail.ts";
import { emptyState } from "../../../shared/ceremony/state.ts";
import { CHAIN_PATHS_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { authorityReport } from "../../../shared/observation/door-report.ts";
import { reopen } from "../../../shared/observation/reopen.ts";
import { encodable } from "../../support/oracles.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  grantTo,
  headerOf,
  opened,
  ROOT,
  revocationOf,
  seal,
  signerNamed,
  soundRecipe,
  statementId,
  trustOf,
} from "../../support/recipes.ts";
import { HOUR, START } from "../../support/statements.ts";

const PEER = signerNamed("the root of bolt");
const BRIDGE = signerNamed("the bridge of bolt");
const sound = soundRecipe();

const wide = { delegations: 5, not_after: START + 20 * HOUR };
const board = issueCredential(grantTo(BOARD.key, wide), ROOT);
const own = [board, issueCredential(grantTo(AGENT.key, { not_after: START + 9 * HOUR }), BOARD)];
/** The same agent, credentialed by another root over one link, and over two. */
const short = [issueCredential(grantTo(AGENT.key, { not_before: START - 2 * HOUR }), PEER)];
const crossed = [issueCredential(grantTo(BRIDGE.key, wide), PEER), issueCredential(grantTo(AGENT.key), BRIDGE)];

function frameWith(paths: readonly (readonly Uint8Array[])[], at = START): Uint8Array {
  const fields = new Map(sound.fields).set("authority_credential", paths as never).set(
    "temporal_reference",
    new Map<string, never>([
      ["frame", "utc" as never],
      ["at", [at, at] as never],
    ]),
  );
  const header = encodeCanonical(encodable(headerOf(AGENT.key)));
  return seal(header, new Map(), encodeCanonical(encodable(fields)), AGENT, "quorate/observation/1");
}

const both = new Map([
  [toHex(ROOT.key), "acme"],
  [toHex(PEER.key), "bolt"],
]);

async function judge(frame: Uint8Array, pins: ReadonlyMap<string, string> = both, terms: Partial<TrustTerms> = {}) {
  const trust = await trustOf(sound, undefined, { pins, ...terms });
  const admitted = await admit(frame, trust);
  return admitted.ok ? `root ${trust.roots.get(admitted.value.chain[0].issuer)}` : admitted.fault.code;
}

const chosen = (frame: Uint8Array) => {
  const parsed = parseObservation(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value.observation.chain.map(({ id }) => id);
};

describe("two paths to a root", () => {
  it("are resolved alike in every order: the shorter counts", async () => {
    for (const paths of [
      [own, short],
      [short, own],
      [crossed, short, own],
      [own, crossed, short],
    ]) {
      const frame = frameWith(paths);
      expect(await judge(frame)).toBe("root bolt");
      expect(chosen(frame)).toHaveLength(1);
    }
  });

  it("of one length are resolved by the lowest ids", () => {
    const [one, other] = [chosen(frameWith([own, crossed])), chosen(frameWith([crossed, own]))];
    expect(one).toEqual(other);
    const ids = [own, crossed].map((path) => path.map((frame) => toHex(statementId(frame))).join());
    expect(one.join()).toBe(ids.sort()[0]);
  });

  it("that do not hold at the stated time give way to one that does", async () => {
    // The short path begins an hour earlier than the long one; the long one is cut off an hour earlier than the short.
    expect(await judge(frameWith([own, short], START - HOUR - 5))).toBe("root bolt");
    const later = [issueCredential(grantTo(AGENT.key, { not_before: START + HOUR }), PEER)];
    expect(await judge(frameWith([own, later], START))).toBe("root acme");
    expect(await judge(frameWith([own, later], START + HOUR))).toBe("root bolt");
  });

  it("are not chosen by what a party recognises: nobody falls back on another path", async () => {
    const frame = frameWith([own, short]);
    expect(await judge(frame, new Map([[toHex(PEER.key), "bolt"]]))).toBe("root bolt");
    expect(await judge(frame, new Map([[toHex(ROOT.key), "acme"]]))).toBe("ROOT_UNKNOWN");
  });

  it("are not chosen by what a party knows: a revoked path refuses, though another one stands", async () => {
    const statements = await opened([revocationOf(short[0] as Uint8Array, START, PEER)]);
    expect(await judge(frameWith([own, short]), both, { statements })).toBe("CREDENTIAL_REVOKED");
    const onOther = await opened([revocationOf(own[1] as Uint8Array, START, BOARD)]);
    expect(await judge(frameWith([own, short]), both, { statements: onOther })).toBe("root bolt");
  });

  it.each([
    ["a broken link", [[board, issueCredential(grantTo(AGENT.key), BRIDGE)], short], "CHAIN_BROKEN"],
    ["a bad signature", [[board, flipBit(own[1] as Uint8Array, -1)], short], "CHAIN_SIGNATURE"],
    [
      "a link that is wider",
      [[board, issueCredential(grantTo(AGENT.key, { roles: ["*"] }), BOARD)], short],
      "CHAIN_NOT_NARROWER",
    ],
    ["an end at somebody else", [[board], short], "SIGNER_MISMATCH"],
    ["the same path twice", [short, short], "CHAIN_PATHS"],
    ["another mesh", [own, [issueCredential(grantTo(AGENT.key, { mesh: "elsewhere" }), PEER)]], "CHAIN_MESH"],
    ["nothing", [own, []], "FIELD_INVALID"],
    ["one path in a list of its own", [own], "FIELD_INVALID"],
    ["too many paths", Array.from({ length: CHAIN_PATHS_MAX + 1 }, () => own), "FIELD_INVALID"],
  ])("must all be sound: %s is refused", async (_name, paths, code) => {
    expect(await judge(frameWith(paths))).toBe(code);
  });

  it("are recorded: in the report, in the lineage, and the same when the frame is opened again", async () => {
    const frame = frameWith([own, crossed, short]);
    const again = reopen(frame);
    const report = authorityReport(again, await trustOf(sound, undefined, { pins: both }));
    expect(report.path).toEqual(chosen(frame));
    expect(report.otherPaths).toHaveLength(2);
    expect(report.authority).toBe("bolt");
    const self = { authority: "acme", root: "", key: "", roots: both };
    expect(authorityDetail(emptyState("c", self), again)).toEqual({ path: chosen(frame).join(" "), paths: 3 });
  });

  it("are remembered one by one, and then prove nothing twice", async () => {
    const trust = await trustOf(sound, undefined, { pins: both });
    const frame = frameWith([own, short]);
    expect((await admit(frame, trust)).ok).toBe(true);
    expect(trust.memory.byName.size).toBe(2);
    expect(await admit(frame, trust)).toMatchObject({ ok: true, value: { otherPaths: [{ length: 2 }] } });
    expect(trust.memory.byName.size).toBe(2);
  });
});
