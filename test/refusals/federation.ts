// Examples of refusals in coalitions and between meshes.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { configOf } from "../../durable/config.ts";
import type { AgentEnv } from "../../durable/env.ts";
import { faultOf, ingest } from "../../functions/ingest.ts";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { effectivePolicy } from "../../shared/coalition/effective.ts";
import { pinPolicy } from "../../shared/coalition/pinned.ts";
import { readPool } from "../../shared/coalition/pool.ts";
import { poolFrom } from "../../shared/coalition/signed.ts";
import { fellBack, readSource } from "../../shared/coalition/source.ts";
import { faultOfPart } from "../../shared/coalition/view.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { STATEMENTS_BYTES_MAX } from "../../shared/limits.ts";
import { CONNECTED } from "../../shared/mesh/disconnect.ts";
import { readScene } from "../../shared/mesh/documents/scene.ts";
import { checkDecision, pendingWith } from "../../shared/mesh/live/decision.ts";
import { governed } from "../../shared/mesh/live/governed.ts";
import { checkDeclarable, checkTogether, type Desk } from "../../shared/mesh/live/turn.ts";
import { reconcile } from "../../shared/mesh/reconcile.ts";
import { stopOf } from "../../shared/mesh/report.ts";
import { factDraft } from "../../shared/mesh/signed/draft.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { decodeOpening } from "../../shared/reconcile/message.ts";
import type { COALITION_REFUSALS } from "../../shared/refusals/coalition.ts";
import type { MESH_REFUSALS } from "../../shared/refusals/mesh.ts";
import type { Refusal, RefusalCode } from "../../shared/refusals.ts";
import { ok } from "../../shared/result.ts";
import { agentVariables } from "../support/agent-env.ts";
import { Nation } from "../support/coalition.ts";
import { refusedBy, run } from "../support/command.ts";
import {
  AGREEMENT,
  type Documents,
  fact,
  HOUR,
  MINUTE,
  office,
  plant,
  reconciled,
  refusalOf,
  sceneOf,
  sharedEvent,
  stocktaking,
  TRUE_START,
  trueClock,
} from "../support/meshes.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";
import type { Example, Examples } from "./example.ts";

const ANCHOR = { authority: "anchor", clauses: [{ id: "A1", effect: "permit", value: "night" }], admits: ["b-a"] };
const BEACON = {
  authority: "beacon",
  clauses: [{ id: "B1", effect: "permit", value: "drop", label: "secret" }],
  admits: [],
};
const B_A = { id: "b-a", from: "beacon", to: "anchor", terms: { secret: "secret" } };

/** What anchor does not take from a pool of these documents, at 100. */
function notTaken(code: RefusalCode, ...documents: readonly object[]): Example {
  return () => {
    const pool = readPool([ANCHOR, ...documents].map((document, index) => ({ name: `${index}.json`, document })));
    if (!pool.ok) return pool;
    const policy = effectivePolicy(pool.value, { home: "anchor", at: 100, operation: null });
    if (!policy.ok) return policy;
    const part = policy.value.refused.find((one) => one.code === code);
    return part && faultOfPart(part);
  };
}
const without = (terms: object, more: object = {}) => [
  { ...BEACON, version: 2 },
  { ...B_A, terms: { ...B_A.terms, ...terms }, ...more },
];

/** What is refused of statements that acme has signed. */
function notPooled(say: (acme: Nation) => readonly VerifiedObservation[]): Example {
  const [acme] = testParties(1) as readonly [Party];
  return () => poolFrom(say(new Nation(acme)), rootsOf([acme])).refused[0]?.fault;
}

const SOURCE = "https://bolt.example/pact.json";

/** What a pull from one source ends in. */
const pulled =
  (url: string): Example =>
  async () => {
    const { dir, remove } = scratchFolder("pull");
    const trust = writeTrustStatement("test-mesh", rootsOf(testParties(1)));
    const { data } = await run("coalition", "pull", url, "--pool", dir, "--trust", trust).finally(remove);
    return (data as { readonly sources: readonly Refusal[] }).sources[0];
  };

export const COALITION: Examples<typeof COALITION_REFUSALS> = {
  POOL_INVALID: () => readPool([{ name: "hello.json", document: { hello: 1 } }]),
  AUTHORITY_ABSENT: () => {
    const pool = readPool([{ name: "a.json", document: ANCHOR }]);
    return pool.ok ? effectivePolicy(pool.value, { home: "zephyr", at: 100, operation: null }) : pool;
  },
  TRANSLATION_MISSING: notTaken("TRANSLATION_MISSING", BEACON),
  TRANSLATION_REVOKED: notTaken("TRANSLATION_REVOKED", BEACON, B_A, { revokes: "b-a", by: "beacon", after: 50 }),
  TRANSLATION_EXPIRED: notTaken("TRANSLATION_EXPIRED", BEACON, { ...B_A, expires: 99 }),
  TRANSLATION_OUT_OF_SCOPE: notTaken("TRANSLATION_OUT_OF_SCOPE", BEACON, { ...B_A, scope: "harvest" }),
  TRANSLATION_CONTRADICTORY: notTaken(
    "TRANSLATION_CONTRADICTORY",
    { ...ANCHOR, version: 2, admits: ["b-a", "b-a2"] },
    BEACON,
    B_A,
    { ...B_A, id: "b-a2", terms: { ...B_A.terms, drop: "fall" } },
  ),
  TRANSLATION_DROPPED: notTaken("TRANSLATION_DROPPED", ...without({ drop: { as: null, loss: "dropped" } })),
  TRANSLATION_AMBIGUOUS: notTaken("TRANSLATION_AMBIGUOUS", ...without({ drop: { as: "fall", loss: "ambiguous" } })),
  LABEL_WITHOUT_IMAGE: notTaken("LABEL_WITHOUT_IMAGE", BEACON, { ...B_A, terms: {} }),
  REVOCATION_WITHOUT_STANDING: notTaken("REVOCATION_WITHOUT_STANDING", BEACON, B_A, {
    revokes: "b-a",
    by: "cutter",
    after: 50,
  }),
  POLICY_FUTURE: notTaken("POLICY_FUTURE", { ...BEACON, issued: 101 }),
  POLICY_EXPIRED: notTaken("POLICY_EXPIRED", { ...BEACON, expires: 100 }),
  POLICY_STALE: notTaken("POLICY_STALE", { ...BEACON, refreshBy: 99 }),
  POLICY_STAGED: notTaken("POLICY_STAGED", { ...ANCHOR, version: 2, staging: 60 }, { ...BEACON, issued: 50 }),
  POLICY_OUT_OF_SCOPE: notTaken("POLICY_OUT_OF_SCOPE", { ...BEACON, scope: { partner: "cutter" } }),
  POLICY_NOT_OWN: notPooled((acme) => [acme.sign("coalition-policy", { authority: "bolt", clauses: [], admits: [] })]),
  POLICY_WITHHELD: notPooled((acme) => [acme.policy([], [], {}, 3)]),
  POLICY_NUMBER_AHEAD: notPooled((acme) => [acme.policy([], [], {}, Number.MAX_SAFE_INTEGER)]),
  SOURCE_ROLLED_BACK: () => fellBack(SOURCE, new Map([["bolt", 5]]), new Map([["bolt", 4]])),
  SOURCE_UNREADABLE: () => readSource(new TextEncoder().encode('{"format":'), SOURCE),
  SOURCE_TOO_LARGE: () => readSource(new Uint8Array(STATEMENTS_BYTES_MAX + 1), SOURCE),
  SOURCE_SILENT: pulled("http://127.0.0.1:9/pact.json"),
  POLICY_NUMBER_TWICE: notPooled((acme) => [acme.policy([], [], {}, 1), acme.policy([], ["b-a"], {}, 1)]),
  POLICY_SUPERSEDED: notTaken("POLICY_SUPERSEDED", BEACON, { ...BEACON, version: 0 }),
  POLICY_FORKED: notTaken("POLICY_FORKED", BEACON, { ...BEACON, clauses: [] }),
};

type Changes = { readonly [key: string]: Json };

/** Why nothing is reconciled under a changed agreement. */
const agreed =
  (changes: Changes): Example =>
  () =>
    refusalOf({ ...stocktaking(2, 0), agreement: { ...AGREEMENT, ...changes }, at: TRUE_START });

/** Why a fact, or a translator, is left aside. */
function aside(code: RefusalCode, documents: Partial<Documents>): Example {
  return () => {
    const base = {
      agreement: AGREEMENT,
      ours: plant([fact("mine", { subject: "theirs" })]),
      theirs: office([fact("theirs")]),
    };
    const { unusable, views } = reconciled({ ...base, ...documents });
    return [...unusable, ...views.flatMap(({ refused }) => refused)].find(({ fault }) => fault.code === code)?.fault;
  };
}
const classed = (classes: Changes, theirs: Changes): Partial<Documents> => ({
  agreement: { ...AGREEMENT, classes: { stock: "sharable", ...classes } },
  theirs: office([fact("theirs"), fact("other", theirs)]),
});

const TRANSLATOR = { id: "tr-1", from: "office", to: "plant", authorities: { clerk: { as: "ops", tierCap: 2 } } };
const translated = (translator: Changes, more: readonly Json[] = [], theirs: Changes = {}): Partial<Documents> => ({
  agreement: {
    ...AGREEMENT,
    classes: { stock: { disposition: "translation-only", losses: ["narrowed"] } },
    divergenceLimit: { num: 2, den: 1 },
  },
  theirs: { ...office([fact("theirs", { value: "shut" })]), ...theirs },
  translators: [{ ...TRANSLATOR, ...translator }, ...more],
});

const shared = [0, MINUTE].map((moment) =>
  sharedEvent(TRUE_START + moment, trueClock, trueClock),
) as unknown as readonly {
  readonly from: Json;
  readonly to: Json;
}[];
const aligned =
  (changes: Changes): Example =>
  () =>
    refusalOf({
      ...stocktaking(2, 0),
      at: TRUE_START + HOUR,
      alignment: { id: "al-7", from: "plant-clock", to: "office-clock", shared, ...changes },
    });

/** Why a fact of a mesh that comes under a subject goes no further. */
async function onRoad(topic: string, road: "queue" | "nats" = "queue", mesh = "test-mesh") {
  const parties = testParties(3);
  const [party] = parties as readonly [Party, ...Party[]];
  const config = configOf(agentVariables(party, parties));
  if (!config.ok) return config;
  const author = authorFor({ ...config.value.identity, mesh });
  const { frame } = author(
    factDraft("valve", "open", { at: [TRUE_START, TRUE_START], head: { sequence: 0, prev: null } }),
  );
  const account = road === "nats" ? (config.value.party.partners[0]?.account ?? null) : null;
  const none = async () => ({ frames: [], upTo: 0, version: "0/0", agreements: [], authority: [] });
  const submit = async () => ok([]);
  const empty = { getByName: () => ({ keepRefused: none, revocations: none, grounds: none, submit }) };
  const env = { DIRECTORY: empty, MESH: empty } as unknown as AgentEnv;
  const [answer] = await ingest(env, config.value, [{ road, account, topic, frame }]);
  return answer === undefined ? null : faultOf(answer);
}

const APART: Desk = {
  mesh: "plant",
  links: new Map([
    [
      "office",
      {
        ...CONNECTED,
        mode: "disconnected",
        by: {
          id: "d-1",
          authority: "plant/board",
          from: 0,
          until: null,
          condition: "the audit is over",
          reason: "regulatory",
          forbidden: [],
        },
      },
    ],
  ]),
};

export const MESH_EXAMPLES: Partial<Examples<typeof MESH_REFUSALS>> = {
  AGREEMENT_MESH: agreed({ id: "ag-1", meshes: ["plant", "depot"] }),
  AGREEMENT_NOT_YET: agreed({ id: "ag-1", notBefore: TRUE_START + HOUR }),
  AGREEMENT_EXPIRED: agreed({ id: "ag-1", notAfter: TRUE_START - HOUR }),
  AGREEMENT_SUSPENDED: agreed({ id: "ag-1", suspendedBy: ["office"] }),
  AGREEMENT_TERMINATED: agreed({ id: "ag-1", terminatedBy: ["plant"] }),
  CLASS_EXCLUDED: aside("CLASS_EXCLUDED", classed({ secret: "excluded" }, { class: "secret" })),
  IMPORT_PROHIBITED: () => {
    const theirs = office([fact("theirs")]);
    const scene = sceneOf({ agreement: AGREEMENT, ours: plant([]), theirs, at: TRUE_START });
    const result = reconcile(scene);
    const clauses = [{ id: "A2", effect: "prohibit", value: "stock" }];
    const pool = readPool([{ name: "a.json", document: { ...ANCHOR, clauses } }]);
    const pinned = pool.ok ? pinPolicy({ pool: pool.value }, { home: "anchor", at: 100, operation: null }) : pool;
    if (!result.ok || !pinned.ok) return null;
    return governed(scene, result.value, "plant", pinned.value).view.refused[0]?.fault;
  },
  DIRECTION_DENIED: aside(
    "DIRECTION_DENIED",
    classed({ orders: { disposition: "sharable", from: ["plant"] } }, { class: "orders" }),
  ),
  ONWARD_DENIED: aside("ONWARD_DENIED", classed({}, { origin: "depot" })),
  TRANSLATION_LOSS_REFUSED: aside(
    "TRANSLATION_LOSS_REFUSED",
    translated({ terms: { shut: { as: "closed", loss: "widened" } } }),
  ),
  TRANSLATION_LOSS_UNDECLARED: aside(
    "TRANSLATION_LOSS_UNDECLARED",
    translated({ terms: { shut: { as: "closed" }, stuck: { as: "closed" } } }),
  ),
  TRANSLATOR_TWICE: aside("TRANSLATOR_TWICE", translated({}, [TRANSLATOR])),
  TRANSLATOR_TAXONOMY: aside("TRANSLATOR_TAXONOMY", translated({ taxonomies: { from: "v1" } }, [], { taxonomy: "v2" })),
  ALIGNMENT_FRAMES: aligned({ to: "depot-clock" }),
  ALIGNMENT_EXPIRED: aligned({ expires: TRUE_START }),
  ALIGNMENT_INSUFFICIENT: aligned({ shared: shared.slice(0, 1) as unknown as Json }),
  ALIGNMENT_CONTRADICTORY: aligned({
    shared: [
      { from: shared[0]?.from as Json, to: shared[1]?.to as Json },
      { from: shared[1]?.from as Json, to: shared[0]?.to as Json },
    ],
  }),
  FACT_CORRUPT: aside("FACT_CORRUPT", {
    ours: plant([fact("forged"), fact("mine", { subject: "theirs" })]),
    theirs: office([fact("forged", { value: 2 }), fact("theirs")]),
  }),
  LINEAGE_CYCLE: aside("LINEAGE_CYCLE", { theirs: office([fact("theirs"), fact("self", { sources: ["self"] })]) }),
  DIVERGENCE_OVER_LIMIT: () => stopOf(reconciled(stocktaking(100, 35))),
  DIVERGENCE_INCOMPARABLE: () =>
    stopOf(reconciled({ agreement: AGREEMENT, ours: plant([fact("a")]), theirs: office([fact("b")]) })),
  AGREEMENT_AWAITED: () => onRoad("test-mesh.facts", "nats", "office"),
  MESH_STATEMENT: () => onRoad("test-mesh.0"),
  MESH_ABSENT: () => onRoad("nowhere.facts"),
  MESH_APART: () => checkTogether(APART, "office", "reconcile"),
  DISCONNECTION_DECLINED: () => checkDeclarable("return", "connected", "office"),
  MERGE_NOT_PENDING: () => pendingWith("office", []),
  MERGE_UNDECIDED: () => checkDecision({ ceremony: "c-1", phase: "closing" } as CeremonyView, "d-1"),
  SET_MESSAGE_MALFORMED: () => decodeOpening(new Uint8Array(3)),
  MESH_DOCUMENT_INVALID: () =>
    readScene({ ...stocktaking(1, 0), agreement: { meshes: 7 }, translators: [], alignment: null, at: null } as never),
  MESH_DOCUMENT_UNSIGNED: () =>
    refusedBy("mesh", "reconcile", "--agreement", AGREEMENT, "--ours", plant([]), "--theirs", office([])),
};
