// Mutated frames through the door. Whatever arrives, the answer is a value: admitted as it stands, or refused with a listed code.
// Replay a failure with FUZZ_SEED=<seed> (it is in the test's name and in the report); look longer with FUZZ_RUNS=<number>.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes, equalBytes } from "../../shared/bytes.ts";
import { admit } from "../../shared/observation/admit.ts";
import { KINDS } from "../../shared/observation/body.ts";
import { REFUSALS } from "../../shared/refusals.ts";
import type { Result } from "../../shared/result.ts";
import { frameOf, soundRecipe, trustOf, withField } from "../support/recipes.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);

const recipes = [...KINDS.map((kind) => soundRecipe(kind)), withField(soundRecipe(), "version", 2)];
const corpus = recipes.map(frameOf);
const known = (frame: Uint8Array) => corpus.some((sound) => equalBytes(sound, frame));

type Mutation = (frame: Uint8Array) => Uint8Array;
const place = (frame: Uint8Array, at: number) => (frame.length === 0 ? 0 : at % frame.length);

/** Heads that announce far more than follows, of every kind that has a length. */
const HUGE = [0x5b, 0x7b, 0x9b, 0xbb].map((head) => Uint8Array.of(head, 0x7f, ...Array(7).fill(0xff)));
const AWKWARD = [
  [0xf7],
  [0xff],
  [0xd2],
  [0xc2, 0x41, 0x01],
  [0xf9, 0x7e, 0x00],
  [0x63, 0xef, 0xbb, 0xbf],
  [0x18, 0x00],
  Array(300).fill(0x81),
].map((bytes) => Uint8Array.from(bytes));

/** A place in the frame: anywhere, or in the header, which is a small part of it. */
const natural = fc.oneof(fc.nat(100_000), fc.nat(48));
const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(natural, fc.nat(7)).map(([at, bit]): Mutation => {
    return (frame) => frame.map((byte, index) => (index === place(frame, at) ? byte ^ (1 << bit) : byte));
  }),
  fc.tuple(natural, fc.nat(255)).map(([at, value]): Mutation => {
    return (frame) => frame.map((byte, index) => (index === place(frame, at) ? value : byte));
  }),
  natural.map(
    (at): Mutation =>
      (frame) =>
        frame.slice(0, place(frame, at)),
  ),
  fc.tuple(natural, fc.nat(40)).map(([at, length]): Mutation => {
    return (frame) => concatBytes(frame.slice(0, place(frame, at)), frame.slice(place(frame, at) + length));
  }),
  fc
    .tuple(natural, fc.oneof(fc.constantFrom(...HUGE, ...AWKWARD), fc.uint8Array({ minLength: 1, maxLength: 40 })))
    .map(([at, more]): Mutation => {
      return (frame) => concatBytes(frame.slice(0, place(frame, at)), more, frame.slice(place(frame, at)));
    }),
  fc.tuple(natural, natural, fc.nat(corpus.length - 1)).map(([at, from, other]): Mutation => {
    const donor = corpus[other] as Uint8Array;
    return (frame) => concatBytes(frame.slice(0, place(frame, at)), donor.slice(place(donor, from)));
  }),
  fc.constant<Mutation>((frame) => concatBytes(frame, frame)),
);

/** Frames that are nearly sound, and payloads that are nearly sound under a good signature. */
const frames: fc.Arbitrary<Uint8Array> = fc
  .record({
    base: fc.nat(corpus.length - 1),
    mutations: fc.array(mutations, { minLength: 1, maxLength: 4 }),
    signed: fc.boolean(),
  })
  .map(({ base, mutations: steps, signed }) => {
    const mutate: Mutation = (bytes) => steps.reduce((mutated, step) => step(mutated), bytes);
    if (signed) return frameOf({ ...(recipes[base] as (typeof recipes)[number]), payload: mutate });
    return mutate(corpus[base] as Uint8Array);
  });

type Door = (frame: Uint8Array) => Promise<Result<{ readonly frame: Uint8Array }>>;

/** What is wrong with a door's answer to a frame; null where nothing is. */
async function objectionTo(door: Door, frame: Uint8Array): Promise<string | null> {
  try {
    const answer = await door(frame);
    if (answer.ok) return equalBytes(answer.value.frame, frame) ? null : "it admitted other bytes than came";
    return Object.hasOwn(REFUSALS, answer.fault.code) ? null : `the code ${answer.fault.code} is not listed`;
  } catch (thrown) {
    return `it threw ${String(thrown)}`;
  }
}

function check(door: Door, runs: number) {
  const property = fc.asyncProperty(frames, async (frame) => {
    const objection = await objectionTo(door, frame);
    if (objection !== null) throw new Error(objection);
  });
  return fc.check(property, { seed: SEED, numRuns: runs });
}

describe("the door under fuzzing", () => {
  it(
    `answers ${RUNS} mutated frames with a value each (FUZZ_SEED=${SEED})`,
    async () => {
      const trust = await trustOf(soundRecipe());
      const counts = new Map<string, number>();
      const door: Door = async (frame) => {
        const answer = await admit(frame, trust);
        const code = answer.ok ? (known(frame) ? "untouched" : "admitted") : answer.fault.code;
        counts.set(code, (counts.get(code) ?? 0) + 1);
        return answer;
      };
      const details = await check(door, RUNS);
      expect(details.failed ? fc.defaultReportMessage(details) : null).toBeNull();
      expect(details.numRuns).toBe(RUNS);
      // The mutations reach every step: bytes, structure, signature, and payloads that another signature made sound.
      const families = ["CBOR_", "COSE_", "FIELD_", "SIGNATURE_", "KIND_"];
      const reached = families.filter((family) => [...counts.keys()].some((code) => code.startsWith(family)));
      expect(reached).toEqual(families);
    },
    20_000 + 10 * RUNS,
  );

  it("admits no frame whose own bytes were changed after it was signed", async () => {
    const trust = await trustOf(soundRecipe());
    const changed = fc
      .tuple(fc.nat(corpus.length - 1), fc.array(mutations, { minLength: 1, maxLength: 4 }))
      .map(([base, steps]) => steps.reduce((frame, step) => step(frame), corpus[base] as Uint8Array));
    const property = fc.asyncProperty(changed, async (frame) => {
      fc.pre(!known(frame));
      expect((await admit(frame, trust)).ok).toBe(false);
    });
    const details = await fc.check(property, { seed: SEED, numRuns: 300 });
    expect(details.failed ? fc.defaultReportMessage(details) : null).toBeNull();
  });

  it("would be caught if it threw, answered an unlisted code, or admitted other bytes (canary)", async () => {
    const trust = await trustOf(soundRecipe());
    const throwing: Door = async (frame) => {
      if (frame.length % 7 === 3) throw new RangeError("canary");
      return admit(frame, trust);
    };
    const inventing: Door = async () => ({ ok: false, fault: { code: "CANARY" as never, detail: {} } });
    const swapping: Door = async () => ({ ok: true, value: { frame: new Uint8Array() } });
    const reports = await Promise.all([throwing, inventing, swapping].map((door) => check(door, 200)));
    expect(reports.map(({ failed }) => failed)).toEqual([true, true, true]);
    const causes = reports.map(({ errorInstance }) => String(errorInstance));
    expect(causes[0]).toContain("it threw RangeError: canary");
    expect(causes[1]).toContain("the code CANARY is not listed");
    expect(causes[2]).toContain("it admitted other bytes than came");
    // The seed and the path of the report lead straight back to the frame.
    const [first] = reports;
    const replayed = await fc.check(
      fc.asyncProperty(frames, async (frame) => expect(await objectionTo(throwing, frame)).toBeNull()),
      { seed: SEED, path: first?.counterexamplePath ?? "", endOnFailure: true },
    );
    expect(replayed.failed).toBe(true);
    expect(replayed.counterexample).toEqual(first?.counterexample);
  });
});
