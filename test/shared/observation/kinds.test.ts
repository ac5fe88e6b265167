// Frames of every kind go through the door and come out as the observation that their author meant, under an id that only what is
// signed decides; and nothing signed for one use serves another.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { parseChain, proveSignatures } from "../../../shared/authority/chain.ts";
import { parseCredential } from "../../../shared/authority/credential.ts";
import { openAuthorityStatement } from "../../../shared/authority/statement.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { equalBytes, toHex } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { type Context, signStatement } from "../../../shared/cose/sign1.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { KINDS } from "../../../shared/observation/body.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { reopen } from "../../../shared/observation/reopen.ts";
import { encodable } from "../../support/oracles.ts";
import { MESH, testParty } from "../../support/parties.ts";
import { AGENT, frameOf, grantTo, linkFrame, ROOT, soundRecipe, trustOf, withField } from "../../support/recipes.ts";
import { draftOf, idOf, START } from "../../support/statements.ts";

const CONTEXTS: readonly Context[] = [
  "quorate/observation/1",
  "quorate/credential/1",
  "quorate/root/1",
  "quorate/rotation/1",
  "quorate/taxonomy/1",
  "quorate/revocation/1",
  "quorate/revocation-state/1",
  "quorate/continuity/1",
];
const acme = testParty("acme");
const trust = () => assembleTrust({ mesh: MESH, pins: rootsOf([acme]) });

describe("an observation of each kind", () => {
  it.each(KINDS)("of kind %s is admitted as its author meant it, and parses to the same again", async (kind) => {
    const authored = authorFor(acme.identity)(draftOf(kind));
    const admitted = await admit(authored.frame, trust());
    expect(admitted).toEqual({ ok: true, value: authored });
    expect(reopen(authored.frame)).toEqual(authored);
    expect(parseObservation(authored.frame)).toMatchObject({ ok: true, value: { observation: authored } });
  });

  it.each(KINDS)("of kind %s has one frame: the same draft gives the same bytes", (kind) => {
    const author = authorFor(acme.identity);
    expect(author(draftOf(kind)).frame).toEqual(author(draftOf(kind)).frame);
  });

  it("keeps the very bytes that came in", async () => {
    const { frame } = authorFor(acme.identity)(draftOf("contribution"));
    const copy = Uint8Array.from(frame);
    const admitted = await admit(frame, trust());
    expect(admitted.ok && admitted.value.frame).toBe(frame);
    expect(equalBytes(frame, copy)).toBe(true);
    expect(Object.keys(frame)).toHaveLength(frame.length);
  });

  it("may be a status without a seat, since whoever asks for a call knows no roster", async () => {
    const draft = draftOf("status");
    const authored = authorFor(acme.identity)({ ...draft, slot: { ...draft.slot, seat: null } });
    expect(await admit(authored.frame, trust())).toEqual({ ok: true, value: authored });
  });

  it("has an id that no two kinds share", () => {
    const author = authorFor(acme.identity);
    expect(new Set(KINDS.map((kind) => author(draftOf(kind)).id)).size).toBe(KINDS.length);
  });
});

describe("an id", () => {
  const idIn = (frame: Uint8Array) => {
    const parsed = parseObservation(frame);
    if (!parsed.ok) throw new Error(`no observation: ${parsed.fault.code}`);
    return parsed.value.observation.id;
  };

  it("is the same whatever the signature bytes, so that a second signature makes no second statement", () => {
    const sound = soundRecipe();
    const ids = [() => new Uint8Array(64), () => new Uint8Array(64).fill(0xff), (bytes: Uint8Array) => bytes].map(
      (signature) => idIn(frameOf({ ...sound, signature })),
    );
    expect(new Set(ids).size).toBe(1);
  });

  it("differs with the payload, the key and the context", () => {
    const sound = soundRecipe();
    const changed = [
      withField(sound, "round", 1),
      withField(sound, "ceremony", new Uint8Array(32)),
      { ...sound, signer: ROOT },
    ];
    const inContexts = CONTEXTS.map((context) => toHex(signStatement(Uint8Array.of(0), context, AGENT).id));
    const ids = [...[sound, ...changed].map((recipe) => idIn(frameOf(recipe))), ...inContexts];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a signature for one use", () => {
  const grant = grantTo(AGENT.key);
  const revocation = {
    kind: "revocation",
    version: 1,
    mesh: MESH,
    credential: new Uint8Array(32),
    from: START,
    at: START,
    cut: [],
    reason: "",
  };

  it.each(CONTEXTS.filter((context) => context !== "quorate/observation/1"))(
    "for %s is refused on an observation",
    async (context) => {
      const recipe = { ...soundRecipe(), context };
      const admitted = await admit(frameOf(recipe), await trustOf(recipe));
      expect(admitted).toMatchObject({ ok: false, fault: { code: "SIGNATURE_INVALID" } });
    },
  );

  it.each(CONTEXTS.filter((context) => context !== "quorate/credential/1"))(
    "for %s is refused on a credential",
    async (context) => {
      const { frame } = signStatement(encodeCanonical({ ...grant }), context, ROOT);
      const chain = parseChain([frame]);
      if (!chain.ok) throw new Error(`the structure is sound: ${chain.fault.code}`);
      const verdict = await proveSignatures(chain.value);
      expect(verdict).toMatchObject({
        fault: { code: "CHAIN_SIGNATURE", detail: { link: 0, code: "SIGNATURE_INVALID" } },
      });
    },
  );

  it.each(CONTEXTS.filter((context) => context !== "quorate/revocation/1"))(
    "for %s is refused on a revocation",
    async (context) => {
      const { frame } = signStatement(encodeCanonical(revocation), context, ROOT);
      expect(await openAuthorityStatement(frame)).toMatchObject({ fault: { code: "SIGNATURE_INVALID" } });
    },
  );

  it("cannot be made to fit by handing the frame of one use to the door of another", async () => {
    const credential = linkFrame(soundRecipe().links[0] as never);
    const observation = frameOf(soundRecipe());
    expect(await admit(credential, trust())).toMatchObject({ fault: { code: "FIELD_UNKNOWN" } });
    expect(parseCredential(observation)).toMatchObject({ fault: { code: "FIELD_UNKNOWN" } });
    expect(await openAuthorityStatement(credential)).toMatchObject({ fault: { code: "STATEMENT_UNKNOWN" } });
  });
});

describe("an observation for one place", () => {
  const CHANGES = [
    ["kind", "outcome"],
    ["mesh", "other-mesh"],
    ["ceremony", new Uint8Array(32)],
    ["round", 1],
    ["slot", new Map<string, number | null>(Object.entries({ seat: 1, attempt: null, item: null }))],
    ["slot", new Map<string, number | string | null>(Object.entries({ seat: 0, attempt: null, item: "lot" }))],
    ["payload", new Map([["root", idOf("other")]])],
  ] as const;

  it.each(CHANGES)("cannot be moved to another %s under its old signature", async (name, value) => {
    const sound = soundRecipe();
    const moved = withField(sound, name, value as never);
    const old = parseObservation(frameOf(sound));
    if (!old.ok) throw new Error("the sound frame parses");
    const { signature } = old.value.statement.sign1;
    const recipe = { ...moved, signature: () => signature };
    const admitted = await admit(frameOf(recipe), await trustOf(recipe));
    expect(admitted.ok).toBe(false);
    if (!admitted.ok) expect(admitted.fault.code).toMatch(/^(SIGNATURE_INVALID|FIELD_)/);
    expect(encodeCanonical(encodable(moved.fields))).not.toEqual(encodeCanonical(encodable(sound.fields)));
  });
});
