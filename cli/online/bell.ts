// Rings when an agent's stream of a ceremony brings something, so that whoever follows it need not ask all the time. Without a stream
// (an older agent, a proxy that holds it back) it never rings, and asking goes on by itself.
import { type Agent, askAgent } from "../agent-client.ts";
import { Refused } from "../registry.ts";

export class Bell {
  readonly #stopped = new AbortController();
  #rang = false;
  #wake: () => void = () => undefined;
  #isListening = false;

  constructor(agent: Agent, ceremony: string) {
    void this.#listen(agent, ceremony);
  }

  /** Whether the stream is open: then asking in between is for its loss only. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Resolves after `ms`, or as soon as it rings. */
  async pause(ms: number): Promise<void> {
    if (!this.#rang)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#rang = false;
  }

  stop(): void {
    this.#stopped.abort();
  }

  #ring(): void {
    this.#rang = true;
    this.#wake();
  }

  async #listen(agent: Agent, ceremony: string): Promise<void> {
    const { signal } = this.#stopped;
    try {
      const headers = { accept: "text/event-stream" };
      const response = await askAgent(agent, `/v1/ceremonies/${ceremony}/events`, { headers, signal });
      const reader = response.body?.getReader();
      signal.addEventListener("abort", () => void reader?.cancel().catch(() => undefined));
      this.#isListening = reader !== undefined;
      while (reader !== undefined && !(await reader.read()).done) this.#ring();
    } catch (error) {
      if (!(error instanceof Refused || signal.aborted || error instanceof TypeError)) throw error;
    } finally {
      this.#isListening = false;
      this.#ring();
    }
  }
}
