// quorate: a client of one's own agent over HTTP. It signs nothing: the agent does, under the credentials of its party.
import type { Refusal, RefusalCode } from "../../shared/refusals.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type ClientOptions = {
  /** Of one's own agent, such as https://agent.example.org. */
  readonly url: string;
  readonly key: string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
  /** How often a question is asked again where nothing answered; what changes something is never sent twice. */
  readonly retries?: number;
};

export type Opening = {
  readonly title: string;
  readonly parties: readonly { readonly authority: string; readonly role: string; readonly power: number }[];
  readonly pattern?: string;
  readonly policy?: Json;
  readonly alias?: string;
  readonly set?: readonly { readonly path: string; readonly value: Json }[];
  readonly subject?: Json;
  /** Seconds. */
  readonly closesIn?: number;
  readonly expiresIn?: number;
};

/** A refusal by the agent, in its own words; UNREACHABLE where no agent answered. */
export class AgentRefused extends Error {
  override readonly name = "AgentRefused";
  readonly code: RefusalCode;
  readonly status: number | null;
  readonly why: string;
  readonly do: string;
  constructor({ code, what, why, do: remedy }: Refusal, status: number | null) {
    super(`${code}: ${what}; ${why}`);
    this.code = code;
    this.status = status;
    this.why = why;
    this.do = remedy;
  }
}

export type CeremonyView = { readonly state: string; readonly outcome: Json; readonly [field: string]: Json };

export type Ceremony = {
  readonly id: string;
  view(): Promise<CeremonyView>;
  /** A contribution of this party, such as `{ choice: "approve" }`; `item` tells several of one seat apart. */
  attest(content: { readonly [field: string]: Json }, item?: string): Promise<Json>;
  dispute(reason: string): Promise<Json>;
  lineage(): Promise<Json>;
  /** The proof that a contribution counted, for `verifyInclusion`; throws the agent's refusal where it did not. */
  inclusion(observation: string): Promise<Json>;
  /** Waits until the ceremony has ended; throws PROVISIONAL where it has not by then. */
  evidence(options?: { readonly waitMs?: number; readonly everyMs?: number }): Promise<Uint8Array>;
};

export type Client = {
  readonly ceremonies: {
    open(opening: Opening): Promise<Ceremony>;
    get(id: string): Ceremony;
    list(): Promise<Json>;
  };
  readonly observations: { explain(id: string): Promise<Json> };
  ready(): Promise<boolean>;
};

export function createClient(options: ClientOptions): Client {
  const ask = asking(options);
  const json = async (method: string, path: string, body?: unknown) =>
    (await (await ask(method, path, body)).json()) as Json;
  const ceremony = (id: string): Ceremony => {
    const at = `/v1/ceremonies/${encodeURIComponent(id)}`;
    return {
      id,
      view: async () => (await json("GET", at)) as CeremonyView,
      attest: (content, item) =>
        json("POST", `${at}/attestations${item === undefined ? "" : `?item=${encodeURIComponent(item)}`}`, content),
      dispute: (reason) => json("POST", `${at}/disputes`, { reason }),
      lineage: () => json("GET", `${at}/lineage`),
      inclusion: (observation) => json("GET", `${at}/observations/${encodeURIComponent(observation)}/inclusion`),
      evidence: async ({ waitMs = 0, everyMs = 1_000 } = {}) => {
        for (let left = waitMs; ; left -= everyMs) {
          try {
            return new Uint8Array(await (await ask("GET", `${at}/evidence`)).arrayBuffer());
          } catch (error) {
            if (!(error instanceof AgentRefused) || error.code !== "PROVISIONAL" || left <= 0) throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, everyMs));
        }
      },
    };
  };
  return {
    ceremonies: {
      open: async (opening) =>
        ceremony(((await json("POST", "/v1/ceremonies", opening)) as { ceremony: string }).ceremony),
      get: ceremony,
      list: () => json("GET", "/v1/ceremonies"),
    },
    observations: { explain: (id) => json("GET", `/v1/observations/${encodeURIComponent(id)}/explain`) },
    ready: async () => (await ask("GET", "/readyz").catch(() => null)) !== null,
  };
}

function asking({ url, key, fetch: ask = fetch, timeoutMs = 10_000, retries = 2 }: ClientOptions) {
  const once = async (method: string, path: string, body: unknown): Promise<Response> => {
    const headers = {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const init = { method, headers, signal: AbortSignal.timeout(timeoutMs) };
    const response = await ask(new URL(path, url), body === undefined ? init : { ...init, body: JSON.stringify(body) });
    if (response.status >= 200 && response.status < 300 && response.status !== 202) return response;
    throw new AgentRefused(await refusalIn(response), response.status);
  };
  return async (method: string, path: string, body?: unknown): Promise<Response> => {
    for (let left = method === "GET" ? retries : 0; ; left -= 1) {
      try {
        return await once(method, path, body);
      } catch (error) {
        if (error instanceof AgentRefused) throw error;
        if (left <= 0) throw new AgentRefused(unreachable(url, error), null);
      }
    }
  };
}

/** What the agent says in its body, if it is an agent that answers. */
async function refusalIn(response: Response): Promise<Refusal> {
  const document = (await response.json().catch(() => null)) as Partial<Refusal> | null;
  const { code, what, why, do: remedy } = document ?? {};
  if (code !== undefined && what !== undefined && why !== undefined && remedy !== undefined)
    return { code, what, why, do: remedy };
  return unreachable(response.url, new Error(`it answers ${response.status}, and not as an agent does`));
}

function unreachable(url: string, error: unknown): Refusal {
  const why = `${url}: ${error instanceof Error ? error.message : String(error)}`;
  return {
    code: "UNREACHABLE",
    what: "the agent does not answer",
    why,
    do: "check the address and the network, and try again",
  };
}
