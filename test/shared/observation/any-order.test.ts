// Verdicts and records depend on what was said, not on when or how it arrived: a thousand orders with repeats give the same bytes, and no
// clock of a reader changes anything.
import { afterEach, describe, expect, it, vi } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { readAgain } from "../../../shared/ceremony/restore.ts";
import { emptyState, type Self } from "../../../shared/ceremony/state.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { admitAll } from "../../../shared/observation/admit-all.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Random } from "../../simulation/random.ts";
import { finishedApproval } from "../../support/evidence.ts";
import { type Agent, storedBy } from "../../support/network.ts";
import { encodable } from "../../support/oracles.ts";
import { MESH, testParties } from "../../support/parties.ts";
import {
  BOARD,
  frameOf,
  linkFrame,
  opened,
  revocationOf,
  signerNamed,
  soundRecipe,
  trustOf,
  withField,
  withGrant,
  withInner,
  withLink,
} from "../../support/recipes.ts";
import { HOUR, START } from "../../support/statements.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** A copy in another order, with about a third of the items once more. */
function disordered<T>(random: Random, items: readonly T[]): readonly T[] {
  return random.shuffled([...items, ...random.subset(items, 0.3)]);
}

describe("a ceremony's record", () => {
  const parties = testParties(4);
  const net = finishedApproval(4, ["dune"]);
  const frames = storedBy(net.agents[0] as Agent);
  const self: Self = { authority: "verifier", root: "", key: "", roots: rootsOf(parties) };

  const recordBytes = (observations: readonly VerifiedObservation[]) => {
    const { state } = readAgain(emptyState(net.call.id, self), observations);
    if (state.ending === null) throw new Error("the frames lead to no ending");
    return sha256Hex(encodeCanonical(encodable(new Map(Object.entries(state.ending.record)) as never)));
  };

  it("has the same bytes for a thousand orders with a third of the frames repeated", () => {
    const random = new Random(7, "network");
    const records = new Set(Array.from({ length: 1_000 }, () => recordBytes(disordered(random, frames))));
    expect(records).toEqual(new Set([recordBytes(frames)]));
  });

  it("is the same for three that are never there at the same time and hand on files", async () => {
    const random = new Random(8, "network");
    // Each holds a part, and each part comes to each in an order of its own, by way of another.
    const parts = [0, 1, 2].map((part) => frames.filter((_, index) => index % 3 === part).map(({ frame }) => frame));
    const records: string[] = [];
    for (let reader = 0; reader < 3; reader++) {
      const files = random.shuffled(parts).flatMap((part) => disordered(random, part));
      const trust = assembleTrust({ mesh: MESH, pins: rootsOf(parties) });
      const { verdicts } = await admitAll(files, trust);
      records.push(recordBytes(verdicts.map((verdict) => (verdict.ok ? verdict.value : (undefined as never)))));
    }
    expect(new Set(records)).toEqual(new Set([recordBytes(frames)]));
  });
});

describe("the door's verdicts", () => {
  const sound = soundRecipe();
  const said = (at: number) => withInner(sound, "temporal_reference", "at", [at, at]);
  /** One frame for each way in which time matters, with all times of its making moved by `shift`. */
  const moved = (shift: number) => {
    const range = { not_before: START - HOUR + shift, not_after: START + 10 * HOUR + shift };
    const shifted = (at: number) =>
      withGrant(withGrant(said(at + shift), 0, { ...range, not_after: range.not_after + HOUR }), 1, range);
    return [
      shifted(START),
      shifted(START - 2 * HOUR),
      shifted(START + 11 * HOUR),
      shifted(START + 5 * HOUR),
      shifted(START + 6 * HOUR),
      withField(shifted(START), "time_to_live", 0),
      withLink(shifted(START), 1, (link) => ({ ...link, issuer: signerNamed("stranger") })),
    ];
  };
  const scene = async (shift: number) => {
    const recipes = moved(shift);
    const grant = linkFrame((recipes[0] as (typeof recipes)[number]).links[1] as never);
    const statements = await opened([revocationOf(grant, START + 6 * HOUR + shift, BOARD)]);
    return { trust: await trustOf(sound, undefined, { statements }), frames: recipes.map(frameOf) };
  };
  const verdictsOf = async ({ trust, frames }: Awaited<ReturnType<typeof scene>>, random: Random | null = null) => {
    const ordered = random === null ? frames : disordered(random, frames);
    const { verdicts } = await admitAll(ordered, trust);
    const codes = verdicts.map((verdict) => (verdict.ok ? "ok" : verdict.fault.code));
    return frames.map((frame) => codes[ordered.indexOf(frame)]);
  };
  const expected = [
    "OBSERVATION_BACKDATED",
    "CREDENTIAL_EXPIRED",
    "CREDENTIAL_EXPIRED",
    "OBSERVATION_BACKDATED",
    "CREDENTIAL_REVOKED",
    "OBSERVATION_BACKDATED",
    "CHAIN_BROKEN",
  ];

  it("are the same whatever the time is where they are given", async () => {
    for (const now of [0, Date.UTC(2001, 0, 1), START / 1_000, Date.UTC(2199, 11, 31)]) {
      vi.useFakeTimers({ now, toFake: ["Date"] });
      expect(Date.now()).toBe(now);
      expect(await verdictsOf(await scene(0)), `on ${new Date(now).toISOString()}`).toEqual(expected);
    }
  });

  it.each([-400 * 24 * HOUR, -1, 1, 12_345_678_901, 4_000 * 24 * HOUR])(
    "are the same where every clock that took part was off by %i µs",
    async (shift) => {
      expect(await verdictsOf(await scene(shift))).toEqual(expected);
    },
  );

  it("are the same in every order of arrival", async () => {
    const random = new Random(9, "network");
    const given = await scene(0);
    for (let turn = 0; turn < 40; turn++) expect(await verdictsOf(given, random)).toEqual(expected);
  });
});
