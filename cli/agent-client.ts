// Asking an agent over HTTP, for every command that talks to one: which agent is meant, and its answer, or its refusal in its own words.
import type { ParseArgsOptionsConfig } from "node:util";
import { exitOf } from "../shared/refusals/effects.ts";
import { REFUSALS, type Refusal, type RefusalCode } from "../shared/refusals.ts";
import { fault } from "../shared/result.ts";
import { seconds, usage } from "./files.ts";
import { type Call, Refused, refused } from "./registry.ts";
import { findStack, KEPT_STACK, readStack } from "./stack/kept-stack.ts";
import { shown } from "./terminal.ts";

export type Agent = {
  readonly url: string;
  readonly key: string;
  /** How the command line names it, for the next command. */
  readonly flags: string;
  /** How each request to it is made. */
  readonly asking?: Asking;
};
type Asking = { readonly answerMs: number; readonly requestId: string | null };
type Asks = Pick<Agent, "url" | "key" | "asking">;

/** What says which agent: by its URL and key, or as a party of a stack that `dev` keeps up. */
export const AGENT_FLAGS = {
  url: { type: "string" },
  key: { type: "string" },
  as: { type: "string" },
  stack: { type: "string" },
  timeout: { type: "string" },
  "request-id": { type: "string" },
} as const satisfies ParseArgsOptionsConfig;

export const AGENT_USAGE = "(--url URL [--key KEY] | --as PARTY [--stack DIR])";
export const AGENT_INPUT = [
  "--url, --key  the agent and its API key; or set QUORATE_URL and QUORATE_KEY",
  "--as          a party of the stack that npm run dev keeps up, in .quorate/dev or --stack DIR; or set QUORATE_AS",
  "--timeout     how long an answer is waited for, such as 90s or 5m; half a minute unless told otherwise",
  "--request-id  a name for the requests, by which the agent's log has them",
] as const;

/** Of the commands that follow something at an agent. */
export const FOLLOWED_INPUT = [
  "--timeout     how long it is followed, such as 90s, 15m or 2h; until its end, or Ctrl-C, unless told otherwise",
  ...AGENT_INPUT.filter((line) => !line.startsWith("--timeout")),
] as const;

const ANSWER_MS = 30_000;
/** As the agent takes it. */
const REQUEST_ID = /^[\w.-]{1,64}$/;

/** A flag comes before a variable, and a URL before a name. */
export function agentOf(call: Call): Agent {
  return { ...namedBy(call), asking: askingOf(call) };
}

/** The same, where `--timeout` is how long all of it may take: no answer is waited for longer than usual. */
export function followedAgentOf(call: Call): Agent {
  const asking = askingOf(call);
  return { ...namedBy(call), asking: { ...asking, answerMs: Math.min(asking.answerMs, ANSWER_MS) } };
}

function askingOf(call: Call): Asking {
  const { "request-id": requestId = null } = call.flags;
  if (requestId !== null && !(typeof requestId === "string" && REQUEST_ID.test(requestId)))
    throw usage("--request-id takes at most 64 letters, digits, dots, underscores and hyphens");
  const allowed = seconds(call, "timeout");
  return {
    answerMs: allowed === null ? ANSWER_MS : Math.max(1, allowed) * 1_000,
    requestId: requestId as string | null,
  };
}

function namedBy({ flags }: Call): Agent {
  const { QUORATE_URL, QUORATE_KEY = "", QUORATE_AS } = process.env;
  const key = typeof flags.key === "string" ? flags.key : QUORATE_KEY;
  if (typeof flags.url === "string") return { url: checked(flags.url), key, flags: `--url ${flags.url}` };
  if (typeof flags.as === "string") return named(flags.as, folderOf(flags));
  if (QUORATE_URL) return { url: checked(QUORATE_URL), key, flags: "" };
  if (QUORATE_AS) return named(QUORATE_AS, folderOf(flags));
  const kept = findStack(folderOf(flags));
  throw usage(
    kept === null
      ? "--url URL is needed, or --as PARTY while npm run dev keeps a stack up"
      : `--as PARTY is needed: ${kept.parties.map(({ name }) => name).join(", ")}; or --url URL`,
  );
}

/** Who can be asked: the one that is meant, or every party of a stack that is kept up; `agent` is null where its agent does not run. */
export function witnessesOf(call: Call): readonly { readonly name: string; readonly agent: Agent | null }[] {
  const { url, as } = call.flags;
  const kept = url || as || process.env.QUORATE_URL ? null : findStack(folderOf(call.flags));
  const asking = askingOf(call);
  if (kept === null) return [{ name: typeof as === "string" ? as : "", agent: agentOf(call) }];
  return kept.parties.map(({ name, url: at, key }) => ({
    name,
    agent: at === null ? null : { url: at, key, flags: `--as ${name}`, asking },
  }));
}

export function folderOf({ stack }: Call["flags"]): string {
  return typeof stack === "string" ? stack : KEPT_STACK;
}

function named(name: string, dir: string): Agent {
  const { parties } = readStack(dir);
  const found = parties.find((party) => party.name === name);
  if (found === undefined)
    throw usage(`--as takes a party of ${dir}: ${parties.map((party) => party.name).join(", ")}`);
  if (found.url === null) throw unreachable(name, "its agent does not run: it was killed in the stack that is kept up");
  return { url: found.url, key: found.key, flags: `--as ${name}${dir === KEPT_STACK ? "" : ` --stack ${dir}`}` };
}

function checked(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw usage(`--url takes http://… or https://…, not ${url}`);
}

export type Asked = {
  /** A document, or bytes of our encoding. */
  readonly body?: object | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without one a POST where there is a body, else a GET. */
  readonly method?: "POST" | "DELETE";
  /** Statuses that are answers here too, though they are no success. */
  readonly answers?: readonly number[];
  /** Ends the request; without one it ends by itself after half a minute. */
  readonly signal?: AbortSignal;
};

/** Answers of 304 are answers; every other one that is not a success, nor among `answers`, is thrown as a refusal. */
export async function askAgent({ url, key, asking }: Asks, path: string, asked: Asked = {}): Promise<Response> {
  const { body } = asked;
  const { answerMs = ANSWER_MS, requestId = null } = asking ?? {};
  const type = body instanceof Uint8Array ? "application/cbor" : "application/json";
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { "content-type": type }),
    ...(requestId === null ? {} : { "request-id": requestId }),
    ...asked.headers,
  };
  const sent =
    body instanceof Uint8Array ? Uint8Array.from(body) : body === undefined ? undefined : JSON.stringify(body);
  const init = {
    method: asked.method ?? (sent === undefined ? "GET" : "POST"),
    headers,
    signal: asked.signal ?? AbortSignal.timeout(answerMs),
  };
  const response = await fetch(new URL(path, url), sent === undefined ? init : { ...init, body: sent }).catch(
    (error: Error) => {
      throw unreachable(
        url,
        error.name === "TimeoutError" ? `no answer within ${answerMs / 1_000} s` : reasonOf(error),
      );
    },
  );
  const { ok, status } = response;
  if ((ok && status !== 202) || status === 304 || asked.answers?.includes(status)) return response;
  const told = refusalIn(parsed(await response.text().catch(() => "")));
  if (told === null) throw unreachable(url, `it answers ${status}, and not as an agent does`);
  throw new Refused(fault(told.code, { ...told.about }).fault, exitOf(told.code), told.refusal);
}

/** The JSON document that the agent answers. */
export async function askJson<T>(agent: Asks, path: string, asked?: Asked): Promise<T> {
  return documentIn<T>(agent, await askAgent(agent, path, asked));
}

/** The JSON document of an answer; one that broke off is none. */
export async function documentIn<T>({ url }: Pick<Agent, "url">, response: Response): Promise<T> {
  const document = parsed(await response.text().catch(() => ""));
  if (document === undefined) throw unreachable(url, `it answers ${response.status}, and not as an agent does`);
  return document as T;
}

/** The JSON document that the agent meant by the command answers under `path`. */
export function fetchFrom(call: Call, path: string): Promise<unknown> {
  return askJson(agentOf(call), path);
}

type Told = { readonly code: RefusalCode; readonly refusal: Refusal; readonly about: object };

/** What the agent refuses with, in its own words; null for an answer that is none of an agent's. */
function refusalIn(document: unknown): Told | null {
  if (typeof document !== "object" || document === null) return null;
  const { code, what, why, do: remedy, about } = document as Readonly<Record<string, unknown>>;
  if (typeof code !== "string" || !Object.hasOwn(REFUSALS, code)) return null;
  const known = code as RefusalCode;
  const refusal = { code: known, what: shown(what), why: shown(why), do: shown(remedy) };
  return { code: known, refusal, about: typeof about === "object" && about !== null ? about : {} };
}

function unreachable(url: string, reason: string): Refused {
  return refused("UNREACHABLE", { url, reason });
}

/** `fetch` hides what happened in the error's cause. */
export function reasonOf(error: Error): string {
  const cause = error.cause as { code?: string; message?: string; errors?: readonly Error[] } | undefined;
  return cause?.message || cause?.errors?.[0]?.message || cause?.code || error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
