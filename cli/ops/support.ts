// What a helper needs to know of an agent, and nothing else: of every answer only the fields that are named here are taken, so that no title,
// subject, payload, body, key or secret can be among them, whatever an agent answers.
import project from "../../package.json" with { type: "json" };
import { REFUSALS, type Refusal } from "../../shared/refusals.ts";
import { type Agent, askAgent, askJson } from "../agent-client.ts";
import { Refused } from "../registry.ts";

export const SUPPORT_FORMAT = "quorate-support/1";

/** An answer's parts by path, or the code with which it was refused. */
type Part = Readonly<Record<string, unknown>> | { readonly refused: string };
export type Gathered = {
  readonly format: typeof SUPPORT_FORMAT;
  readonly gatheredAt: string;
  readonly here: { readonly quorate: string; readonly node: string; readonly platform: string };
  readonly parts: Readonly<Record<string, Part>>;
};

type Take = (document: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** What is asked, and what is kept of it; the card first, since an agent that does not answer that answers nothing. */
const ASKED: Readonly<Record<string, { readonly path: string; readonly take: Take }>> = {
  card: {
    path: "/.well-known/quorate-party.json",
    take: (card) => only(card, ["name", "mesh", "root", "key", "engine"]),
  },
  readiness: {
    path: "/readyz",
    take: ({ status, reasons, link }) => ({ status, reasons: refusals(reasons), link: only(link, LINK) }),
  },
  link: { path: "/v1/health", take: ({ link }) => linkOf(link) },
  refusals: {
    path: "/v1/refusals?limit=200",
    take: ({ refusals: rows }) => ({ rows: each(rows, ["code", "road", "account", "bytes", "atMs"]) }),
  },
  ceremonies: {
    path: "/v1/ceremonies?limit=200",
    take: ({ ceremonies }) => ({ rows: each(ceremonies, ["ceremony", "phase", "pattern", "parties", "atMs"]) }),
  },
  sources: {
    path: "/v1/sources",
    take: ({ sources }) => ({ rows: each(sources, ["id", "scheme", "lastMs", "byStatus"]) }),
  },
  keys: {
    path: "/v1/keys",
    take: ({ keys }) => ({ rows: each(keys, ["id", "scopes", "from", "until", "withdrawnAtMs"]) }),
  },
};
const LINK = ["connected", "draining", "outbox", "inbox"];

export async function gather(agent: Agent): Promise<Gathered> {
  const parts: Record<string, Part> = {};
  for (const [name, { path, take }] of Object.entries(ASKED))
    parts[name] = await part(async () => take(await document(agent, path, name)));
  parts.metrics = await part(async () => ({ lines: metricLines(await (await askAgent(agent, "/metrics")).text()) }));
  return {
    format: SUPPORT_FORMAT,
    gatheredAt: new Date().toISOString(),
    here: { quorate: project.version, node: process.version, platform: `${process.platform} ${process.arch}` },
    parts,
  };
}

/** An agent that is not ready says so with a status that is no success, and why in its body. */
async function document(agent: Agent, path: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  if (name !== "readiness") return askJson(agent, path);
  const told = fetch(new URL(path, agent.url), { signal: AbortSignal.timeout(30_000) }).then((answer) => answer.json());
  return (await told.catch(() => ({}))) as Readonly<Record<string, unknown>>;
}

/** What is refused is a finding too; where nobody answers at all, there is nothing to gather. */
async function part(ask: () => Promise<Part>): Promise<Part> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refused && error.fault.code !== "UNREACHABLE") return { refused: error.fault.code };
    throw error;
  }
}

function only(given: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

function each(given: unknown, names: readonly string[]): readonly object[] {
  return Array.isArray(given) ? given.map((row) => only(row, names)) : [];
}

/** Codes alone: their words are in this program, and what fills them could be anything. */
function refusals(given: unknown): readonly object[] {
  return each(given, ["code"]);
}

function linkOf(given: unknown): Readonly<Record<string, unknown>> {
  const { lanes, lastError, ...rest } = only(given, [...LINK, "lanes", "lastHeardMs", "counts", "lastError"]);
  return {
    ...rest,
    lanes: each(lanes, ["peer", "rows", "failures"]),
    lastErrorAtMs: only(lastError, ["atMs"]).atMs ?? null,
  };
}

/** Samples of our own metrics, whose labels are names and codes. */
function metricLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.startsWith("quorate_"));
}

/** What stands out, most pressing first; in the words of the table where there are some. */
export type Finding =
  | Refusal
  | { readonly code: string; readonly what: string; readonly why: string; readonly do: string };

export function analyze({ parts, here, gatheredAt }: Gathered): readonly Finding[] {
  const at = Date.parse(gatheredAt);
  return [
    ...rows(parts.readiness, "reasons").map(({ code }) => inWords(String(code))),
    ...Object.entries(parts).flatMap(([name, found]) => refusedPart(name, found)),
    ...silent(parts.link, at),
    ...stuck(parts.ceremonies, at),
    ...refusedMost(parts.refusals),
    ...failingSources(parts.sources),
    ...(project.version === here.quorate
      ? []
      : [
          said(
            "VERSION",
            `it was gathered by ${here.quorate}`,
            `this is ${project.version}`,
            "read it with the same version",
          ),
        ]),
  ];
}

function rows(part: Part | undefined, name = "rows"): readonly Readonly<Record<string, unknown>>[] {
  const found = (part as Record<string, unknown> | undefined)?.[name];
  return Array.isArray(found) ? found : [];
}

function said(code: string, what: string, why: string, remedy: string): Finding {
  return { code, what, why, do: remedy };
}

function inWords(code: string): Finding {
  if (!Object.hasOwn(REFUSALS, code))
    return said(code, "a reason that this version does not know", code, "read it with a newer one");
  const { what, why, do: remedy } = REFUSALS[code as keyof typeof REFUSALS];
  const open = (text: string) => text.replace(/\{(\w+)(:instant)?\}/g, "<$1>");
  return said(code, open(what), open(why), open(remedy));
}

function refusedPart(name: string, found: Part): readonly Finding[] {
  return "refused" in found
    ? [
        said(
          String(found.refused),
          `${name} could not be gathered`,
          "the key may not read it",
          "gather with a key that may",
        ),
      ]
    : [];
}

const HOUR_MS = 3_600_000;

function silent(link: Part | undefined, at: number): readonly Finding[] {
  const heard = Object.entries((link as { lastHeardMs?: Record<string, number> } | undefined)?.lastHeardMs ?? {});
  return heard
    .filter(([, heardMs]) => at - heardMs > HOUR_MS)
    .map(([account, heardMs]) =>
      said(
        "PARTNER_SILENT",
        `${account} is silent`,
        `last heard ${minutes(at - heardMs)} ago`,
        "quorate ops runbook QuoratePartnerSilent",
      ),
    );
}

/** What has not changed for a day, and has not ended. */
function stuck(ceremonies: Part | undefined, at: number): readonly Finding[] {
  return rows(ceremonies)
    .filter(
      ({ phase, atMs }) =>
        !["final", "abandoned", "expired"].includes(String(phase)) && at - Number(atMs) > 24 * HOUR_MS,
    )
    .map(({ ceremony, phase, atMs }) =>
      said(
        "CEREMONY_STILL",
        `${String(ceremony).slice(0, 12)} is ${phase}`,
        `unchanged for ${minutes(at - Number(atMs))}`,
        "quorate explain it",
      ),
    );
}

function refusedMost(refused: Part | undefined): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const { code } of rows(refused)) counts.set(String(code), (counts.get(String(code)) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < 10) return [];
  return [
    said(
      most[0],
      `${most[1]} of the last statements were refused with ${most[0]}`,
      inWords(most[0]).what,
      inWords(most[0]).do,
    ),
  ];
}

function failingSources(sources: Part | undefined): readonly Finding[] {
  return rows(sources).flatMap(({ id, byStatus }) => {
    const { rejected = 0, failed = 0 } = (byStatus ?? {}) as Record<string, number>;
    return rejected + failed === 0
      ? []
      : [
          said(
            "HOOKS_REFUSED",
            `${rejected + failed} webhooks of ${id} were refused or failed`,
            "see their causes",
            `quorate source requests ${id}`,
          ),
        ];
  });
}

function minutes(ms: number): string {
  return ms < 120 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / HOUR_MS)} h`;
}
