// `mesh check`: whether a party and its partners can reach each other, in both directions, before a ceremony depends on it.
import { recognisedIn } from "../../shared/evidence/trust-statement.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { fetchFrom } from "../agent-client.ts";
import { argument, readJsonFile, required, usage } from "../files.ts";
import { BusFault, type BusLogin, type BusReport, probeBus } from "../nats/probe.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn } from "../party/folder.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { timeText } from "../times.ts";

type Side = { readonly ok: boolean | null; readonly refusal: object | null };
type Row = {
  readonly partner: string;
  readonly publish: Side;
  /** When this party's agent last heard of the partner; null where it never did, or was not asked. */
  readonly lastHeard: string | null;
  readonly receive: Side;
  /** How far the partner's clock is ahead of this machine's, in seconds, to about one; null where its agent was not asked. */
  readonly clockSeconds: number | null;
  /** Whether its agent shows the root by which it is recognised; null where it was not asked. */
  readonly rootFits: boolean | null;
};

export const meshCheck: Command = {
  name: "mesh check",
  usage: "mesh check DIR --login FILE [--url URL] [--key KEY] [--agent NAME=URL]…",
  about:
    "whether this party and its partners reach each other over NATS, each way, and whether their clocks and keys fit",
  flags: {
    login: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    agent: { type: "string", multiple: true },
  },
  input: [
    "DIR      the party's folder",
    "--login  what the party's agent logs in with at NATS: NAME.login.json of the hub",
    "--url    one's own agent: whom it has heard, and when; with --key, or QUORATE_KEY",
    "--agent  a partner's agent: its clock, and the root it shows",
  ],
  example:
    "mesh check acme --login hub/acme.login.json --url http://127.0.0.1:8787 --agent bolt=https://agent.bolt.example",
  run: async (call) => {
    const party = readJsonFile(pathIn(argument(call, 0, "DIR"), "party")) as PartyDocument;
    const login = readJsonFile(required(call, "login")) as BusLogin;
    if (typeof login.NATS_URL !== "string") throw usage("--login takes the login file that party nats wrote");
    const agents = agentsIn(call, party);
    const names = party.partners.map(({ name }) => name);
    const bus = await probeBus(login, names, party.mesh).catch((error: unknown) => {
      if (!(error instanceof BusFault)) throw error;
      throw new Refused(error.fault, error.fault.code === "UNREACHABLE" ? EXIT.unreachable : EXIT.permission);
    });
    const heard = call.flags.url === undefined ? null : await heardBy(call);
    const rows = await Promise.all(party.partners.map((partner) => rowOf(partner, party, bus, heard, agents)));
    const ok = rows.every(({ publish, receive, rootFits }) => publish.ok && receive.ok !== false && rootFits !== false);
    const data = { ok, waiting: bus.inbox.waiting, partners: rows };
    return { exit: ok ? EXIT.yes : EXIT.no, data, text: rows.flatMap(told).join("\n") };
  },
};

type Heard = Readonly<Record<string, number>>;

async function heardBy(call: Call): Promise<Heard> {
  const { link } = (await fetchFrom(call, "/v1/health")) as { readonly link: { readonly lastHeardMs: Heard } };
  return link.lastHeardMs;
}

function agentsIn(call: Call, { partners }: PartyDocument): ReadonlyMap<string, string> {
  const given = (call.flags.agent as readonly string[] | undefined) ?? [];
  return new Map(
    given.map((pair) => {
      const [name = "", url = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (!partners.some((partner) => partner.name === name) || !URL.canParse(url))
        throw usage(`--agent takes NAME=URL of a partner, not ${pair}`);
      return [name, url] as const;
    }),
  );
}

async function rowOf(
  { name, account }: PartyDocument["partners"][number],
  party: PartyDocument,
  bus: BusReport,
  heard: Heard | null,
  agents: ReadonlyMap<string, string>,
): Promise<Row> {
  const at = heard?.[account];
  const url = agents.get(name);
  const met = url === undefined ? { clockSeconds: null, rootFits: null } : await meet(url, name, party);
  const inbox = sideOf(bus.inbox.fault);
  return {
    partner: name,
    publish: sideOf(bus.partners.get(name)?.fault ?? null),
    lastHeard: at === undefined ? null : new Date(at).toISOString(),
    // Never having been heard is no fault: it may have had nothing to say.
    receive: inbox.ok && heard !== null && at === undefined ? { ok: null, refusal: null } : inbox,
    ...met,
  };
}

const sideOf = (found: Fault | null): Side => ({ ok: found === null, refusal: found && describeRefusal(found) });

/** Asks a partner's agent for its card, which anyone may have, and reads the time from its answer. */
async function meet(
  url: string,
  name: string,
  { trust }: PartyDocument,
): Promise<Pick<Row, "clockSeconds" | "rootFits">> {
  try {
    const sentAt = Date.now();
    const answer = await fetch(new URL("/.well-known/quorate-party.json", url));
    const between = (sentAt + Date.now()) / 2;
    const theirs = Date.parse(answer.headers.get("date") ?? "");
    const { root } = (await answer.json()) as { readonly root?: string };
    const clockSeconds = Number.isNaN(theirs) ? null : Math.round((theirs + 500 - between) / 1_000);
    return { clockSeconds, rootFits: root !== undefined && recognisedIn(trust).roots.get(root) === name };
  } catch {
    return { clockSeconds: null, rootFits: null };
  }
}

function told({ partner, publish, receive, lastHeard, clockSeconds, rootFits }: Row): readonly string[] {
  const mark = ({ ok }: Side) => (ok === null ? "?" : ok ? "✓" : "✗");
  const parts = [
    `publish ${mark(publish)}`,
    `receive ${mark(receive)}`,
    lastHeard === null ? "not heard" : `heard ${timeText(Date.parse(lastHeard) * 1_000)}`,
    ...(clockSeconds === null ? [] : [`clock ${clockSeconds >= 0 ? "+" : ""}${clockSeconds} s`]),
    ...(rootFits === null ? [] : [rootFits ? "root fits" : "✗ shows another root"]),
  ];
  const whys = [publish, receive].flatMap(({ refusal }) => {
    const { code, why, do: remedy } = (refusal ?? {}) as Readonly<Record<string, string>>;
    return code === undefined ? [] : [`  ${code}`, `  why  ${why}`, `  do   ${remedy}`];
  });
  return [`${partner.padEnd(12)} ${parts.join("   ")}`, ...new Set(whys)];
}
