// Examples of refusals about webhooks: sources and their documents, endpoints, and what is kept. The agent runs in this process.
import { ENDPOINTS_MAX } from "../../durable/hook-endpoints.ts";
import { toBase64 } from "../../shared/bytes.ts";
import type { EDGE_REFUSALS } from "../../shared/refusals/edge.ts";
import { signSource } from "../../shared/source/statement.ts";
import * as sender from "../functions/hooks/senders.ts";
import { type AgentHere, agentHere, KEYED } from "../support/agent-here.ts";
import { testParties } from "../support/parties.ts";
import type { Example, Examples } from "./example.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [(typeof parties)[number], (typeof parties)[number]];
const SOURCE = {
  id: "gh",
  scheme: "github",
  event: "deployment",
  pattern: "approval",
  parties: [{ authority: "acme", role: "approver", power: 1 }],
};
const SAYS = {
  id: "erp",
  scheme: "standard",
  event: "checked",
  attest: { ceremony: "payload.order", content: { choice: '"approve"' } },
};
const PAIR = {
  ...SOURCE,
  scheme: "ed25519",
  signature: { header: "X-Signature", prefix: "", encoding: "hex", time: null, event: "type", delivery: null },
};
const PUBLIC_KEY = "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb";
const AT = 1_800_000_000_000_000;

function send(agent: AgentHere, path: string, body: object | string): Promise<Response> {
  const headers = { ...KEYED, "content-type": "application/json" };
  return agent.request(path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
}

const add = (agent: AgentHere, document: object, at = AT, signer = acme.root, secret: string | null = null) =>
  send(agent, "/v1/sources", { frame: toBase64(signSource(JSON.stringify(document), acme.mesh, at, signer)), secret });

/** What is answered last, at an agent of its own. */
const at =
  (...steps: readonly ((agent: AgentHere) => Promise<Response>)[]): Example =>
  async () => {
    const agent = agentHere(acme, parties, {});
    let answer: Response | undefined;
    for (const step of steps) answer = await step(agent);
    return answer;
  };

const endpoint =
  (id: string, url = "https://hooks.example.com/") =>
  (agent: AgentHere) =>
    send(agent, "/v1/endpoints", { id, url });

type OfHooks = Pick<
  typeof EDGE_REFUSALS,
  | "HOOK_BODY_GONE"
  | "HOOK_TARGET_REFUSED"
  | "HOOK_EXISTS"
  | "HOOKS_FULL"
  | "HOOK_UNSIGNABLE"
  | "SOURCE_PAUSED"
  | "SOURCE_INVALID"
  | "SOURCE_SIGNER"
  | "SOURCE_OLDER"
  | "ATTEST_UNPLACED"
>;

/** A paused source's own sender, whose signature fits. */
async function sendWhilePaused(agent: AgentHere): Promise<Response> {
  const { secret } = (await (await add(agent, SOURCE)).json()) as { readonly secret: string };
  await send(agent, "/v1/sources/gh/pause", {});
  const body = sender.utf8(JSON.stringify({ deployment: { ref: "main" }, repository: { full_name: "a/b" } }));
  const headers = {
    ...sender.github(body, secret).headers,
    "X-GitHub-Event": "deployment",
    "X-GitHub-Delivery": "d-1",
  };
  return agent.request("/hooks/gh", { method: "POST", headers, body: Uint8Array.from(body) });
}

export const HOOKS: Examples<OfHooks> = {
  SOURCE_PAUSED: at(sendWhilePaused),
  HOOK_BODY_GONE: at(
    (agent) => add(agent, SOURCE),
    (agent) => send(agent, "/hooks/gh", "{}"),
    (agent) => send(agent, "/v1/sources/gh/requests/req_1/replay", {}),
  ),
  HOOK_TARGET_REFUSED: at(endpoint("erp", "https://169.254.169.254/latest/meta-data/")),
  HOOK_EXISTS: at(endpoint("erp"), endpoint("erp")),
  HOOKS_FULL: at(...Array.from({ length: ENDPOINTS_MAX + 1 }, (_, n) => endpoint(`e${n}`))),
  HOOK_UNSIGNABLE: at(
    (agent) => add(agent, PAIR, AT, acme.root, PUBLIC_KEY),
    (agent) => send(agent, "/v1/sources/gh/trigger", "{}"),
  ),
  SOURCE_INVALID: at((agent) => add(agent, { ...SOURCE, event: "star" })),
  SOURCE_SIGNER: at((agent) => add(agent, SOURCE, AT, bolt.root)),
  SOURCE_OLDER: at(
    (agent) => add(agent, SOURCE),
    (agent) => add(agent, SOURCE, AT - 1),
  ),
  ATTEST_UNPLACED: at(
    (agent) => add(agent, SAYS),
    (agent) => send(agent, "/v1/sources/erp/trigger", { type: "checked", order: "A-7" }),
  ),
};
