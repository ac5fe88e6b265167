// Three nations in one operation, each under its own policy and what it recognises of the others'. One leaves in the middle: a single signed
// revocation takes its translators, its root takes its word in the operation, and the other two finish.
import { parseCredential } from "../../shared/authority/credential.ts";
import { issueStatement } from "../../shared/authority/statement.ts";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { openPool } from "../../shared/coalition/open.ts";
import { planRevocation } from "../../shared/coalition/plan.ts";
import { SEEN_TYPE } from "../../shared/coalition/seen.ts";
import type { ShownPolicy } from "../../shared/coalition/shown.ts";
import type { SignedPool } from "../../shared/coalition/signed.ts";
import { openTrust, writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { LocalAgent } from "../stack/agent.ts";
import type { MeshPlan } from "../stack/mesh-plan.ts";
import { type Party, rootsOf } from "../stack/party.ts";
import { type Cast, cast, examined, partiesOf } from "./cast.ts";
import { declare, holds, statementsOf, viewOf } from "./mesh-desk.ts";
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
/** From a revocation's arrival at a partner until nothing of the leaver's holds there, at most. */
const GONE_WITHIN_MS = 1_000;

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
  const began = Date.now() * 1_000;
  const roles = cast(stage, "member", "member", "member");
  const [acme, bolt, crux] = roles.map(([agent]) => agent) as [LocalAgent, LocalAgent, LocalAgent];
  await distribute(stage);
  const named = await showPolicies(stage, roles);
  await stage.open(acme, {
    pattern: "coalition-mesh",
    title: `Operation ${OPERATION}`,
    parties: partiesOf(roles),
    subject: { operation: OPERATION, policy: named.digest },
  });
  const word = await stage.contribute(crux, { choice: "approve" }, "approves, still in");
  await stage.until(`the others hold what ${crux.name} said`, 20, async () =>
    (await Promise.all([acme, bolt].map((agent) => stage.explain(agent, word)))).every((found) => found !== null),
  );
  await leave(stage, crux, [acme, bolt]);
  await withdraw(stage, crux, began, [acme, bolt]);
  for (const agent of [acme, bolt]) await stage.contribute(agent, { choice: "approve" }, "approves");
  const views = await stage.agreed(45, [acme, bolt]);
  for (const agent of [acme, bolt]) {
    const { verification, state } = await examined(stage, agent);
    const struck = state?.ending?.record.excluded.find(({ id }) => id === word);
    stage.check(
      `the evidence of ${agent.name} passes, and leaves out what ${crux.name} had said (${struck?.code})`,
      verification.verdict === "passed" && struck?.code === "CREDENTIAL_REVOKED",
    );
  }
  return views;
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

/** The opener's policy, which the operation is under. */
async function showPolicies(stage: Stage, roles: Cast): Promise<ShownPolicy> {
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
  return ours;
}

/** What a party holds of the pact, through the door. */
async function poolOf({ stack }: Stage, agent: LocalAgent): Promise<SignedPool> {
  const { frames } = await statementsOf(agent, PACT.mesh);
  const trust = await openTrust(writeTrustStatement(PACT.mesh, rootsOf(stack.parties)), []);
  if (!trust.ok) throw new Error(trust.fault.code);
  return openPool(
    frames.map((frame) => parseBase64(frame) ?? new Uint8Array()),
    PACT.mesh,
    trust.value,
  );
}

/** One signed object; what it touches is known before, and is what happens. */
async function leave(stage: Stage, leaver: LocalAgent, partners: readonly LocalAgent[]): Promise<void> {
  const before = await Promise.all(partners.map((agent) => statementsOf(agent, PACT.mesh)));
  const policies = await Promise.all(partners.map(policyAt));
  const { pool } = await poolOf(stage, leaver);
  const after = Date.now() * 1_000;
  const plan = planRevocation(pool, { revokes: "*", by: leaver.name, after, scope: null, cut: [] }, after, OPERATION);
  if (!plan.ok) throw new Error(plan.fault.code);
  const document = { revokes: "*", by: leaver.name, after };
  await declare(leaver, PACT.mesh, "coalition-revocation", { document });
  stage.say(`${leaver.name}  leaves: it revokes its translators, all with one statement`);
  const waits = await Promise.all(partners.map((agent) => goneAt(stage, agent, leaver.name)));
  for (const [at, agent] of partners.entries()) {
    const policy = await policyAt(agent);
    const lost = policies[at]?.clauses.filter(({ id }) => !policy.clauses.some((one) => one.id === id));
    const planned = plan.value.homes.find(({ home }) => home === agent.name)?.lost.map(({ id }) => id);
    const wait = waits[at] as number;
    stage.say(`${agent.name}  ${inWords(policy).join(", ")} (at most ${Math.ceil(wait)} ms after it arrived)`);
    stage.check(
      `within a second of its arrival nothing of ${leaver.name} holds at ${agent.name}`,
      wait <= GONE_WITHIN_MS && isAs(policy, APART[agent.name as Nation]),
    );
    stage.check(
      `${agent.name} lost what the preview said: ${planned?.join(", ")}`,
      lost?.map(({ id }) => id).join() === planned?.join(),
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

/** Milliseconds from the last look at which the revocation had not arrived to the first at which no clause of the leaver's held. */
async function goneAt(stage: Stage, agent: LocalAgent, leaver: string): Promise<number> {
  let without = performance.now();
  let isHere = false;
  await stage.until(`nothing of ${leaver} holds at ${agent.name}`, 20, async () => {
    const asked = performance.now();
    isHere ||= ((await viewOf(agent, PACT.mesh)).held["coalition-revocation"] ?? 0) > 0;
    if (!isHere) without = asked;
    return isHere && (await policyAt(agent)).clauses.every(({ from }) => from !== leaver);
  });
  return performance.now() - without;
}

/** The leaver's root takes back the credential under which its agent spoke in the operation, from the operation's beginning on. */
async function withdraw(
  stage: Stage,
  leaver: LocalAgent,
  from: number,
  partners: readonly LocalAgent[],
): Promise<void> {
  const { root, mesh, identity } = stage.stack.parties.find(({ name }) => name === leaver.name) as Party;
  const credential = parseCredential(identity.credentials[0] as Uint8Array);
  if (!credential.ok) throw new Error(credential.fault.code);
  const body = { credential: credential.value.id, from, at: Date.now() * 1_000, cut: [], reason: "left the coalition" };
  const frame = issueStatement({ kind: "revocation", version: 1, mesh, ...body }, root);
  const told = await leaver.post<{ told?: number; code?: string }>("/v1/revocations", { revocation: toBase64(frame) });
  if (told.told === undefined) throw new Error(`it could not be revoked: ${told.code ?? "no answer"}`);
  stage.say(`${leaver.name}  takes back its credential; ${told.told} partners are told`);
  await stage.until("the operation of each partner has the notice", 20, async () =>
    (await Promise.all(partners.map((agent) => hasNotice(stage, agent)))).every(Boolean),
  );
}

async function hasNotice({ ceremony }: Stage, agent: LocalAgent): Promise<boolean> {
  const { lineage } = await agent.json<{ lineage: readonly LinkedEntry[] }>(`/v1/ceremonies/${ceremony}/lineage`);
  return lineage.some(({ detail }) => detail.kind === "notice" && "revokes" in detail);
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
