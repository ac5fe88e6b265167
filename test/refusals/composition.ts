// Examples of compositions that cannot work, of ceremonies that are not the part they say, and of dossiers that do not hold together.
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { composeCall } from "../../shared/ceremony/compose-call.ts";
import { custodyLine } from "../../shared/composition/custody-line.ts";
import { type PinnedComposition, readComposition } from "../../shared/composition/document.ts";
import { parseDossier, writeDossier } from "../../shared/composition/dossier.ts";
import { partSubject } from "../../shared/composition/part.ts";
import type { Ending } from "../../shared/composition/progress.ts";
import { COMPOSITION_DECLARATION, verifyDossier } from "../../shared/composition/verify.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { COMPOSITION_REFUSALS } from "../../shared/refusals/composition.ts";
import { type BundleDocument, bundleOf, bytesOf, trustIn } from "../support/evidence.ts";
import { type Agent, START } from "../support/network.ts";
import { seatsFor, testParties, testParty } from "../support/parties.ts";
import { patternNamed, perform, pinnedWith } from "../support/performances.ts";
import { idOf } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

const POLICY = idOf("a policy");
const read = (parts: object) => readComposition({ format: 1, id: "x", title: "x", parts, outcome: "a" });
const chain = (depth: number) =>
  Object.fromEntries(
    Array.from({ length: depth + 1 }, (_, at) => [
      `a${at || ""}`,
      { policy: POLICY, ...(at === 0 ? {} : { nested: { part: `a${at - 1 || ""}`, role: "voter" } }) },
    ]),
  );

/** A board votes; its certificate is what acme says in an approval, after which there is a sequel. */
const STAGES = {
  board: { pattern: "quorum", parties: "ann:voter ben:voter cid:voter" },
  approval: { pattern: "approval", parties: "acme:approver echo:approver flux:approver" },
  sequel: { pattern: "consensus", parties: "acme:decider echo:decider flux:decider" },
} as const;
type Part = keyof typeof STAGES;
const hashOf = (name: Part) => pinnedWith(patternNamed(STAGES[name].pattern)).hash;
const document = () => ({
  format: 1,
  id: "purchase",
  title: "Purchase",
  parts: {
    board: { policy: hashOf("board"), nested: { part: "approval", role: "approver" } },
    approval: { policy: hashOf("approval") },
    sequel: { policy: hashOf("sequel"), after: ["approval"] },
  },
  outcome: "sequel",
});

function pinned(): PinnedComposition {
  const composition = readComposition(document());
  if (!composition.ok) throw new Error(JSON.stringify(composition.fault));
  return composition.value;
}

/** The board says `word`, acme passes it on as an approval, under a policy with these settings. */
function played(word: string, set: Readonly<Record<string, Json>> = {}): readonly BundleDocument[] {
  const [composition, endings] = [pinned(), new Map<string, Ending>()];
  const stage = (name: Part, lines: readonly string[], settings = {}) => {
    const subject = partSubject(composition, endings, name);
    if (!subject.ok) throw new Error(subject.fault.code);
    const { pattern, parties } = STAGES[name];
    const rounds = [lines.join("\n")];
    const net = perform({ document: patternNamed(pattern), set: settings, parties, rounds, subject: subject.value });
    const [agent] = net.agents as readonly [Agent];
    const { record, digest } = agent.state.ending as NonNullable<Agent["state"]["ending"]>;
    endings.set(name, { ...record, digest, closedAt: START });
    return bundleOf(agent, []);
  };
  const board = stage(
    "board",
    ["ann", "ben", "cid"].map((name) => `${name}: {"choice":"${word}"}`),
  );
  const { ceremony, digest } = endings.get("board") as Ending;
  const certificate = JSON.stringify({ ceremony, digest });
  const lines = [
    `acme: {"choice":"approve","certificate":${certificate}}`,
    `echo: {"choice":"approve"}`,
    `flux: {"choice":"approve"}`,
  ];
  return [board, stage("approval", lines, set)];
}

const trust = trustIn(["acme", "echo", "flux", "ann", "ben", "cid"].map(testParty));

/** What the verifier stops at in a dossier of these, whose composition acme signed by this hash. */
const verified =
  (bundles: () => readonly BundleDocument[], hash = () => pinned().hash): Example =>
  async () => {
    const content = new Map([["composition", hash()]]) as CborMap;
    const declared = authorFor(testParty("acme").identity)({
      ceremony: null,
      round: null,
      slot: { seat: null, attempt: null, item: null },
      at: [START, START],
      timeToLive: 86_400_000_000,
      lineage: { sequence: 0, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "declaration", type: COMPOSITION_DECLARATION, content },
    });
    const dossier = writeDossier(bundles() as unknown as Json[], document() as unknown as Json, [declared.frame]);
    const { firstFailing } = await verifyDossier(bytesOf(dossier), trust);
    return firstFailing && { code: firstFailing.code, detail: firstFailing.detail };
  };

/** A call by itself, under a policy that serves others only. */
const alone: Example = () => {
  const policy = pinnedWith(patternNamed("approval"), { standalone: false });
  const parties = testParties(3);
  const subject = fromJson(null);
  const plan = {
    title: "Release 2.4",
    policy,
    subject: subject.ok ? subject.value : null,
    seats: seatsFor(parties, "approver"),
    opensAt: START,
    closesAt: null,
    expiresAt: null,
    nonce: new Uint8Array(16),
  };
  return composeCall(plan, authorFor((parties[0] as (typeof parties)[number]).identity));
};

export const COMPOSITION: Examples<typeof COMPOSITION_REFUSALS> = {
  COMPOSITION_INVALID: () => read({ a: { policy: POLICY, after: ["b"] } }),
  COMPOSITION_CIRCLE: () => read({ a: { policy: POLICY, after: ["b"] }, b: { policy: POLICY, after: ["a"] } }),
  COMPOSITION_DEPTH: () => read(chain(5)),
  COMPOSITION_UNSIGNED: verified(
    () => played("approve"),
    () => idOf("another composition"),
  ),
  PART_NOT_DUE: () => partSubject(pinned(), new Map(), "sequel"),
  PART_MISMATCH: verified(() => played("approve", { "outcome.threshold": 2 })),
  POLICY_PART: alone,
  CITATION_MISSING: verified(() => played("approve").slice(1)),
  CITATION_FALSE: verified(() => played("reject")),
  DOSSIER_FORMAT: () => parseDossier(bytesOf({ hello: "world" })),
};

export const CUSTODY_NONE: Example = () => custodyLine([], idOf("a ceremony"), null);
