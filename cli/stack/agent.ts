// One party's agent on this machine: the built bundle in a workerd of its own, with its own objects, queues and keys.
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Miniflare } from "miniflare";
import { toHex } from "../../shared/bytes.ts";
import { makePartyDocument } from "../party/document.ts";
import { newSecret } from "../party/secret.ts";
import { guardProgram } from "./guard.ts";
import { type MeshPlan, standingsOf } from "./mesh-plan.ts";
import { type Party, rootsOf } from "./party.ts";

export type AgentPlan = {
  readonly party: Party;
  readonly parties: readonly Party[];
  /** Organisations without an agent, whose roots it recognises all the same. */
  readonly guests?: readonly Party[];
  readonly script: string;
  readonly dir: string;
  readonly nats: { readonly url: string; readonly user: string; readonly password: string };
  readonly sources: readonly unknown[];
  /** Further fields of the party's document. */
  readonly document?: object;
  readonly hookSecrets: Readonly<Record<string, readonly string[]>>;
  /** The party's clock error, in milliseconds. */
  readonly clockOffsetMs: number;
  readonly port: number;
  /** The key that opens it; a new one where none is given. */
  readonly apiKey?: string | undefined;
  /** Further variables of its Worker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Further meshes of the stack; it stands in those that name it. */
  readonly meshes?: readonly MeshPlan[];
  /** Whether its runtime may be looked into while it runs. */
  readonly inspected?: boolean;
  /** Classes whose objects have an isolate for themselves, as the platform may give them; all share that of the Worker where none is named. */
  readonly apart?: readonly ObjectClass[];
  /**
   * Whether it is reached without the edge that Miniflare puts before it, on its own thread: nothing tells it who asks then, nor compresses what it
   * answers.
   */
  readonly isBare?: boolean;
};

const LOG_CHARACTERS = 20_000;

export class LocalAgent {
  readonly name: string;
  readonly apiKey: string;
  readonly #plan: AgentPlan;
  #runtime: Miniflare | null = null;
  #url: URL | null = null;
  #log = "";

  constructor(plan: AgentPlan) {
    this.name = plan.party.name;
    this.apiKey = plan.apiKey ?? newSecret();
    this.#plan = plan;
  }

  get #objects(): string {
    return join(this.#plan.dir, "objects");
  }

  get url(): string {
    if (this.#url === null) throw new Error(`the agent of ${this.name} does not run`);
    return this.#url.origin;
  }

  /** The last that its process printed. */
  get log(): string {
    return this.#log;
  }

  #note(text: string): void {
    this.#log = (this.#log + text).slice(-LOG_CHARACTERS);
  }

  /** Names of its isolates: that of its Worker, and one for each class whose objects stand apart. */
  get isolates(): readonly string[] {
    return [this.name, ...(this.#plan.apart ?? []).map((className) => isolateOf(this.name, className))];
  }

  /** Where the inspector of one of its isolates listens; only where the plan asks for one. */
  async inspector(isolate: string): Promise<URL | null> {
    const base = this.#plan.inspected === true ? await this.#runtime?.getInspectorURL() : undefined;
    return base === undefined ? null : new URL(`/core:user:${isolate}`, base);
  }

  get isRunning(): boolean {
    return this.#runtime !== null;
  }

  async start(): Promise<void> {
    guardProgram("workerd");
    // Loaded only where an agent runs: it takes longer than most commands do.
    const { Miniflare } = await import("miniflare");
    this.#runtime = new Miniflare(this.#options());
    const edge = await this.#runtime.ready;
    this.#url = this.#plan.isBare === true ? await this.#runtime.unsafeGetDirectURL() : edge;
    await this.request("/readyz"); // wakes the link
  }

  /** Kills workerd (SIGKILL): nothing is flushed, nothing says goodbye. */
  async kill(): Promise<void> {
    const runtime = this.#runtime;
    this.#runtime = null;
    await runtime?.dispose();
  }

  /** Copies all that its objects have on disk to `folder`, or back from it. The agent must not run. */
  async backup(folder: string): Promise<void> {
    await this.#copy(this.#objects, folder);
  }

  async restore(folder: string): Promise<void> {
    await this.#copy(folder, this.#objects);
  }

  async #copy(from: string, to: string): Promise<void> {
    if (this.isRunning) throw new Error(`the agent of ${this.name} runs`);
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true });
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.apiKey}`, ...(init.headers as Record<string, string> | undefined) };
    return fetch(new URL(path, this.url), { ...init, headers });
  }

  /** Puts a message on the agent's own queue, as another Worker of the same organisation could. */
  async enqueue(message: unknown): Promise<void> {
    if (this.#runtime === null) throw new Error(`the agent of ${this.name} does not run`);
    const producer = await this.#runtime.getQueueProducer<unknown>("OBSERVATIONS");
    await producer.send(message, { contentType: "v8" });
  }

  async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.request(path, init);
    return (await response.json()) as T;
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
  }

  #options(): AgentOptions {
    const { script, port, apart = [] } = this.#plan;
    const own = {
      ...agentOptions({ name: this.name, script, port, objects: this.#objects, bindings: this.#bindings() }),
      ...(this.#plan.inspected === true ? { inspectorPort: 0 } : {}),
      ...(this.#plan.isBare === true ? { unsafeDirectSockets: [{ host: "127.0.0.1" }] } : {}),
    };
    return {
      ...(apart.length === 0 ? own : setApart(own, this.name, apart)),
      handleRuntimeStdio: (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) => {
        for (const stream of [stdout, stderr]) stream.on("data", (part: Buffer) => this.#note(part.toString()));
      },
    };
  }

  #bindings(): Record<string, string> {
    const { party, parties, guests = [], nats, sources, hookSecrets, clockOffsetMs, meshes = [] } = this.#plan;
    const all = [...parties, ...guests];
    const roots = rootsOf(all);
    const partners = parties.filter((peer) => peer !== party).map(({ name }) => name);
    const { name, mesh, identity } = party;
    const plain = { name, mesh, credentials: identity.credentials };
    const own = makePartyDocument(plain, { roots, partners }, sources, clockOffsetMs);
    const document = { ...own, meshes: standingsOf(party, parties, all, meshes), ...this.#plan.document };
    return {
      PARTY: JSON.stringify(document),
      SIGNING_KEY: toHex(party.secret),
      API_KEY: this.apiKey,
      HOOK_SECRETS: JSON.stringify(hookSecrets),
      HOOKS_LOOPBACK: "1", // receivers of a development stack stand beside it
      NATS_URL: nats.url,
      NATS_USER: nats.user,
      NATS_PASSWORD: nats.password,
      ...this.#plan.variables,
    };
  }
}

type AgentOptions = ConstructorParameters<typeof Miniflare>[0];

/** Classes of its objects. */
export const AGENT_CLASSES = ["Ceremony", "Link", "Directory", "Mesh", "Hooks", "Edge", "Intake"] as const;
export type ObjectClass = (typeof AGENT_CLASSES)[number];

const isolateOf = (agent: string, className: ObjectClass) => `${agent}.${className}`;

/** The same agent, with a Worker besides for each of these classes, which has nothing but their objects. */
function setApart(own: AgentOptions, name: string, classes: readonly ObjectClass[]): AgentOptions {
  const objectsAs = (isolate: string) => {
    const homeOf = (className: ObjectClass) => (classes.includes(className) ? isolateOf(name, className) : name);
    const bound = AGENT_CLASSES.map((className) => {
      const elsewhere = homeOf(className) === isolate ? {} : { scriptName: homeOf(className) };
      return [className.toUpperCase(), { className, useSQLite: true, ...elsewhere }] as const;
    });
    return Object.fromEntries(bound);
  };
  const besides = classes.map((className) => {
    const isolate = isolateOf(name, className);
    return { ...own, name: isolate, durableObjects: objectsAs(isolate), queueConsumers: {}, unsafeDirectSockets: [] };
  });
  return { ...own, workers: [{ ...own, durableObjects: objectsAs(name) }, ...besides] } as AgentOptions;
}

/** What wrangler.toml says of an agent, for a workerd on this machine. */
export function agentOptions(agent: {
  readonly name: string;
  readonly script: string;
  readonly port: number;
  /** Folder of its objects' storage. */
  readonly objects: string;
  readonly bindings: Readonly<Record<string, string>>;
}): AgentOptions {
  const queue = "quorate-observations";
  return {
    name: agent.name,
    modules: true,
    script: agent.script,
    host: "127.0.0.1",
    port: agent.port,
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["nodejs_compat"],
    cf: false,
    durableObjects: Object.fromEntries(
      AGENT_CLASSES.map((className) => [className.toUpperCase(), { className, useSQLite: true }]),
    ),
    durableObjectsPersist: agent.objects,
    bindings: { ...agent.bindings },
    queueProducers: { OBSERVATIONS: { queueName: queue } },
    queueConsumers: {
      // Miniflare holds a batch that is not full for a second, unless told otherwise.
      [queue]: { maxBatchSize: 100, maxBatchTimeout: 0, maxRetries: 10, deadLetterQueue: `${queue}-dead` },
      [`${queue}-dead`]: { maxBatchSize: 100, maxBatchTimeout: 1 },
    },
  };
}
