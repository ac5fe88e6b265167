// The lineage of two ceremonies in which everything happens that it records: each effect has its entry and each entry its effect, and
// whoever touches one is found at exactly that one, from the exported file alone.
import { beforeAll, describe, expect, it } from "vitest";
import type { CborValue } from "../../../shared/cbor/value.ts";
import type { Effect } from "../../../shared/ceremony/effect.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { type EntryKind, LINEAGE_START, type LinkedEntry, linkEntry } from "../../../shared/lineage/entry.ts";
import { isKind, type VerifiedObservation } from "../../../shared/observation/observation.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { CUSTODY_CHAIN } from "../../../shared/policy/patterns/custody-chain.ts";
import type { PolicyDocument } from "../../../shared/policy/policy.ts";
import { type BundleDocument, bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START, storedBy } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(7);
const trust = trustIn(parties);
const map = (fields: Readonly<Record<string, CborValue>>) => new Map(Object.entries(fields));
const release = map({ release: map({ to: "bolt", object: "box 88" }) });
const acceptance = (id: string) => map({ accept: map({ release: id, object: "box 88" }) });

/** Two rounds in which whoever is silent loses its seat. */
const STRICT: PolicyDocument = {
  ...CUSTODY_CHAIN,
  rounds: { most: 2, silent: "drop", until: "decided", step: 0, unrevealed: "exclude" },
};

function custody(document: PolicyDocument): Network {
  const pinned = pinPolicy(document);
  if (!pinned.ok) throw new Error(pinned.fault.code);
  const role = ["holder", "receiver", "receiver", "witness", "witness", "witness", "witness"];
  const times = { closesAt: START + 5 * SECOND, expiresAt: START + 100 * SECOND };
  const net = new Network(parties, pinned.value, { role, ...times });
  net.open();
  net.deliverAll();
  return net;
}

/** Echo is silent and loses its seat, dune says two things, a stranger's seat is claimed, and a box changes hands. */
function eventful(): Network {
  const net = custody(STRICT);
  net.down.add("echo");
  for (const name of ["acme", "crux"]) net.say(name, release);
  for (const name of ["bolt"]) net.say(name, acceptance("a release that nobody made"));
  for (const name of ["flux", "gale"]) net.say(name, map({ choice: "witnessed" }));
  for (const choice of ["witnessed", "decline"]) net.forge("dune", map({ choice }));
  net.deliverAll();
  const stray = net.agent("crux").author({
    ceremony: net.call.id,
    round: 0,
    slot: { seat: 0, attempt: null, item: null },
    at: [net.now, net.now],
    timeToLive: 3_600 * SECOND,
    lineage: { sequence: 40, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "holder", content: release },
  });
  net.turn("acme", { on: "observations", now: net.now, observations: [stray] });
  net.run(20, () => net.agent("acme").state.rounds.length === 2);
  const [said] = net.say("acme", release);
  net.say("bolt", acceptance(said?.id as string));
  for (const name of ["flux", "gale"]) net.say(name, map({ choice: "witnessed" }));
  net.run(40, () => net.agents.filter(({ state }) => state.ending !== null).length >= 5);
  net.run(5);
  return net;
}

/** Nobody accepts. */
function abandoned(): Network {
  const net = custody(CUSTODY_CHAIN);
  net.say("acme", release);
  net.run(40, () => net.digests().every((digest) => digest !== null));
  return net;
}

let told: readonly Network[];
let bundles: readonly BundleDocument[];

beforeAll(() => {
  told = [eventful(), abandoned()];
  bundles = told.map((net) => bundleOf(net.agent("acme")));
});

type Entries = readonly LinkedEntry[];
const entriesOf = (entries: Entries, ...kinds: EntryKind[]) => entries.filter(({ kind }) => kinds.includes(kind));
const idsOf = (entries: Entries) => entries.flatMap(({ about }) => about).sort();
const unique = (ids: readonly string[]) => [...new Set(ids)].sort();

/** What happened at a party, counted from what its host was told to do and from the state that it ended in. */
function happened({ state, effects, party }: Agent) {
  const did = <D extends Effect["do"]>(what: D) =>
    effects.filter((effect): effect is Extract<Effect, { do: D }> => effect.do === what);
  const stored = [...new Map(did("append").map(({ observation }) => [observation.id, observation])).values()];
  const own = ({ key }: VerifiedObservation) => key === Buffer.from(party.identity.signer.key).toString("hex");
  const spoken = (statement: VerifiedObservation) => own(statement) && statement.ceremony !== null;
  const heard = (statement: VerifiedObservation) => !own(statement) || !isKind(statement, "outcome");
  const closing = ["witness", "propose", "prevote", "precommit"];
  const rosters = state.rounds.map(({ seats }) => seats.map(({ index }) => index));
  const left = rosters.slice(1).flatMap((roster, at) => (rosters[at] ?? []).filter((seat) => !roster.includes(seat)));
  const value = state.ending?.record.value as ReadonlyMap<string, CborValue>;
  const legs = value.get("legs") as readonly CborValue[];
  const twice = state.rounds.flatMap(({ held }) => [
    ...Map.groupBy(held.values(), ({ slot }) => JSON.stringify([slot.seat, slot.item])).values(),
  ]);
  return {
    admitted: stored.filter((one) => heard(one) && !(own(one) && closing.includes(one.body.kind))).map(({ id }) => id),
    attested: stored.filter(spoken).map(({ id }) => id),
    refused: did("refuse").map(({ observation }) => observation.id),
    decided: state.rounds.filter(({ closing: { decision } }) => decision !== null).length,
    faults: twice.filter((mates) => mates.length > 1).length,
    left: left.length,
    legs: legs.length,
  };
}

describe("the lineage", () => {
  it("of either ceremony verifies as it was exported", async () => {
    for (const bundle of bundles) expect((await verifyBundle(bytesOf(bundle), { trust })).verdict).toBe("passed");
  });

  it("has an entry for each effect and no other, at every party", () => {
    // Dune's agent meets what was forged in its name, and is mute.
    const agents = told.flatMap((net) => net.agents).filter(({ state }) => state.ending !== null && !state.mute);
    for (const agent of agents) {
      const [entries, effects] = [lineageOf(agent), happened(agent)];
      expect(idsOf(entriesOf(entries, "admission"))).toEqual(unique(effects.admitted));
      expect(idsOf(entriesOf(entries, "attestation"))).toEqual(unique(effects.attested));
      expect(idsOf(entriesOf(entries, "refusal"))).toEqual([...effects.refused].sort());
      const counts = (["round-transition", "byzantine-event", "membership-change", "handoff"] as const).map(
        (kind) => entriesOf(entries, kind).length,
      );
      expect(counts, agent.party.name).toEqual([effects.decided, effects.faults, effects.left, effects.legs]);
      expect(entriesOf(entries, "outcome", "abandonment")).toHaveLength(1);
      const all = effects.admitted.length + effects.attested.length + effects.refused.length;
      expect(entries.length).toBe(all + counts.reduce((sum, count) => sum + count, 0) + 1);
      expect(storedBy(agent).length).toBeGreaterThan(10);
    }
  });

  it("knows all eight kinds, and refusals", () => {
    const kinds = new Set(bundles.flatMap(({ lineage }) => lineage.map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual([
      "abandonment",
      "admission",
      "attestation",
      "byzantine-event",
      "handoff",
      "membership-change",
      "outcome",
      "refusal",
      "round-transition",
    ]);
  });

  it("names who did what, and on what ground", () => {
    const [{ lineage }] = bundles as readonly [BundleDocument];
    const [handoff] = entriesOf(lineage, "handoff");
    expect(handoff).toMatchObject({ by: "acme", detail: { from: "acme", to: "bolt", object: "box 88" } });
    expect(handoff?.about).toHaveLength(2);
    expect(entriesOf(lineage, "membership-change")).toMatchObject(
      ["dune", "echo"].map((by) => ({ by, detail: { action: "left", role: "witness", from: 1 } })),
    );
    expect(entriesOf(lineage, "byzantine-event")[0]).toMatchObject({ by: "dune", detail: { code: "EQUIVOCATION" } });
    expect(entriesOf(lineage, "refusal")[0]).toMatchObject({ by: "crux", detail: { code: "SEAT_MISMATCH" } });
  });
});

/** Every entry from `from` on linked anew, as a forger would who wants the chain to hold. */
function relinked(entries: Entries, from: number): Entries {
  const linked = entries.slice(0, from);
  for (const entry of entries.slice(from))
    linked.push(linkEntry(entry, linked.length, linked[linked.length - 1]?.hash ?? LINEAGE_START));
  return linked;
}

type Tampering = (entries: Entries, at: number) => Entries;
const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  altered: (entries, at) => entries.map((entry, index) => (index === at ? { ...entry, at: entry.at + 1 } : entry)),
  deleted: (entries, at) => entries.filter((_, index) => index !== at),
  inserted: (entries, at) => [
    ...entries.slice(0, at),
    { ...(entries[at] as LinkedEntry), at: 1 },
    ...entries.slice(at),
  ],
  moved: (entries, at) => {
    const [moved, next] = [entries[at], entries[at + 1]] as [LinkedEntry, LinkedEntry];
    return next === undefined ? [...entries, moved] : [...entries.slice(0, at), next, moved, ...entries.slice(at + 2)];
  },
};

describe.each(Object.entries(TAMPERINGS))("an entry that is %s", (name, tamper) => {
  it.each(["as it is", "with everything after it linked anew"])("is named exactly, %s", async (how) => {
    for (const bundle of bundles) {
      const { length } = bundle.lineage;
      for (const at of [0, Math.floor(length / 2), length - 1]) {
        const touched = tamper(bundle.lineage, at);
        const lineage = how === "as it is" ? touched : relinked(touched, at);
        const { verdict, firstFailing } = await verifyBundle(bytesOf({ ...bundle, lineage }), { trust });
        const expected = name === "moved" && at === length - 1 ? length : at;
        const found = [verdict, firstFailing?.entry, firstFailing?.code];
        expect(found, `${name} ${at}`).toEqual(["failed", `lineage ${expected}`, "LINEAGE_ALTERED"]);
      }
    }
  });
});
