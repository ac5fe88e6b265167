// What trust rests on at a mesh's keeper: agreements that our own side signed, and what is known of authority, by whatever road it came.
import { openTrusts, type Trusts } from "../shared/mesh/signed/open.ts";
import { ok, type Result } from "../shared/result.ts";
import { type AgentEnv, DIRECTORY_NAME } from "./env.ts";
import type { Mesh } from "./mesh-object.ts";
import type { Grounds } from "./mesh-rpc.ts";

export class MeshTrust {
  readonly #host: Mesh;
  readonly #env: Pick<AgentEnv, "DIRECTORY">;
  #learned = 0;
  #opened: { readonly version: string; readonly trusts: Trusts } | null = null;

  constructor(host: Mesh, env: Pick<AgentEnv, "DIRECTORY">) {
    this.#host = host;
    this.#env = env;
  }

  /** Revocations that have reached the agent by whatever road count here too; the directory has so much room for each payer. */
  async learn(): Promise<void> {
    const { ledger } = this.#host;
    const news = await this.#env.DIRECTORY.getByName(DIRECTORY_NAME).revocations(this.#learned);
    if (news.frames.length > 0) this.#host.commit(() => ledger.learn({ statements: news.frames, by: DIRECTORY_NAME }));
    this.#learned = news.upTo;
  }

  async grounds(): Promise<Grounds> {
    await this.learn();
    const { ledger, standing } = this.#host;
    const agreements = ledger.statements(undefined, "agreement").filter(({ mesh }) => mesh === standing.mesh);
    return {
      version: ledger.groundsVersion(),
      agreements: agreements.map(({ frame }) => frame),
      authority: ledger.authority(),
    };
  }

  /** Trust in every mesh that speaks here, as it is known now. */
  async opened(): Promise<Result<Trusts>> {
    const { version, agreements, authority } = await this.grounds();
    if (this.#opened?.version === version) return ok(this.#opened.trusts);
    const { trust } = this.#host.standing;
    const opened = await openTrusts(trust, { frames: agreements, statements: [], mesh: null }, authority);
    if (opened.ok) this.#opened = { version, trusts: opened.value };
    return opened;
  }
}
