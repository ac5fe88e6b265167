// The bindings of one agent's Worker, as the objects and the edge see them.
import type { Revocation } from "../shared/authority/statement.ts";
import type { Json } from "../shared/cbor/json.ts";
import type { CborMap } from "../shared/cbor/value.ts";
import type { Contest } from "../shared/ceremony/contest.ts";
import type { DraftedContribution } from "../shared/ceremony/draft.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { Preview } from "../shared/ceremony/preview.ts";
import type { Explanation } from "../shared/evidence/explain.ts";
import type { LinkedEntry } from "../shared/lineage/entry.ts";
import type { TranslatorRevocation } from "../shared/mesh/translator.ts";
import type { Result } from "../shared/result.ts";
import type { ShownCeremony, ShownPicture } from "./alerts.ts";
import type { Handed } from "./ceremony-shards.ts";
import type { AgentSecrets } from "./config.ts";
import type { DirectoryRpc } from "./directory-object.ts";
import type { EdgeRpc } from "./edge-object.ts";
import type { Exported } from "./evidence-export.ts";
import type { HooksRpc } from "./hooks-rpc.ts";
import type { Enlisted, HandedPack, IntakeRpc } from "./intake-rpc.ts";
import type { LinkEnv, LinkHealth } from "./link-object.ts";
import type { OutgoingFrame, SendReport, UnsentNotice } from "./link-outbox.ts";
import type { Uptake } from "./mesh-operations.ts";
import type { MeshRpc } from "./mesh-rpc.ts";

/** What a ceremony answers over RPC. Frames handed to it have passed the party's own door. */
export type CeremonyRpc = {
  /**
   * `revocations` are those that the agent knows besides its trust statement: what bears on the ceremony is carried into it. What a shard has
   * sent back is not sent to it again.
   */
  readonly submit: (
    frames: readonly Uint8Array[],
    revocations?: readonly Uint8Array[],
    isSentBack?: boolean,
  ) => Promise<readonly Handed[]>;
  /** `revocations` became known outside of this ceremony: what bears on it is carried in, unless another party does so first. */
  readonly hear: (revocations: readonly Uint8Array[]) => Promise<void>;
  readonly enlist: (shard: number) => Promise<Enlisted | null>;
  readonly handOver: (pack: HandedPack) => Promise<number>;
  readonly carry: (revocation: Uint8Array) => Promise<readonly Receipt[]>;
  /** What a withdrawal would touch here: of a translator of the coalition in a mesh, or of a credential; null for nothing. */
  readonly preview: (mesh: string, revocation: TranslatorRevocation | Revocation) => Promise<Preview | null>;
  /** Of withdrawals that the keeper of a coalition's mesh tells, in order. */
  readonly withdraw: (frames: readonly Uint8Array[]) => Promise<readonly Uptake[]>;
  readonly open: (call: Uint8Array) => Promise<readonly Receipt[]>;
  readonly attest: (content: CborMap, item: string | null) => Promise<readonly Receipt[]>;
  readonly contest: (contest: Contest) => Promise<readonly Receipt[]>;
  readonly draft: (content: CborMap, item?: string | null) => Promise<Result<DraftedContribution>>;
  readonly attestDraft: (
    content: CborMap,
    draft: { readonly id: string; readonly at: number; readonly item?: string | null },
  ) => Promise<Result<readonly Receipt[]>>;
  readonly view: () => Promise<ShownCeremony>;
  readonly wake: () => Promise<void>;
  readonly call: () => Promise<Uint8Array | null>;
  readonly lineage: (after?: number, most?: number) => Promise<readonly LinkedEntry[]>;
  readonly entryAt: (hash: string) => Promise<number | null>;
  readonly follow: (after: number, most: number, withinMs: number) => Promise<Followed>;
  readonly framesOf: (id: string) => Promise<readonly Uint8Array[]>;
  readonly picture: (most: number) => Promise<ShownPicture>;
  readonly evidence: () => Promise<Exported | null>;
  readonly inclusion: (id: string) => Promise<Result<Json>>;
  readonly explain: (id: string) => Promise<Result<Explanation>>;
};

export type Followed = { readonly entries: readonly LinkedEntry[]; readonly ended: boolean };

/** What the Link answers over RPC. */
export type LinkRpc = {
  readonly start: () => Promise<void>;
  readonly send: (items: readonly OutgoingFrame[]) => Promise<SendReport>;
  readonly recall: (topic: string) => Promise<readonly Uint8Array[]>;
  readonly drain: (on: boolean) => Promise<LinkHealth>;
  readonly health: () => Promise<LinkHealth>;
  readonly unsentNotices: () => Promise<readonly UnsentNotice[]>;
};

/** A namespace of objects found by name. */
export type Named<Rpc> = { readonly getByName: (name: string) => Rpc };

export interface AgentEnv extends AgentSecrets, LinkEnv {
  readonly CEREMONY: Named<CeremonyRpc>;
  readonly INTAKE: Named<IntakeRpc>;
  readonly LINK: Named<LinkRpc>;
  readonly DIRECTORY: Named<DirectoryRpc>;
  readonly MESH: Named<MeshRpc>;
  readonly HOOKS: Named<HooksRpc>;
  readonly EDGE: Named<EdgeRpc>;
}

/** One of each an agent. */
export const LINK_NAME = "link";
export const DIRECTORY_NAME = "directory";
export const HOOKS_NAME = "hooks";
export const EDGE_NAME = "edge";
