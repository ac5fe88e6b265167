// From ship to terminal to rail to truck: four ceremonies in four vocabularies, each handed on as a file with all that it rests on. An
// auditor with the last leg's file alone walks back to the first shipper; at every instant there is one custodian.
import { beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { custodyLine, lastOf } from "../../../shared/composition/custody-line.ts";
import { writeDossier } from "../../../shared/composition/dossier.ts";
import { type DossierVerification, verifyDossier } from "../../../shared/composition/verify.ts";
import { walkBack } from "../../../shared/composition/walk.ts";
import { custodianAt } from "../../../shared/handoff/custody.ts";
import { CUSTODY_CHAIN } from "../../../shared/policy/patterns/custody-chain.ts";
import { type BundleDocument, bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { type Network, SECOND, START } from "../../support/network.ts";
import { testParty } from "../../support/parties.ts";
import { perform } from "../../support/performances.ts";

/** Carrier, its vocabulary, and what it calls a box that is in order. */
const CARRIERS = [
  ["ship", "sea/4", "sound"],
  ["terminal", "terminal/1", "ok"],
  ["rail", "rail/2", "A1"],
  ["truck", "road/7", "good"],
  ["shop", "retail/3", "accepted"],
] as const;
type Carrier = (typeof CARRIERS)[number];
const LEGS = [0, 1, 2, 3] as const;
const trust = trustIn([...CARRIERS.map(([name]) => name), "port"].map(testParty));

/** One leg, from one carrier to the next, with whatever the release cites. */
function leg(at: number, prior: { ceremony: string; digest: string } | null, accepts = true): Network {
  const [from, vocabulary, word] = CARRIERS[at] as Carrier;
  const [to, theirs, image] = CARRIERS[at + 1] as Carrier;
  const release = {
    id: "r",
    to,
    object: "MSKU 7",
    vocabulary,
    state: { condition: word },
    ...(prior === null ? {} : { prior }),
  };
  const translation = { id: `port ${at}`, from: vocabulary, to: theirs, terms: { [word]: { as: image } } };
  const accept = { release: "r", object: "MSKU 7", vocabulary: theirs, state: { condition: image } };
  const lines = [
    `${from}: ${JSON.stringify({ release })}`,
    `port: ${JSON.stringify({ translation })}`,
    ...(accepts ? [`${to}: ${JSON.stringify({ accept })}`] : []),
  ];
  const parties = `${from}:holder ${to}:receiver port:translator`;
  return perform({
    document: CUSTODY_CHAIN,
    parties,
    rounds: [lines.join("\n")],
    startsAt: START + at * 3_600 * SECOND,
  });
}

const citing = ({ agents: [agent] }: Network) => ({
  ceremony: agent?.state.ceremony as string,
  digest: agent?.state.ending?.digest as string,
});
const bundleFrom = (net: Network) => bundleOf(net.agents[0] as (typeof net.agents)[number], []);

let nets: readonly Network[];
let verified: DossierVerification;

beforeAll(async () => {
  const done: Network[] = [];
  for (const at of LEGS) {
    const before = done.at(-1);
    done.push(leg(at, before === undefined ? null : citing(before)));
  }
  nets = done;
  verified = await verify(nets);
});

/** The last file: its own bundle, and those that came with the goods. */
const verify = (some: readonly Network[], more: readonly BundleDocument[] = []) =>
  verifyDossier(bytesOf(writeDossier([...some.map(bundleFrom), ...more] as unknown as Json[])), trust);

describe("an auditor with the last leg's file", () => {
  it("verifies all four legs, and walks back to the first shipper across four vocabularies", () => {
    expect([verified.verdict, verified.network]).toEqual(["passed", 0]);
    const last = lastOf(verified.ceremonies) as string;
    expect(last).toBe(citing(nets[3] as Network).ceremony);
    expect(walkBack(verified.ceremonies, last)).toHaveLength(4);
    const line = custodyLine(verified.ceremonies, last, "MSKU 7");
    if (!line.ok) throw new Error(line.fault.code);
    expect(line.value.first).toBe("ship");
    expect(line.value.transfers.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      "ship > terminal",
      "terminal > rail",
      "rail > truck",
      "truck > shop",
    ]);
    const values = verified.ceremonies.map(({ verification }) => verification.outcome?.value ?? null);
    const legs = (values as unknown as { legs: Json[] }[]).flatMap((value) => value.legs);
    expect(legs).toMatchObject(
      LEGS.map((at) => ({ vocabularies: [CARRIERS[at][1], CARRIERS[at + 1]?.[1]], translator: "port" })),
    );
  });

  it("is told of exactly one custodian at every instant", () => {
    const line = custodyLine(verified.ceremonies, lastOf(verified.ceremonies) as string, "MSKU 7");
    if (!line.ok) throw new Error(line.fault.code);
    const { first, transfers } = line.value;
    const custodians: string[] = [];
    for (let at = START - SECOND; at < START + 5 * 3_600 * SECOND; at += 600 * SECOND)
      custodians.push(custodianAt(first, transfers, at).custodian);
    expect([...new Set(custodians)]).toEqual(CARRIERS.map(([name]) => name));
    for (const { at, from, to } of transfers)
      expect([at - 1, at].map((instant) => custodianAt(first, transfers, instant).custodian)).toEqual([from, to]);
  });

  it("cannot tell where a leg in between is missing, and finds a carrier that never had it", async () => {
    const gap = await verify(nets.filter((_, at) => at !== 1));
    expect(gap).toMatchObject({ verdict: "indeterminate", firstFailing: { code: "CITATION_MISSING" } });
    const thief = leg(2, citing(nets[0] as Network));
    const stolen = await verify([nets[0] as Network, thief]);
    expect(stolen).toMatchObject({ verdict: "failed", firstFailing: { code: "CITATION_FALSE" } });
  });
});

describe("a leg that nobody accepts", () => {
  it("leaves custody where it was, with a record of it", async () => {
    const dropped = leg(1, citing(nets[0] as Network), false);
    const { verdict, ceremonies } = await verify([nets[0] as Network, dropped]);
    const line = custodyLine(ceremonies, lastOf(ceremonies) as string, "MSKU 7");
    expect([verdict, line.ok && line.value.transfers.at(-1)?.to]).toEqual(["passed", "terminal"]);
    expect(dropped.agents[0]?.state.ending?.record).toMatchObject({ status: "abandoned", cause: "ACCEPTANCE_MISSING" });
  });
});
