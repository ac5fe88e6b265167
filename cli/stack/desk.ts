// The keys of a stack that is kept up: what a person does to it while it runs, to see that nobody in the middle is needed.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describeRefusal } from "../../shared/refusals.ts";
import { deliver } from "../demo/github.ts";
import { SOURCE } from "../demo/stage.ts";
import { PROGRAM } from "../find.ts";
import { Refused } from "../registry.ts";
import type { LocalAgent } from "./agent.ts";
import type { Stack } from "./stack.ts";

export const KEYS =
  "[k] kill or revive a party   [p] cut a party off, or join all   [t] trigger a sample   [r] reset   [x] exit";

type Say = (line: string) => void;
/** What a key asks for next. */
type Asking = "kill" | "cut" | null;

export class Desk {
  readonly #stack: Stack;
  readonly #say: Say;
  /** Told whenever agents have started or stopped. */
  readonly #changed: () => void;
  #asking: Asking = null;
  #isCut = false;
  #busy: Promise<void> = Promise.resolve();

  constructor(stack: Stack, say: Say, changed: () => void) {
    this.#stack = stack;
    this.#say = say;
    this.#changed = changed;
  }

  /** One key; keys wait for one another. True where it asks to end. */
  press(key: string): boolean {
    if (key === "x" || key === "\u0003" || key === "\u0004") return true;
    this.#busy = this.#busy.then(() => this.#do(key)).catch((error: unknown) => this.#failed(error));
    return false;
  }

  /** Resolves once every key so far is done. */
  async settled(): Promise<void> {
    await this.#busy;
  }

  async #do(key: string): Promise<void> {
    const asking = this.#asking;
    this.#asking = null;
    const agent = this.#stack.agents[Number(key) - 1];
    if (asking !== null && agent !== undefined) return asking === "kill" ? this.#toggle(agent) : this.#cut(agent);
    if (key === "k") return this.#ask("kill");
    if (key === "p") return this.#isCut ? this.#join() : this.#ask("cut");
    if (key === "t") return this.#trigger();
    if (key === "r") return this.#reset();
    this.#say(KEYS);
  }

  #ask(asking: Asking): void {
    this.#asking = asking;
    const names = this.#stack.agents.map(
      ({ name, isRunning }, at) => `${at + 1} ${name}${isRunning ? "" : " (killed)"}`,
    );
    this.#say(`which? ${names.join("   ")}`);
  }

  async #toggle(agent: LocalAgent): Promise<void> {
    if (agent.isRunning) {
      await agent.kill();
      this.#say(`${agent.name} is killed, as a crash would; the others go on. [k] and its number revives it`);
    } else {
      await agent.start();
      this.#say(`${agent.name} runs again at ${agent.url}`);
    }
    this.#changed();
  }

  async #cut(agent: LocalAgent): Promise<void> {
    const others = this.#stack.agents.filter((other) => other !== agent).map(({ name }) => name);
    await this.#stack.split([agent.name], others);
    this.#isCut = true;
    this.#say(`${agent.name} is cut off from ${others.join(", ")}; each goes on alone. [p] joins them all`);
  }

  async #join(): Promise<void> {
    await this.#stack.heal();
    this.#isCut = false;
    this.#say("all are joined again; what each missed is sent after");
  }

  async #trigger(): Promise<void> {
    const opener = this.#stack.agents.find(({ isRunning }) => isRunning);
    if (opener !== this.#stack.agents[0])
      return this.#say(`${this.#stack.agents[0]?.name} has the webhook, and is killed`);
    const { opened } = await deliver(opener as LocalAgent, SOURCE, this.#stack.hookSecret);
    this.#say(`a GitHub delivery, signed, opened ceremony ${opened.slice(0, 12)} at ${opener?.name}`);
    const next = this.#stack.agents[1]?.name ?? "";
    this.#say(`next: ${PROGRAM} attest ${opened.slice(0, 12)} --as ${next} --approve`);
  }

  /** All that was said is gone; keys and addresses stay. */
  async #reset(): Promise<void> {
    const { agents, nats, dir } = this.#stack;
    this.#say("resetting …");
    if (this.#isCut) await this.#join();
    await Promise.all(agents.map((agent) => agent.kill()));
    await nats.stop();
    const stores = [join(dir, "nats", "store"), ...agents.map(({ name }) => join(dir, name, "objects"))];
    await Promise.all(stores.map((store) => rm(store, { recursive: true, force: true, maxRetries: 5 })));
    await nats.restart();
    for (const agent of agents) await agent.start();
    this.#changed();
    this.#say("every ceremony is gone; parties, keys and addresses are as before");
  }

  #failed(error: unknown): void {
    const told = error instanceof Refused ? describeRefusal(error.fault) : null;
    const what =
      told === null ? `that failed: ${error instanceof Error ? error.message : error}` : `${told.code}  ${told.why}`;
    this.#say(what.split("\n")[0] as string);
  }
}
