// A purchase in four ceremonies: an auction, an approval with a board's vote nested in it, and custody of what was bought. Each stage is
// abandoned in turn and has the effect that the composition declares; from the last file one walks back to the bids that lost.
import { beforeAll, describe, expect, it } from "vitest";
import { type Json, toJson } from "../../../shared/cbor/json.ts";
import type { CborMap, CborValue } from "../../../shared/cbor/value.ts";
import { type PinnedComposition, readComposition } from "../../../shared/composition/document.ts";
import { writeDossier } from "../../../shared/composition/dossier.ts";
import { partSubject } from "../../../shared/composition/part.ts";
import { type Ending, progressOf } from "../../../shared/composition/progress.ts";
import { COMPOSITION_DECLARATION, verifyDossier } from "../../../shared/composition/verify.ts";
import { walkBack } from "../../../shared/composition/walk.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { PinnedPolicy } from "../../../shared/policy/policy.ts";
import { type BundleDocument, bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { START } from "../../support/network.ts";
import { testParty } from "../../support/parties.ts";
import { type Performance, patternNamed, perform, pinnedWith } from "../../support/performances.ts";

type Stage = Omit<Performance, "document"> & { readonly pattern: string };
const OPEN_AUCTION = { sealed: false, "outcome.direction": "lowest" } as const;
const bids = `bolt: {"bid":{"amount":90}}\ncrux: {"bid":{"amount":70}}\ndune: {"bid":{"amount":80}}`;
const votes = (...words: string[]) =>
  ["ann", "ben", "cid"].map((name, at) => `${name}: {"choice":"${words[at]}"}`).join("\n");
const approvals = (acme: string, echo: string, flux: string) =>
  [`acme: ${acme}`, `echo: {"choice":"${echo}"}`, `flux: {"choice":"${flux}"}`].join("\n");

/** What each part is when all goes well; `board` stands for the certificate that acme passes on. */
const STAGES: Readonly<Record<string, Stage>> = {
  award: {
    pattern: "auction",
    set: OPEN_AUCTION,
    parties: "acme:buyer bolt:bidder crux:bidder dune:bidder",
    rounds: [bids],
  },
  board: {
    pattern: "quorum",
    parties: "ann:voter ben:voter cid:voter",
    rounds: [votes("approve", "approve", "reject")],
  },
  panel: {
    pattern: "consensus",
    parties: "ann:decider ben:decider cid:decider",
    rounds: [votes("approve", "approve", "approve")],
  },
  approval: {
    pattern: "approval",
    parties: "acme:approver echo:approver flux:approver",
    rounds: [approvals("BOARD", "approve", "abstain")],
  },
  cancellation: {
    pattern: "consensus",
    parties: "acme:decider crux:decider echo:decider",
    rounds: [`acme: {"choice":"approve"}\ncrux: {"choice":"approve"}\necho: {"choice":"approve"}`],
  },
  custody: {
    pattern: "custody-chain",
    parties: "crux:holder acme:receiver echo:witness",
    rounds: [
      `crux: {"release":{"id":"r","to":"acme","object":"pump 7"}}\nacme: {"accept":{"release":"r","object":"pump 7"}}`,
    ],
  },
};

const policies = new Map<string, PinnedPolicy>();
for (const [name, { pattern, set }] of Object.entries(STAGES))
  policies.set(name, pinnedWith(patternNamed(pattern), set));
const of = (name: string) => policies.get(name)?.hash as string;
const PURCHASE = {
  format: 1,
  id: "purchase",
  title: "Purchase of a pump",
  parts: {
    award: { policy: of("award") },
    board: {
      policy: of("board"),
      after: ["award"],
      nested: { part: "approval", role: "approver" },
      abandoned: { do: "fallback", part: "panel" },
    },
    panel: {
      policy: of("panel"),
      after: ["award"],
      nested: { part: "approval", role: "approver" },
      abandoned: { do: "proceed" },
    },
    approval: {
      policy: of("approval"),
      after: ["award"],
      carries: { from: "award", holder: null, role: null, fields: ["winners.0.party", "winners.0.price"] },
      abandoned: { do: "compensate", part: "cancellation" },
    },
    cancellation: { policy: of("cancellation"), after: ["award"], abandoned: { do: "proceed" } },
    custody: {
      policy: of("custody"),
      after: ["approval"],
      carries: { from: "award", holder: "winners.0.party", role: "holder", fields: [] },
    },
  },
  outcome: "custody",
};

function read(document: unknown): PinnedComposition {
  const pinned = readComposition(document);
  if (!pinned.ok) throw new Error(JSON.stringify(pinned.fault));
  return pinned.value;
}
const pinned = read(PURCHASE);

type Played = { readonly endings: Map<string, Ending>; readonly bundles: BundleDocument[] };

/** Performs parts in this order, each called as the composition has it; `changes` replaces what is said in some of them. */
function play(order: readonly string[], changes: Readonly<Record<string, Partial<Stage>>> = {}): Played {
  const endings = new Map<string, Ending>();
  const bundles: BundleDocument[] = [];
  for (const name of order) {
    const subject = partSubject(pinned, endings, name);
    if (!subject.ok) throw new Error(`${name}: ${subject.fault.code}`);
    const { pattern, rounds, ...stage } = { ...(STAGES[name] as Stage), ...changes[name] };
    const said = rounds.map((lines) => lines.replace("BOARD", certificateOf(endings)));
    const net = perform({ document: patternNamed(pattern), ...stage, rounds: said, subject: subject.value });
    const [{ state }] = net.agents as readonly [(typeof net.agents)[number]];
    if (state.ending === null) throw new Error(`${name} has not ended`);
    const { record, digest } = state.ending;
    endings.set(name, { ...record, digest, closedAt: state.rounds.at(-1)?.closesAt ?? 0 });
    bundles.push(bundleOf(net.agents[0] as (typeof net.agents)[number], []));
  }
  return { endings, bundles };
}

/** Acme's approval, on the certificate of its board, or of the panel that stands in for it. */
function certificateOf(endings: ReadonlyMap<string, Ending>): string {
  const board = ["board", "panel"].map((name) => endings.get(name)).find((ending) => ending?.status === "decided");
  if (board === undefined) return `{"choice":"abstain"}`;
  return `{"choice":"approve","certificate":{"ceremony":"${board.ceremony}","digest":"${board.digest}"}}`;
}

const names = ["acme", "bolt", "crux", "dune", "echo", "flux", "ann", "ben", "cid"];
const trust = trustIn(names.map(testParty));

/** Acme signs the composition by its hash. */
function declaration(hash: string): Uint8Array {
  const body = {
    kind: "declaration",
    type: COMPOSITION_DECLARATION,
    content: new Map([["composition", hash]]),
  } as const;
  return authorFor(testParty("acme").identity)({
    ceremony: null,
    round: null,
    slot: { seat: null, attempt: null, item: null },
    at: [START, START],
    timeToLive: 86_400_000_000,
    lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
    body,
  }).frame;
}

const check = (bundles: readonly BundleDocument[], document: unknown = PURCHASE, hash = pinned.hash) =>
  verifyDossier(bytesOf(writeDossier(bundles as unknown as Json[], document as Json, [declaration(hash)])), trust);
const ALL = ["award", "board", "approval", "custody"];
let whole: Played;

beforeAll(() => {
  whole = play(ALL);
});

describe("a purchase", () => {
  it("comes to the outcome of its last part, with a record that names every part's", async () => {
    const { verdict, progress, firstFailing } = await check(whole.bundles);
    expect([verdict, progress?.whole.is], JSON.stringify(firstFailing)).toEqual(["passed", "decided"]);
    expect(toJson(progress?.whole.value ?? null)).toMatchObject({ custodian: "acme", complete: true });
    expect([...(progress?.parts ?? [])].filter(([, state]) => state === "decided").map(([name]) => name)).toEqual(ALL);
    expect(progress?.parts.get("panel")).toBe("dropped");
    expect(progress?.whole.digest).toBe(progressOf(pinned, whole.endings).whole.digest);
  });

  it("is walked back from custody to the bids that lost", async () => {
    const { ceremonies } = await check(whole.bundles);
    const steps = walkBack(ceremonies, ceremonies.find(({ part }) => part === "custody")?.ceremony as string);
    expect(steps.map(({ part }) => part)).toEqual(["custody", "approval", "award", "board"]);
    expect(steps[2]?.statements.map(({ by }) => by).sort()).toEqual(["bolt", "crux", "dune"]);
  });

  it("opens no part before what it waits for has its certificate", () => {
    for (const name of ["approval", "custody", "panel"])
      expect(partSubject(pinned, new Map(), name)).toMatchObject({ fault: { code: "PART_NOT_DUE" } });
    expect(partSubject(pinned, whole.endings, "panel")).toMatchObject({ fault: { code: "PART_NOT_DUE" } });
    const carried = (partSubject(pinned, whole.endings, "approval") as { value: CborMap }).value.get("carried");
    expect(toJson(carried as CborValue)).toEqual({ "winners.0.party": "crux", "winners.0.price": 70 });
  });
});

describe("a stage that is abandoned", () => {
  it("ends the whole, where the composition says so", async () => {
    const played = play(["award"], { award: { rounds: [""] } });
    const { verdict, progress } = await check(played.bundles);
    expect([verdict, progress?.whole.is, progress?.whole.cause]).toEqual(["passed", "abandoned", "award"]);
    expect(progress?.parts.get("custody")).toBe("dropped");
  });

  it("is replaced by another part, whose certificate then counts", async () => {
    const split = { board: { rounds: [votes("approve", "reject", "abstain")] } };
    const { verdict, progress, firstFailing } = await check(
      play(["award", "board", "panel", "approval", "custody"], split).bundles,
    );
    expect([verdict, progress?.whole.is], JSON.stringify(firstFailing)).toEqual(["passed", "decided"]);
    expect(progress?.parts.get("board")).toBe("replaced");
  });

  it("is undone by the part that compensates, and the whole is abandoned", async () => {
    const refused = { approval: { rounds: [approvals("BOARD", "abstain", "abstain")] } };
    const open = play(["award", "board", "approval"], refused);
    expect((await check(open.bundles)).progress?.whole).toMatchObject({ is: "open", cause: "approval" });
    const { progress } = await check(play(["award", "board", "approval", "cancellation"], refused).bundles);
    expect(progress?.whole).toMatchObject({ is: "abandoned", cause: "approval", compensated: "cancellation" });
  });

  it("at the end leaves custody where it was, and the whole abandoned", async () => {
    const refused = { custody: { rounds: [`crux: {"release":{"id":"r","to":"acme","object":"pump 7"}}`] } };
    const { progress, ceremonies } = await check(play(ALL, refused).bundles);
    expect(progress?.whole).toMatchObject({ is: "abandoned", cause: "custody" });
    expect(toJson(ceremonies.at(-1)?.state.ending?.record.value ?? null)).toMatchObject({
      custodian: "crux",
      legs: [],
    });
  });
});

describe("a dossier", () => {
  it("cannot tell where a ceremony that is cited is missing, or nobody signs the composition", async () => {
    const without = whole.bundles.slice(1);
    expect(await check(without)).toMatchObject({
      verdict: "indeterminate",
      firstFailing: { code: "CITATION_MISSING" },
    });
    const unsigned = await check(whole.bundles, PURCHASE, "0".repeat(64));
    expect(unsigned).toMatchObject({ verdict: "indeterminate", firstFailing: { code: "COMPOSITION_UNSIGNED" } });
  });

  it("fails where a choice is not the one that its certificate gives", async () => {
    const turned = { board: { rounds: [votes("reject", "reject", "reject")] } };
    const { verdict, firstFailing } = await check(play(ALL.slice(0, 3), turned).bundles);
    expect([verdict, firstFailing?.code]).toEqual(["failed", "CITATION_FALSE"]);
  });

  it("fails where another than the winner hands over, or another auction stands in for the one that was held", async () => {
    const usurped = {
      custody: {
        parties: "bolt:holder acme:receiver echo:witness",
        rounds: [(STAGES.custody as Stage).rounds[0]?.replace("crux", "bolt") as string],
      },
    };
    const { verdict, firstFailing } = await check(play(ALL, usurped).bundles);
    expect([verdict, firstFailing?.code]).toEqual(["failed", "PART_MISMATCH"]);
    const other = play(["award"], { award: { rounds: [bids.replace("70", "95")] } });
    const swapped = await check([other.bundles[0] as BundleDocument, ...whole.bundles.slice(1)]);
    expect(swapped.verdict).not.toBe("passed");
  });

  it("fails where a part ran under another policy than the composition names", async () => {
    const { verdict, firstFailing } = await check(play(ALL, { approval: { set: { "outcome.threshold": 1 } } }).bundles);
    expect([verdict, firstFailing?.code]).toEqual(["failed", "PART_MISMATCH"]);
  });
});
