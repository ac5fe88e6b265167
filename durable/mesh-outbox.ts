// What a mesh's keeper still has to hand to the link: after the commit, a few rows at a time, and again by the alarm where it failed.
import { type AgentEnv, LINK_NAME } from "./env.ts";
import { log } from "./log.ts";
import type { Mesh } from "./mesh-object.ts";

const DRAIN_ROWS = 64;
const RETRY_MS = 2_000;

type Host = Pick<Mesh, "standing" | "ledger" | "books" | "wake" | "now">;

export class MeshOutbox {
  readonly #ctx: DurableObjectState;
  readonly #env: Pick<AgentEnv, "LINK">;
  readonly #host: Host;
  #draining: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Pick<AgentEnv, "LINK">, host: Host) {
    this.#ctx = ctx;
    this.#env = env;
    this.#host = host;
  }

  /** What an instance before this one has left is handed on by the alarm. */
  begin(): void {
    if (this.#host.ledger.outboxDepth() > 0) this.#retry();
  }

  #retry(): void {
    this.#host.wake.set(Date.now() + RETRY_MS);
  }

  /** Settles once nothing is being handed on; what failed is tried again by the alarm. */
  async drain(): Promise<void> {
    if (this.#host.ledger.outboxDepth() === 0) return;
    // Before anything can go wrong: whatever ends this instance, the rows are handed on by the next.
    this.#retry();
    this.#draining ??= this.#handOn()
      .catch((error: unknown) => {
        log("error", "drain-failed", { mesh: this.#host.standing.mesh, reason: String(error) });
        this.#retry();
      })
      .finally(() => {
        this.#draining = null;
      });
    await this.#draining;
  }

  async #handOn(): Promise<void> {
    const link = this.#env.LINK.getByName(LINK_NAME);
    const { ledger, books } = this.#host;
    for (let rows = ledger.outbox(DRAIN_ROWS); rows.length > 0; rows = ledger.outbox(DRAIN_ROWS)) {
      await link.send(
        rows.map(({ peer, topic, id, own, frame }) => ({ peer, topic, key: id, frame: new Uint8Array(frame), own })),
      );
      this.#ctx.storage.transactionSync(() => {
        for (const { id, peer } of ledger.sent(rows)) books.tell(id, peer, this.#host.now());
      });
    }
  }
}
