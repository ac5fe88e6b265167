// `delivery list|replay`: what was to be told to whom by webhooks, and telling again what nobody took.
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askJson } from "../../agent-client.ts";
import { numberIn, usage } from "../../files.ts";
import { pagesOf } from "../../online/pages.ts";
import { nextLine } from "../../online/show.ts";
import { type Call, type Command, EXIT, Refused } from "../../registry.ts";
import { shown } from "../../terminal.ts";

type Delivery = {
  readonly id: string;
  readonly owner: string;
  readonly event: string;
  readonly type: string;
  readonly ceremony: string;
  readonly status: string;
  readonly attempts: number;
  readonly dueMs: number | null;
};

/** Listed where no --limit says otherwise; and replayed by one command at most. */
const LISTED = 50;
const REPLAYED_MAX = 2_000;
const STATUSES = ["pending", "delivered", "dead"] as const;

export const deliveryList: Command = {
  name: "delivery list",
  usage: `delivery list [--status pending|delivered|dead] [--endpoint ENDPOINT] [--limit N] ${AGENT_USAGE}`,
  about: "what was to be told to whom by webhooks, the latest first; dead is what nobody took in ten tries",
  flags: { status: { type: "string" }, endpoint: { type: "string" }, limit: { type: "string" }, ...AGENT_FLAGS },
  input: ["--endpoint    of this endpoint alone, or of this source that waits for an answer", ...AGENT_INPUT],
  example: "delivery list --status dead --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const deliveries = await listed(agent, call, statusOf(call), numberIn(call, "limit", LISTED));
    const now = Date.now();
    const lines = deliveries.map(({ id, owner, type, ceremony, status, attempts, dueMs }) => {
      const next = dueMs === null ? "" : `, again in ${Math.max(0, Math.round((dueMs - now) / 1_000))} s`;
      return `${shown(id)}  ${shown(owner).padEnd(12)} ${shown(type)} of ${shown(ceremony.slice(0, 12))}  ${shown(status)}  ${attempts} tries${next}`;
    });
    const isDead = deliveries.some(({ status }) => status === "dead");
    const next = isDead ? [nextLine("delivery replay", "--dead", agent)] : [];
    const text = lines.length === 0 ? "nothing" : [...lines, ...next].join("\n");
    return { exit: EXIT.yes, data: { deliveries }, text };
  },
};

function statusOf({ flags: { status } }: Call): string | null {
  if (status === undefined) return null;
  if (STATUSES.some((known) => known === status)) return String(status);
  throw usage(`--status takes ${STATUSES.join(", ")}`);
}

function listed(agent: Agent, { flags }: Call, status: string | null, most: number): Promise<readonly Delivery[]> {
  const query = {
    ...(typeof flags.endpoint === "string" ? { endpoint: flags.endpoint } : {}),
    ...(status === null ? {} : { status }),
  };
  return pagesOf<Delivery>(agent, "/v1/deliveries", "deliveries", query, most);
}

export const deliveryReplay: Command = {
  name: "delivery replay",
  usage: `delivery replay (DELIVERY… | --dead [--endpoint ENDPOINT]) ${AGENT_USAGE}`,
  about: "tell again from the start, under the same event's id: receivers know what they have had",
  flags: { dead: { type: "boolean" }, endpoint: { type: "string" }, ...AGENT_FLAGS },
  input: [
    "DELIVERY      such as dlv_18, as delivery list shows it",
    "--dead        every one that is dead, oldest first",
    "what comes of it is seen with source attempts",
    ...AGENT_INPUT,
  ],
  example: "delivery replay --dead --endpoint erp --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    if ((call.args.length === 0) !== (call.flags.dead === true)) throw usage("either DELIVERY… or --dead is needed");
    const ids =
      call.args.length > 0
        ? call.args
        : (await listed(agent, call, "dead", REPLAYED_MAX)).map(({ id }) => id).reverse();
    const [replayed, missing]: [string[], string[]] = [[], []];
    for (const id of ids) ((await replay(agent, id)) ? replayed : missing).push(id);
    const lines = missing.map((id) => `${shown(id)}  there is no such delivery`);
    const text = [...lines, `${replayed.length} are tried again${replayed.length === 0 ? "" : " now"}`].join("\n");
    return { exit: missing.length === 0 ? EXIT.yes : EXIT.absent, data: { replayed, missing }, text };
  },
};

async function replay(agent: Agent, id: string): Promise<boolean> {
  try {
    await askJson(agent, `/v1/deliveries/${encodeURIComponent(id)}/replay`, { method: "POST" });
    return true;
  } catch (error) {
    if (error instanceof Refused && error.exit === EXIT.absent) return false;
    throw error;
  }
}
