// Three nations in one operation, each under its own policy and what it recognises of the others'. One leaves in the middle by a single signed
// revocation: from then on its word counts for nothing in what runs, the other two finish, and what it decided before stands.
import { parseBase64 } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import type { Preview } from "../../shared/ceremony/preview.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { HomeChange } from "../../shared/coalition/plan.ts";
import { SEEN_TYPE } from "../../shared/coalition/seen.ts";
import type { ShownPolicy } from "../../shared/coalition/shown.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { LocalAgent } from "../stack/agent.ts";
import type { MeshPlan } from "../stack/mesh-plan.ts";
import { type Cast, cast, examined, partiesOf } from "./cast.ts";
import { declare, holds, statementsOf } from "./mesh-desk.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

const PACT: MeshPlan = {
  mesh: "pact",
  frame: "utc",
  clockOffsetMs: 0,
  class: "policy",
  members: ["acme", "bolt", "crux"],
};
const OPERATION = "lantern";
/** From a revocation's arrival at a partner until the operation there goes by it, at most. */
const ENFORCED_WITHIN_MS = 1_000;

const permit = (id: string, value: string, label: string | null = null) => ({ id, effect: "permit", value, label });
const prohibit = (id: string, value: string) => ({ id, effect: "prohibit", value, label: null });

/** Each nation's own clauses, and what its words and labels are in the words of each partner. */
const NATIONS = {
  acme: {
    clauses: [permit("A1", "escort", "ACME RESTRICTED"), prohibit("A2", "loiter")],
    into: { bolt: { "ACME RESTRICTED": "BOLT CLOSED" }, crux: { "ACME RESTRICTED": "CRUX RESTREINT" } },
  },
  bolt: { clauses: [permit("B1", "refuel"), permit("B2", "loiter")], into: { acme: {}, crux: {} } },
  crux: {
    clauses: [permit("C1", "survol", "CRUX RESTREINT"), prohibit("C2", "refuel"), permit("C3", "remorquer")],
    // No image of its label for bolt: what bears it does not go there.
    into: {
      acme: { survol: "overfly", remorquer: "tow", "CRUX RESTREINT": "ACME RESTRICTED" },
      bolt: { survol: "overfly", remorquer: "tow" },
    },
  },
} as const;
type Nation = keyof typeof NATIONS;
const NAMES = Object.keys(NATIONS) as readonly Nation[];

/** What must hold at each, while all three are in and once the third has left. */
const TOGETHER: { readonly [N in Nation]: readonly string[] } = {
  acme: ["A1 permit escort", "A2 prohibit loiter", "C1 permit overfly", "C2 prohibit refuel", "C3 permit tow"],
  bolt: ["A1 permit escort", "B1 permit refuel", "B2 permit loiter", "C3 permit tow"],
  crux: ["A1 permit escort", "A2 prohibit loiter", "C1 permit survol", "C2 prohibit refuel", "C3 permit remorquer"],
};
const APART: { readonly [N in Nation]: readonly string[] } = {
  acme: ["A1 permit escort", "A2 prohibit loiter", "B1 permit refuel"],
  bolt: ["A1 permit escort", "B1 permit refuel", "B2 permit loiter"],
  crux: ["C1 permit survol", "C2 prohibit refuel", "C3 permit remorquer"],
};

const policyAt = (agent: LocalAgent) =>
  agent.json<ShownPolicy>(`/v1/meshes/${PACT.mesh}/coalition?operation=${OPERATION}`);

const inWords = ({ clauses }: ShownPolicy) => clauses.map(({ id, effect, value }) => `${id} ${effect} ${value}`);
const isAs = (policy: ShownPolicy, expected: readonly string[]) => inWords(policy).join() === expected.join();

async function coalition(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "member", "member", "member");
  const [acme, bolt, crux] = roles.map(([agent]) => agent) as [LocalAgent, LocalAgent, LocalAgent];
  await distribute(stage);
  await showPolicies(stage, roles);
  await prohibited(stage, acme, roles);
  await open(stage, acme, roles, "a first task, with all three");
  for (const [agent] of roles) await stage.contribute(agent, { choice: "approve" }, "approves");
  const [before] = await stage.agreed(45, [acme, bolt, crux]);
  const earlier = stage.ceremony;
  await open(stage, acme, roles, "a second task");
  await stage.until("all know the call", 20, async () =>
    (await stage.views([acme, bolt, crux])).every(({ policy }) => policy !== null),
  );
  await leave(stage, crux, [acme, bolt]);
  const word = await stage.contribute(crux, { choice: "approve" }, "approves all the same");
  await stage.until(`the others hold what ${crux.name} said`, 20, async () =>
    (await Promise.all([acme, bolt].map((agent) => stage.explain(agent, word)))).every((found) => found !== null),
  );
  for (const agent of [acme, bolt]) await stage.contribute(agent, { choice: "approve" }, "approves");
  const views = await stage.agreed(45, [acme, bolt]);
  for (const agent of [acme, bolt]) {
    const { verification, state } = await examined(stage, agent);
    const struck = state?.ending?.record.excluded.find(({ id }) => id === word);
    stage.check(
      `the evidence of ${agent.name} passes, and leaves out what ${crux.name} said since (${struck?.code})`,
      verification.verdict === "passed" && struck?.code === "TRANSLATION_REVOKED",
    );
  }
  await stillStands(stage, crux, earlier, before?.outcome?.digest);
  return views;
}

async function open(stage: Stage, opener: LocalAgent, roles: Cast, title: string): Promise<void> {
  await stage.open(opener, {
    pattern: "coalition-mesh",
    title: `Operation ${OPERATION}: ${title}`,
    parties: partiesOf(roles),
    under: { mesh: PACT.mesh, operation: OPERATION, matters: ["escort"] },
  });
}

/** What the opener's effective policy prohibits is not even asked. */
async function prohibited(stage: Stage, opener: LocalAgent, roles: Cast): Promise<void> {
  const answer = await opener.post<{ code?: string; why?: string }>("/v1/ceremonies", {
    pattern: "coalition-mesh",
    title: `Operation ${OPERATION}: refuelling`,
    parties: partiesOf(roles),
    under: { mesh: PACT.mesh, operation: OPERATION, matters: ["refuel"] },
  });
  stage.check(
    `${opener.name} opens nothing about refuelling: ${answer.why}`,
    answer.code === "MATTER_PROHIBITED" && answer.why?.includes("C2 of crux") === true,
  );
}

/** Everyone signs its own policy and its own translators, and no one else's. */
async function distribute(stage: Stage): Promise<void> {
  for (const name of NAMES) {
    const { clauses, into } = NATIONS[name];
    const admits = NAMES.filter((other) => other !== name).map((other) => `${other}/to-${name}`);
    const say = (number: number, type: string, document: Json) =>
      declare(stage.stack.agent(name), PACT.mesh, `coalition-${type}`, { number, document });
    await say(1, "policy", { authority: name, clauses, admits });
    for (const [at, [to, terms]] of Object.entries(into).entries())
      await say(at + 2, "translator", { id: `${name}/to-${to}`, from: name, to, signer: name, terms });
  }
  for (const name of NAMES) {
    await holds(stage, stage.stack.agent(name), PACT.mesh, "coalition-policy", 3);
    await holds(stage, stage.stack.agent(name), PACT.mesh, "coalition-translator", 6);
  }
  stage.say(`${NAMES.join(", ")}  each signs its own policy, and a translator into the words of each partner`);
}

async function showPolicies(stage: Stage, roles: Cast): Promise<void> {
  const policies = await Promise.all(roles.map(([agent]) => policyAt(agent)));
  for (const policy of policies) {
    stage.say(`${policy.home}  ${inWords(policy).join(", ")}`);
    stage.check(
      `${policy.home} has its own effective policy of ${policy.clauses.length} clauses`,
      isAs(policy, TOGETHER[policy.home as Nation]),
    );
  }
  const [ours, theirs] = policies as [ShownPolicy, ShownPolicy];
  stage.check("no two have the same one", new Set(policies.map(({ digest }) => digest)).size === policies.length);
  stage.check(
    "acme lists the clause that lost to a partner's prohibition, and bolt the one whose label has no image there",
    ours.conflicts.some(({ losers, rule }) => rule === "prohibition" && losers.some(({ id }) => id === "B1")) &&
      theirs.refused.some(({ id, code }) => id === "C1" && code === "LABEL_WITHOUT_IMAGE"),
  );
}

type Plan = { readonly homes: readonly HomeChange[]; readonly ceremonies: readonly Preview[] };
type Withdrawn = {
  readonly withdrawals: readonly {
    readonly id: string;
    readonly seen: number;
    readonly ceremonies: readonly { readonly ceremony: string; readonly verdict: string }[];
  }[];
};

/** One signed object; what it touches is known before, and is what happens. */
async function leave(stage: Stage, leaver: LocalAgent, partners: readonly LocalAgent[]): Promise<void> {
  const before = await Promise.all(partners.map((agent) => statementsOf(agent, PACT.mesh)));
  const policies = await Promise.all(partners.map(policyAt));
  const plan = await leaver.json<Plan>(`/v1/meshes/${PACT.mesh}/coalition/plan?revokes=*`);
  const touched = plan.ceremonies.map(({ seats }) => seats.map(({ authority }) => authority).join());
  stage.check(
    `the preview names the running task, and ${leaver.name}'s seat in it`,
    plan.ceremonies[0]?.ceremony === stage.ceremony && touched.join(" ") === leaver.name,
  );
  const after = Date.now() * 1_000;
  const document = { revokes: "*", by: leaver.name, after };
  await declare(leaver, PACT.mesh, "coalition-revocation", { document });
  stage.say(`${leaver.name}  leaves: it revokes its translators, all with one statement`);
  const waits = await Promise.all(partners.map((agent) => enforcedAt(stage, agent)));
  const enforced = Math.max(...waits.map(({ enforcedMs }) => enforcedMs));
  Object.assign(stage.measured, {
    enforcedMs: enforced,
    leftMs: Math.max(...waits.map(({ at }) => Math.ceil((at - after) / 1_000))),
  });
  stage.check(
    `at each partner the running task goes by it ${enforced} ms after its arrival at most`,
    enforced <= ENFORCED_WITHIN_MS,
  );
  for (const [at, agent] of partners.entries()) {
    const policy = await policyAt(agent);
    const lost = policies[at]?.clauses.filter(({ id }) => !policy.clauses.some((one) => one.id === id));
    const planned = plan.homes.find(({ home }) => home === agent.name)?.lost.map(({ id }) => id);
    stage.say(`${agent.name}  ${inWords(policy).join(", ")}`);
    stage.check(
      `nothing of ${leaver.name} holds at ${agent.name}, which lost what the preview said: ${planned?.join(", ")}`,
      isAs(policy, APART[agent.name as Nation]) && lost?.map(({ id }) => id).join() === planned?.join(),
    );
    const added = (await statementsOf(agent, PACT.mesh)).frames.filter((one) => !before[at]?.frames.includes(one));
    const changing = added.filter((frame) => !isWordOfSeeing(frame));
    stage.check(
      `one statement is new at ${agent.name} beside who has seen it, and nothing else`,
      changing.length === 1,
    );
  }
  stage.check(`${leaver.name} keeps its own clauses alone`, isAs(await policyAt(leaver), APART[leaver.name as Nation]));
}

function isWordOfSeeing(frame: string): boolean {
  const parsed = parseObservation(parseBase64(frame) ?? new Uint8Array());
  const body = parsed.ok ? parsed.value.observation.body : null;
  return body?.kind === "declaration" && body.type === SEEN_TYPE;
}

/** When a partner first saw the revocation, and when it stood in the running task there; instants in microseconds. */
async function enforcedAt(
  stage: Stage,
  agent: LocalAgent,
): Promise<{ readonly at: number; readonly enforcedMs: number }> {
  let entry: LinkedEntry | undefined;
  await stage.until(`the task at ${agent.name} goes by what was revoked`, 20, async () => {
    const { lineage } = await agent.json<{ lineage: readonly LinkedEntry[] }>(
      `/v1/ceremonies/${stage.ceremony}/lineage`,
    );
    entry = lineage.find(
      ({ kind, detail }) => kind === "admission" && detail.kind === "notice" && detail.revokes === "*",
    );
    return entry !== undefined;
  });
  const { withdrawals } = await agent.json<Withdrawn>(`/v1/meshes/${PACT.mesh}/coalition/withdrawals`);
  const [seen, at] = [withdrawals[0]?.seen ?? 0, entry?.at ?? Number.MAX_SAFE_INTEGER];
  return { at, enforcedMs: Math.max(0, Math.ceil((at - seen) / 1_000)) };
}

/** What the leaver decided with the others before verifies as it did, by its own evidence. */
async function stillStands(
  stage: Stage,
  leaver: LocalAgent,
  earlier: string,
  digest: string | undefined,
): Promise<void> {
  const later = stage.ceremony;
  stage.ceremony = earlier;
  const { verification } = await examined(stage, leaver);
  stage.ceremony = later;
  stage.check(
    `what ${leaver.name} decided with the others before still verifies, and is what it was`,
    verification.verdict === "passed" && verification.outcome?.digest === digest,
  );
}

export const COALITION: Scenario = {
  name: "coalition",
  title: "three nations, three effective policies from one pool; one leaves mid-operation, and the other two finish",
  parties: 3,
  least: 3,
  closesIn: 25,
  expiresIn: 90,
  endsAs: ["final"],
  setting: () => ({ meshes: [PACT] }),
  run: coalition,
};
