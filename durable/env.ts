// The bindings of one agent's Worker, as the objects and the edge see them.
import type { CeremonyRpc } from "./ceremony-object.ts";
import type { AgentSecrets } from "./config.ts";
import type { DirectoryRpc } from "./directory-object.ts";
import type { LinkEnv, LinkHealth } from "./link-object.ts";
import type { OutgoingFrame, SendReport } from "./link-outbox.ts";

/** What the Link answers over RPC. */
export type LinkRpc = {
  readonly start: () => Promise<void>;
  readonly send: (items: readonly OutgoingFrame[]) => Promise<SendReport>;
  readonly recall: (topic: string) => Promise<readonly Uint8Array[]>;
  readonly drain: (on: boolean) => Promise<LinkHealth>;
  readonly health: () => Promise<LinkHealth>;
};

/** A namespace of objects found by name. */
export type Named<Rpc> = { readonly getByName: (name: string) => Rpc };

export interface AgentEnv extends AgentSecrets, LinkEnv {
  readonly CEREMONY: Named<CeremonyRpc>;
  readonly LINK: Named<LinkRpc>;
  readonly DIRECTORY: Named<DirectoryRpc>;
}

/** One of each an agent. */
export const LINK_NAME = "link";
export const DIRECTORY_NAME = "directory";
