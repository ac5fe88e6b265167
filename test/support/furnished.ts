// Three agents in this process that have lived a little: ceremonies decided, waiting, apart and hostile, and a coalition with a translator.
import { type AgentHere, KEYED } from "./agent-here.ts";
import { type AgentsHere, agentsHere } from "./agents-here.ts";
import { MESH } from "./parties.ts";

/** Markup, a reversed name, a bell, an imitated word, a script's address, a formula and a terminal escape. */
export const HOSTILE = `"><script>document.title='owned'</script><img src=x onerror=alert(1)> {{7*7}} \u202Egnp.exe \u0007 p\u0430ypal javascript:alert(1) =HYPERLINK("http://evil.example") \u001b[2J`;

export type Furnished = {
  readonly here: AgentsHere;
  readonly acme: AgentHere;
  readonly bolt: AgentHere;
  readonly crux: AgentHere;
  /** Decided, and known by all to be the same. */
  readonly decided: string;
  /** Decided by two of three, the third unheard. */
  readonly unheard: string;
  readonly waiting: string;
  readonly hostile: string;
  /** A contribution to the hostile one. */
  readonly said: string;
  /** A fact in the mesh with a hostile value. */
  readonly fact: string;
  /** A webhook that nobody signed. */
  readonly request: string;
};

const SOURCE = {
  id: "gh",
  scheme: "github",
  event: "deployment",
  action: null,
  pattern: "approval",
  set: [],
  parties: [{ authority: "acme", role: "approver", power: 1 }],
  closesIn: null,
  expiresIn: null,
};

/** A close without one of the electors is over in a second. */
const QUICK = ["witnessTimeout", "attemptTimeout", "statusInterval"].map((name) => ({
  path: `timing.${name}`,
  value: 250_000,
}));

export async function furnish(): Promise<Furnished> {
  const here = agentsHere(3, { sources: [SOURCE] });
  const [acme, bolt, crux] = here.agents as readonly [AgentHere, AgentHere, AgentHere];
  const parties = here.names.map((authority) => ({ authority, role: "decider", power: 1 }));
  const open = (title: string, more: object = {}) => here.open({ pattern: "consensus", title, parties, ...more });
  const view = (agent: AgentHere, id: string) => agent.ceremony(id).view();

  const decided = await open("Release 2.4 to production", { subject: { release: "2.4" } });
  for (const agent of here.agents) await here.attest(agent, decided, { choice: "approve", reason: "tests are green" });
  await here.until("all know the same", async () =>
    (await Promise.all(here.agents.map((agent) => view(agent, decided)))).every(
      ({ agreement }) => agreement.same === 3,
    ),
  );

  const approvers = here.names.map((authority) => ({ authority, role: "approver", power: 1 }));
  const unheard = await here.open({ pattern: "approval", title: "Without crux", parties: approvers, set: QUICK });
  here.apart.add("crux");
  for (const agent of [acme, bolt]) await here.attest(agent, unheard, { choice: "approve" });
  await here.until("two have ended", async () => (await view(acme, unheard)).agreement.same === 2);

  const waiting = await open("Custody: pallet 88", { subject: { pallet: 88 } });
  const hostile = await open(HOSTILE, { subject: { note: HOSTILE, long: "x".repeat(10_000) } });
  for (const id of [waiting, hostile]) {
    await here.attest(bolt, id, { choice: "approve", reason: HOSTILE });
    await here.until("bolt is heard", async () =>
      (await view(acme, id)).parties.some((seat) => seat.contribution !== null),
    );
  }
  await coalesce(here, acme, bolt);
  const seats = (await view(acme, hostile)).parties;
  const said = seats.flatMap(({ contribution }) => contribution ?? [])[0] as string;
  return { here, acme, bolt, crux, decided, unheard, waiting, hostile, said, ...(await filled(acme)) };
}

/** A fact, a webhook that nobody signed, and somebody to tell. */
async function filled(agent: AgentHere): Promise<{ readonly fact: string; readonly request: string }> {
  const { ids } = await posted<{ ids: readonly string[] }>(agent, `/v1/meshes/${MESH}/facts`, {
    subject: "depot/fuel",
    value: HOSTILE,
  });
  const headers = {
    "x-github-event": `"><script>x</script>`,
    "x-github-delivery": `' onmouseover='x`,
    "user-agent": "{{7*7}}",
  };
  await agent.request("/hooks/gh", { method: "POST", headers, body: "{}" });
  await posted(agent, "/v1/endpoints", { id: "crm", url: `http://127.0.0.1:9/"><script>x</script>` });
  const all = { source: "gh", status: null, sinceMs: 0, before: null, after: null, limit: 1 };
  const [request] = await agent.hooks().requests(all);
  return { fact: ids[0] as string, request: request?.id ?? "" };
}

async function posted<T>(agent: AgentHere, path: string, body: object): Promise<T> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const answer = await agent.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json() as Promise<T>;
}

async function coalesce(here: AgentsHere, acme: AgentHere, bolt: AgentHere): Promise<void> {
  const permit = (id: string) => ({ id, effect: "permit", value: HOSTILE });
  await declare(acme, "policy", { authority: "acme", clauses: [permit("A1")], admits: ["bolt/to-acme"] });
  await declare(bolt, "policy", { authority: "bolt", clauses: [permit("B1")], admits: [] });
  await declare(bolt, "translator", { id: "bolt/to-acme", from: "bolt", to: "acme", signer: "bolt", terms: {} });
  await here.until("acme holds bolt's translator", async () => {
    const shown = await acme.env.MESH.getByName(MESH).translators();
    return shown.ok && shown.value.length > 0;
  });
}

function declare(agent: AgentHere, type: string, document: object): Promise<unknown> {
  return posted(agent, `/v1/meshes/${MESH}/declarations`, { type: `coalition-${type}`, content: { document } });
}

/** Every kind of page of a furnished agent. */
export function pagesOf({ decided, unheard, waiting, hostile, said, fact, request }: Furnished): readonly string[] {
  return [
    "/",
    "/ceremonies",
    "/ceremonies?status=final&pattern=consensus&partner=bolt&mine=opened",
    ...[decided, unheard, waiting, hostile].map((id) => `/c/${id}`),
    `/c/${hostile}/live`,
    `/c/${decided}/certificate`,
    `/c/${decided}/policy`,
    `/c/${hostile}/sign`,
    `/c/${hostile}/o/${said}`,
    `/o/${hostile}`,
    "/policies",
    "/policies/pattern:approval",
    "/policies/compare?a=pattern:approval&b=pattern:consensus",
    `/policies/simulate?policy=ceremony:${decided}&from=${decided}`,
    "/mesh",
    `/mesh/${MESH}`,
    `/mesh/${MESH}/facts/${fact}`,
    `/mesh/${MESH}/revoke?translator=bolt/to-acme`,
    `/mesh/${MESH}/divergence?with=elsewhere`,
    "/exchange",
    `/exchange/${MESH}`,
    "/sources",
    "/sources/gh",
    `/sources/gh/requests/${request}`,
    "/sources/told",
    "/keys",
    "/health",
    "/verify",
    "/e/MUTE",
    "/login",
    "/docs",
  ];
}
