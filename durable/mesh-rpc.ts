// What a mesh's keeper answers over RPC, and the shapes in which it shows the mesh (SPEC §20.17).
import type { Brought as BroughtAuthority } from "../shared/authority/brought.ts";
import type { CborMap, CborValue } from "../shared/cbor/value.ts";
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { ShownPolicy } from "../shared/coalition/shown.ts";
import type { LinkedEntry } from "../shared/lineage/entry.ts";
import { describeLink } from "../shared/mesh/disconnect.ts";
import type { CarriedFile, FramesDocument, Imported, ShownExchanges } from "../shared/mesh/exchange/told.ts";
import { type Desk, linkTo } from "../shared/mesh/live/turn.ts";
import type { ShownSubject } from "../shared/mesh/live/world.ts";
import type { Id, Interval } from "../shared/observation/observation.ts";
import type { Under } from "../shared/observation/under.ts";
import type { Refusal } from "../shared/refusals.ts";
import type { Result } from "../shared/result.ts";
import type { CoalitionSource } from "./coalition-ledger.ts";
import type { PulledSource, ShownCoalition, ShownRevocation, ShownTranslator } from "./mesh-coalition.ts";
import type { Brought, ReleaseRequest } from "./mesh-exchange.ts";
import type { BasisRequest, Ground, PlanRequest, ShownPlan, ShownWithdrawal } from "./mesh-ground.ts";
import type { ReportRow } from "./mesh-ledger.ts";
import type { Answered, Told } from "./mesh-reconciling.ts";

/** Something to say to the mesh; every time is already chosen, or null for now. */
export type MeshSaying =
  | {
      readonly say: "fact";
      readonly subject: string;
      readonly value: CborValue;
      readonly class: string | null;
      readonly sources: readonly Id[];
      /** Handling labels, in ascending order; those of the sources are added. */
      readonly labels: readonly string[];
      readonly at: Interval | null;
    }
  | { readonly say: "declaration"; readonly type: string; readonly content: CborMap; readonly at: Interval | null };

/** What trust in other meshes rests on here: agreements that our own side signed, and what is known of authority. */
export type Grounds = {
  readonly version: string;
  readonly agreements: readonly Uint8Array[];
  readonly authority: readonly Uint8Array[];
};

export type MeshHoldings = {
  readonly frames: readonly Uint8Array[];
  readonly authority: readonly Uint8Array[];
  readonly last: number;
  /** What this mesh declared of the asking one; null while they are connected. */
  readonly apart: { readonly by: string; readonly reason: string } | null;
};

export type MeshRpc = {
  readonly grounds: () => Promise<Grounds>;
  readonly submit: (frames: readonly Uint8Array[], brought: BroughtAuthority) => Promise<Result<readonly Receipt[]>>;
  readonly say: (sayings: readonly MeshSaying[]) => Promise<Result<readonly Id[]>>;
  readonly holdings: (asker: string, upTo: number | null) => Promise<MeshHoldings>;
  readonly page: (after: number, most: number) => Promise<MeshPage>;
  readonly view: (prefix: string, most: number) => Promise<Result<ShownMesh>>;
  readonly lineage: (after: number, most: number) => Promise<readonly LinkedEntry[]>;
  readonly coalition: (operation: string | null) => Promise<Result<ShownPolicy>>;
  /** How this party stands to all that is distributed, and what each pulled address last brought. */
  readonly distribution: () => Promise<Result<ShownCoalition>>;
  readonly revocations: () => Promise<readonly ShownRevocation[]>;
  readonly translators: () => Promise<Result<readonly ShownTranslator[]>>;
  /** What revoking a translator now would touch; signs nothing. */
  /** The newest reconciliations, as this mesh tells them. */
  readonly reports: (most: number) => Promise<readonly ReportRow[]>;
  readonly pulled: (source: PulledSource) => Promise<CoalitionSource>;
  readonly told: (revocation: Id, peers: readonly string[]) => Promise<void>;
  readonly tick: () => Promise<void>;
  readonly basis: (request: BasisRequest) => Promise<Result<Under>>;
  readonly ground: (ceremony: Id, under: Under, expiresAt: number) => Promise<Result<Ground>>;
  readonly plan: (request: PlanRequest) => Promise<Result<ShownPlan>>;
  readonly withdrawals: () => Promise<readonly ShownWithdrawal[]>;
  readonly reconcile: (other: string) => Promise<Result<Answered>>;
  readonly merge: (other: string, ceremony: Id) => Promise<Result<Answered>>;
  readonly story: (id: Id) => Promise<Result<Told>>;
  readonly ids: () => Promise<readonly Id[]>;
  readonly release: (request: ReleaseRequest) => Promise<Result<CarriedFile>>;
  readonly released: (manifest: Id) => Promise<Result<CarriedFile>>;
  readonly receipt: (id: Id) => Promise<Result<FramesDocument>>;
  /** Judges a file, and takes in what that admits; or only judges it. */
  readonly arrive: (brought: Brought, takes: boolean) => Promise<Result<Imported>>;
  readonly exchanged: () => Promise<ShownExchanges>;
};

export type MeshPage = {
  readonly frames: readonly Uint8Array[];
  readonly authority: readonly Uint8Array[];
  readonly last: number;
  readonly more: boolean;
};

export type ShownLink = {
  readonly with: string;
  readonly mode: "connected" | "disconnected";
  readonly state: string;
  readonly declaration: Id | null;
  readonly reason: string | null;
  readonly until: number | null;
  readonly condition: string | null;
  readonly queued: number;
  readonly deferred: number;
  readonly lapsed: number;
};

export type ShownMesh = {
  readonly mesh: string;
  readonly asSeenBy: string;
  readonly at: number;
  /** Statements held, by type. */
  readonly held: Readonly<Record<string, number>>;
  readonly subjects: readonly ShownSubject[];
  /** Subjects that there are beyond those shown. */
  readonly more: number;
  readonly dropped: readonly Id[];
  readonly links: readonly ShownLink[];
  readonly reconciliations: readonly {
    readonly with: string;
    readonly digest: Id;
    readonly verdict: string;
    readonly state: "written" | "pending" | "settled";
    readonly at: number;
    readonly divergence: ReportRow["report"]["divergence"];
    readonly stopped: Refusal | null;
  }[];
};

/** The subjects under a prefix, up to a number. */
export function shownSubjects(
  subjects: readonly ShownSubject[],
  prefix: string,
  most: number,
): Pick<ShownMesh, "subjects" | "more"> {
  const wanted = subjects.filter(({ subject }) => subject.startsWith(prefix));
  return { subjects: wanted.slice(0, most), more: Math.max(0, wanted.length - most) };
}

/** How it stands to other meshes; reports come newest first. */
export function shownRelations(
  desk: Desk,
  reports: readonly ReportRow[],
  now: number,
): Pick<ShownMesh, "links" | "reconciliations"> {
  const settled = new Set(reports.map(({ settles }) => settles));
  return {
    links: [...desk.links.keys()].map((other) => shownLink(desk, other, now)),
    reconciliations: reports.map(({ peer, digest, report, state, at }) => ({
      with: peer,
      digest,
      verdict: report.verdict,
      state: settled.has(digest) ? "settled" : state,
      at,
      divergence: report.divergence,
      stopped: report.stopped ?? null,
    })),
  };
}

function shownLink(desk: Desk, other: string, now: number): ShownLink {
  const link = linkTo(desk, other);
  const { mode, by, outbound, inbound, lapsed } = link;
  return {
    with: other,
    mode,
    state: describeLink(link, now),
    declaration: by?.id ?? null,
    reason: by?.reason ?? null,
    until: by?.until ?? null,
    condition: by?.condition ?? null,
    queued: outbound.length,
    deferred: inbound.length,
    lapsed: lapsed.length,
  };
}
