// Revocations and what may be said about the time before them: a causal cut, independent witnesses, standing, and a stated freshness.
// Verdicts over a set of frames do not depend on the order in which they arrived.
import { describe, expect, it } from "vitest";
import type { AuthorityStatement } from "../../../shared/authority/statement.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import type { TrustTerms } from "../../../shared/authority/trust.ts";
import { withoutStanding } from "../../../shared/authority/validity.ts";
import { toHex } from "../../../shared/bytes.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { admitAll } from "../../../shared/observation/admit-all.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { MESH } from "../../support/parties.ts";
import {
  AGENT,
  BOARD,
  frameOf,
  grantTo,
  hex,
  linkFrame,
  opened,
  type Recipe,
  ROOT,
  revocationOf,
  signerNamed,
  soundRecipe,
  statementId,
  trustOf,
  unchanged,
  withInner,
} from "../../support/recipes.ts";
import { commitment, keysOf, rootHistory } from "../../support/rotations.ts";
import { HOUR, idOf, START } from "../../support/statements.ts";

const OTHER_ROOT = signerNamed("the root of bolt");
const OTHER_AGENT = signerNamed("the agent of bolt");
const sound = soundRecipe();
const pins = new Map([...sound.roots, [toHex(OTHER_ROOT.key), "bolt"]]);
const agentGrant = linkFrame(sound.links[1] as never);

/** acme's contribution, dated, and building on `parents`. */
function said(at: number, parents: readonly string[] = [], item = "a"): Uint8Array {
  const dated = withInner(sound, "temporal_reference", "at", [at, at]);
  const placed = withInner(dated, "slot", "item", item);
  return frameOf(withInner(placed, "lineage", "parents", parents.map(hex)));
}

/** A statement of another organisation that references `ids`. */
function witnessed(at: number, ids: readonly string[], as: "bolt" | "acme's other agent" = "bolt"): Uint8Array {
  const own = as === "bolt" ? OTHER_AGENT : signerNamed("another agent of acme");
  const link = {
    grant: grantTo(own.key, { subject: as }),
    issuer: as === "bolt" ? OTHER_ROOT : BOARD,
    frame: unchanged,
  };
  const links = as === "bolt" ? [link] : [sound.links[0] as never, link];
  const recipe: Recipe = { ...soundRecipe("contribution"), links, signer: own };
  const dated = withInner(recipe, "temporal_reference", "at", [at, at]);
  return frameOf(withInner(dated, "lineage", "sources", ids.map(hex)));
}

function idOfFrame(frame: Uint8Array): string {
  const parsed = parseObservation(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value.observation.id;
}

async function verdicts(
  frames: readonly Uint8Array[],
  revocations: readonly Uint8Array[],
  terms: Partial<TrustTerms> = {},
) {
  const trust = await trustOf(sound, undefined, { pins, ...terms, statements: await opened(revocations) });
  const { verdicts: all } = await admitAll(frames, trust);
  return all.map((verdict) => (verdict.ok ? "ok" : verdict.fault.code));
}

describe("an observation dated before a revocation", () => {
  const early = said(START - 10);
  const id = idOfFrame(early);
  const revoked = (cut: readonly string[] = []) => [revocationOf(agentGrant, START, BOARD, cut)];

  it("is not believed where nothing shows that it existed then", async () => {
    expect(await verdicts([early], revoked())).toEqual(["OBSERVATION_BACKDATED"]);
    expect(await verdicts([early], [])).toEqual(["ok"]);
  });

  it("stands where another authority referenced its hash before the revocation", async () => {
    expect(await verdicts([early, witnessed(START - 5, [id])], revoked())).toEqual(["ok", "ok"]);
    expect(await verdicts([witnessed(START - 1, [id]), early], revoked())).toEqual(["ok", "ok"]);
  });

  it.each([
    ["a witness from the very instant on", witnessed(START, [id])],
    ["a witness of later", witnessed(START + HOUR, [id])],
    ["a witness of the same authority", witnessed(START - 5, [id], "acme's other agent")],
    ["a witness of something else", witnessed(START - 5, [idOf("something else")])],
  ])("is not saved by %s", async (_name, witness) => {
    expect(await verdicts([early, witness], revoked())).toEqual(["OBSERVATION_BACKDATED", "ok"]);
  });

  it("is not saved by a witness whose own key was stolen: two thieves do not vouch for each other", async () => {
    const witness = witnessed(START - 5, [id]);
    const other = parseObservation(witness);
    if (!other.ok) throw new Error(other.fault.code);
    const also = revocationOf(other.value.observation.chain[0].frame, START, OTHER_ROOT);
    expect(await verdicts([early, witness], [...revoked(), also])).toEqual([
      "OBSERVATION_BACKDATED",
      "OBSERVATION_BACKDATED",
    ]);
  });

  it("stands where the revocation's cut names it, and so does all that it builds on", async () => {
    const [first, second] = [
      said(START - 30, [], "first"),
      said(START - 20, [idOfFrame(said(START - 30, [], "first"))], "second"),
    ];
    const last = said(START - 10, [idOfFrame(second)], "last");
    const forged = said(START - 25, [idOfFrame(first)], "forged");
    const cut = [idOfFrame(last)];
    expect(await verdicts([first, second, last, forged], revoked(cut))).toEqual([
      "ok",
      "ok",
      "ok",
      "OBSERVATION_BACKDATED",
    ]);
    expect(await verdicts([last], revoked(cut))).toEqual(["ok"]);
  });

  it("stands where what builds on it was witnessed: a hash names only what existed", async () => {
    const child = said(START - 5, [id], "child");
    expect(await verdicts([early, child, witnessed(START - 1, [idOfFrame(child)])], revoked())).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
  });

  it("from the instant of the revocation on, is refused whoever vouches for it", async () => {
    const late = said(START);
    const lateId = idOfFrame(late);
    expect(await verdicts([late, witnessed(START - 5, [lateId])], revoked([lateId]))).toEqual([
      "CREDENTIAL_REVOKED",
      "ok",
    ]);
  });

  it("has one verdict in every order of arrival, and however often it arrives", async () => {
    const frames = [
      early,
      witnessed(START - 5, [id]),
      said(START - 3, [], "unseen"),
      said(START + 1),
      witnessed(START + 2, []),
    ];
    const expected = new Map(
      frames.map((frame, at) => [toHex(frame), ["ok", "ok", "OBSERVATION_BACKDATED", "CREDENTIAL_REVOKED", "ok"][at]]),
    );
    for (let turn = 0; turn < 24; turn++) {
      const shuffled = [...frames, ...frames.slice(turn % 3)].sort(
        (a, b) =>
          ((a.length * 7 + turn * 13 + (a[90 + turn] as number)) % 17) -
          ((b.length * 7 + turn * 13 + (b[90 + turn] as number)) % 17),
      );
      expect(await verdicts(shuffled, revoked())).toEqual(shuffled.map((frame) => expected.get(toHex(frame))));
    }
  });
});

describe("the standing of whoever revokes", () => {
  const at = withInner(sound, "temporal_reference", "at", [START, START]);
  const judge = async (statements: readonly Uint8Array[], terms: Partial<TrustTerms> = {}) => {
    const trust = await trustOf(at, undefined, { statements: await opened(statements), ...terms });
    const admitted = await admit(frameOf(at), trust);
    const parsed = parseObservation(frameOf(at));
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const ignored = withoutStanding(parsed.value.observation.chain, trust).map((each) => each.id);
    return { code: admitted.ok ? "ok" : admitted.fault.code, ignored };
  };

  it("is asked for: a revocation without it is ignored, and said", async () => {
    const frame = revocationOf(agentGrant, START, signerNamed("stranger"));
    const [statement] = (await opened([frame])) as unknown as readonly [AuthorityStatement];
    expect(await judge([frame])).toEqual({ code: "ok", ignored: [statement.id] });
    expect(await judge([revocationOf(agentGrant, START, BOARD)])).toEqual({ code: "CREDENTIAL_REVOKED", ignored: [] });
    expect((await judge([revocationOf(agentGrant, START, AGENT)])).ignored).toHaveLength(1);
    expect((await judge([revocationOf(agentGrant, START, OTHER_ROOT)], { pins })).ignored).toHaveLength(1);
  });

  it("ends with the revoker's own credential: what it signs from then on takes nothing down", async () => {
    const boardGrant = linkFrame(at.links[0] as never);
    const signed = (when: number) =>
      issueStatement(
        {
          kind: "revocation",
          version: 1,
          mesh: MESH,
          credential: toHex(statementId(agentGrant)),
          from: START,
          at: when,
          cut: [],
          reason: "",
        },
        BOARD,
      );
    const revoker = revocationOf(boardGrant, START + HOUR, ROOT, [idOfFrame(frameOf(at))]);
    expect((await judge([revoker, signed(START + HOUR)])).code).toBe("ok");
    expect((await judge([revoker, signed(START + HOUR - 1)])).code).toBe("CREDENTIAL_REVOKED");
  });

  it("belongs to every key of the root's own history", async () => {
    const keys = keysOf("acme's root", 2, ROOT);
    const generation = { from: 0, until: START + 100 * HOUR, retires: START + 50 * HOUR };
    const history = rootHistory(keys, [generation, generation]);
    const later = keys[1] as Signer;
    expect(commitment(later)).not.toBeNull();
    expect((await judge([revocationOf(agentGrant, START, later)])).code).toBe("ok");
    expect((await judge([...history, revocationOf(agentGrant, START, later)])).code).toBe("CREDENTIAL_REVOKED");
  });

  it("is not lent to another mesh", async () => {
    const body = {
      kind: "revocation",
      version: 1,
      mesh: "another-mesh",
      credential: toHex(statementId(agentGrant)),
      from: START,
      at: START,
      cut: [],
      reason: "",
    } as const;
    expect(await judge([issueStatement(body, BOARD)])).toEqual({ code: "ok", ignored: [] });
  });
});
