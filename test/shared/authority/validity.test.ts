// When a chain holds: validity over the whole stated interval, and revocation from its instant on by whoever stands above the link.
import { describe, expect, it } from "vitest";
import type { RevocationBody } from "../../../shared/authority/revocation.ts";
import { issueStatement, openAuthorityStatement, type Revocation } from "../../../shared/authority/statement.ts";
import { toHex } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { signStatement } from "../../../shared/cose/sign1.ts";
import { idBytes } from "../../../shared/hash.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { MESH } from "../../support/parties.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  frameOf,
  linkFrame,
  type Recipe,
  ROOT,
  signerNamed,
  soundRecipe,
  statementId,
  trustOf,
  withGrant,
  withInner,
} from "../../support/recipes.ts";
import { HOUR, START } from "../../support/statements.ts";

const stranger = signerNamed("stranger");
const sound = soundRecipe();

async function codeOf(recipe: Recipe): Promise<string> {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe));
  return admitted.ok ? "ok" : admitted.fault.code;
}

const stated = (recipe: Recipe, from: number, until: number) =>
  withInner(recipe, "temporal_reference", "at", [from, until]);

describe("validity", () => {
  const valid = (from: number, until: number) => withGrant(sound, 1, { not_before: from, not_after: until });
  const [first, last] = [START - HOUR, START + 10 * HOUR];

  it.each([
    ["from its first instant", stated(sound, first, first), "ok"],
    ["not one microsecond before", stated(sound, first - 1, first), "CREDENTIAL_EXPIRED"],
    ["to its last instant", stated(sound, last, last), "ok"],
    ["not one microsecond after", stated(sound, last, last + 1), "CREDENTIAL_EXPIRED"],
    ["over the whole interval only", stated(valid(START, START), START, START + 1), "CREDENTIAL_EXPIRED"],
    ["for a single instant, where it says so", stated(valid(START, START), START, START), "ok"],
    ["never, where it ends before it begins", stated(valid(START + 1, START), START, START), "CREDENTIAL_EXPIRED"],
  ] as const)("of a link holds %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("names the link that does not hold, and its bounds", async () => {
    const recipe = stated(sound, last, last + 1);
    expect(await admit(frameOf(recipe), await trustOf(recipe))).toMatchObject({
      fault: { detail: { link: 1, from: first, until: last, at: last + 1 } },
    });
  });
});

describe("revocation", () => {
  const revoked = (link: number, signer: typeof ROOT, from: number) => ({
    ...stated(sound, START, START),
    revocations: [{ link, signer, from }],
  });

  it.each([
    ["by its issuer, from that instant", revoked(1, BOARD, START), "CREDENTIAL_REVOKED"],
    ["by the root above its issuer", revoked(1, ROOT, START), "CREDENTIAL_REVOKED"],
    ["of the link above, which carries all below", revoked(0, ROOT, START), "CREDENTIAL_REVOKED"],
    ["from before", revoked(1, BOARD, START - HOUR), "CREDENTIAL_REVOKED"],
    [
      "from the next microsecond: not yet, but who says that it was there by then",
      revoked(1, BOARD, START + 1),
      "OBSERVATION_BACKDATED",
    ],
    ["by its own key: no standing", revoked(1, AGENT, START), "ok"],
    ["by a stranger: no standing", revoked(1, stranger, START), "ok"],
    ["of the root's grant by the board below it: no standing", revoked(0, BOARD, START), "ok"],
  ] as const)("counts %s", async (_name, recipe, code) => {
    expect(await codeOf(recipe)).toBe(code);
  });

  it("counts from the end of the stated interval, so that nobody straddles it", async () => {
    const recipe = { ...stated(sound, START - 10, START), revocations: [{ link: 1, signer: BOARD, from: START }] };
    expect(await codeOf(recipe)).toBe("CREDENTIAL_REVOKED");
  });

  it("does not touch a credential that was issued again", async () => {
    const again = withGrant(stated(sound, START, START), 1, { serial: new Uint8Array(16).fill(1) });
    const trust = await trustOf({ ...sound, revocations: [{ link: 1, signer: BOARD, from: START }] });
    expect((await admit(frameOf(again), trust)).ok).toBe(true);
    expect((await admit(frameOf(stated(sound, START, START)), trust)).ok).toBe(false);
  });

  it("says which credential, by which revocation and from when", async () => {
    const recipe = revoked(0, ROOT, START - 5);
    const trust = await trustOf(recipe);
    expect(await admit(frameOf(recipe), trust)).toMatchObject({
      fault: { detail: { revocation: (trust.revocations[0] as Revocation).id, from: START - 5, at: START } },
    });
  });
});

describe("opening a revocation", () => {
  const credential = toHex(statementId(linkFrame(sound.links[1] as never)));
  const body: RevocationBody = {
    kind: "revocation",
    version: 1,
    mesh: MESH,
    credential,
    from: START,
    at: START + 1,
    cut: [],
    reason: "the key was lost",
  };

  it("reads what its issuer wrote", async () => {
    expect(await openAuthorityStatement(issueStatement(body, BOARD))).toMatchObject({ ok: true, value: { body } });
  });

  it("refuses it with any one bit flipped", async () => {
    const frame = issueStatement(body, BOARD);
    const opened: number[] = [];
    for (let place = 0; place < frame.length; place++) {
      if ((await openAuthorityStatement(flipBit(frame, place, place % 8))).ok) opened.push(place);
    }
    expect(opened).toEqual([]);
  });

  it.each(["version", "mesh", "credential", "from", "at", "cut", "reason"])(
    "refuses it without its field %s",
    async (name) => {
      const wire = { ...body, credential: idBytes(credential) };
      const fields = Object.entries(wire).filter(([other]) => other !== name);
      const { frame } = signStatement(encodeCanonical(new Map(fields) as never), "quorate/revocation/1", BOARD);
      expect(await openAuthorityStatement(frame)).toMatchObject({
        fault: { code: "FIELD_MISSING", detail: { path: `revocation.${name}` } },
      });
    },
  );
});
