// Meshes with real keys: roots, authorities with roles and classes, and what they sign, as files that the command line reads.
import { type Grant, issueCredential } from "../../shared/authority/credential.ts";
import type { AuthorityStatement } from "../../shared/authority/statement.ts";
import { issueStatement, openAuthorityStatement } from "../../shared/authority/statement.ts";
import { toHex } from "../../shared/bytes.ts";
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import type { Signer } from "../../shared/cose/sign1.ts";
import { type TrustStatement, writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { sha256 } from "../../shared/hash.ts";
import { declarationDraft, factDraft, type Head } from "../../shared/mesh/signed/draft.ts";
import { type FramesFile, NO_FRAMES } from "../../shared/mesh/signed/frames-file.ts";
import { openParts, type SceneFiles } from "../../shared/mesh/signed/open.ts";
import { sceneFrom } from "../../shared/mesh/signed/scene.ts";
import { type Author, authorFor } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { MINUTE, TRUE_START } from "./meshes.ts";
import { signerNamed } from "./recipes.ts";

const YEAR = 365 * 86_400 * 1_000_000;

export function contentOf(document: Json): CborMap {
  const value = fromJson(document);
  if (!value.ok) throw new Error(JSON.stringify(value.fault));
  return value.value as CborMap;
}

/** An authority of a mesh: all that it says is numbered and linked. */
export class Voice {
  readonly mesh: string;
  readonly signer: Signer;
  readonly credential: Uint8Array;
  readonly said: VerifiedObservation[] = [];
  private readonly author: Author;

  constructor(mesh: TestMesh, subject: string, changes: Partial<Grant> = {}, signer = signerNamed(subject)) {
    this.mesh = mesh.name;
    this.signer = signer;
    this.credential = issueCredential(mesh.grant(subject, signer.key, changes), mesh.root);
    this.author = authorFor({
      mesh: mesh.name,
      signer,
      credentials: [this.credential],
      place: null,
      timeFrame: mesh.frame,
      governanceClass: "stock",
    });
  }

  private get head(): Head {
    const last = this.said.at(-1);
    return { sequence: last?.lineage.sequence ?? 0, prev: last?.id ?? null };
  }

  private say(draft: Parameters<Author>[0]): VerifiedObservation {
    const observation = this.author(draft);
    this.said.push(observation);
    return observation;
  }

  fact(
    subject: string,
    value: Json,
    changes: { readonly at?: number; readonly sources?: readonly string[]; readonly class?: string } = {},
  ) {
    const at = changes.at ?? TRUE_START;
    const saying = {
      at: [at, at + 1_000] as const,
      head: this.head,
      sources: changes.sources ?? [],
      governanceClass: changes.class ?? null,
    };
    const read = fromJson(value);
    if (!read.ok) throw new Error(JSON.stringify(read.fault));
    return this.say(factDraft(subject, read.value, saying));
  }

  declare(type: string, content: Json | CborMap, at = TRUE_START): VerifiedObservation {
    const map = content instanceof Map ? content : contentOf(content as Json);
    return this.say(declarationDraft(type, map, { at: [at, at], head: this.head }));
  }
}

export class TestMesh {
  readonly name: string;
  readonly frame: string;
  readonly root: Signer;
  constructor(name: string) {
    this.name = name;
    this.frame = `${name}-clock`;
    this.root = signerNamed(`the root of ${name}`);
  }

  grant(subject: string, key: Uint8Array, changes: Partial<Grant>): Grant {
    return {
      version: 1,
      mesh: this.name,
      subject: `${this.name}/${subject}`,
      key,
      next: null,
      roles: ["*"],
      classes: ["*"],
      jurisdictions: ["*"],
      tier: null,
      delegations: 0,
      not_before: TRUE_START - YEAR,
      not_after: TRUE_START + YEAR,
      serial: sha256(key).slice(0, 16),
      ...changes,
    };
  }

  voice(subject: string, changes: Partial<Grant> = {}): Voice {
    return new Voice(this, subject, changes);
  }

  trust(): TrustStatement {
    return writeTrustStatement(this.name, new Map([[toHex(this.root.key), this.name]]));
  }

  /** A revocation, by the root, of a voice's credential. */
  async revoke(voice: Voice, from: number): Promise<Uint8Array> {
    const credential = statementIdOf(voice);
    const frame = issueStatement(
      { kind: "revocation", version: 1, mesh: this.name, credential, from, at: from, cut: [], reason: "left" },
      this.root,
    );
    const opened: { readonly ok: boolean; readonly value?: AuthorityStatement } = await openAuthorityStatement(frame);
    if (!opened.ok) throw new Error("the revocation is refused");
    return frame;
  }
}

/** The id of a voice's credential, from what it has said. */
function statementIdOf({ said }: Voice): string {
  const id = said[0]?.chain[0].id;
  if (id === undefined) throw new Error("a voice is known by what it has said");
  return id;
}

/** Statements about authority that differ: a root withdraws credentials that nobody has. */
export function revocationsBy(root: Signer, mesh: string, most: number): readonly Uint8Array[] {
  return Array.from({ length: most }, (_, index) => {
    const credential = toHex(sha256(Uint8Array.of(index >> 8, index & 255)));
    const body = { version: 1, mesh, credential, from: TRUE_START, at: TRUE_START, cut: [], reason: "left" } as const;
    return issueStatement({ kind: "revocation", ...body }, root);
  });
}

export const framesOf = (observations: readonly VerifiedObservation[], mesh: string | null = null): FramesFile => ({
  frames: observations.map(({ frame }) => frame),
  statements: [],
  mesh,
});

/** A plant and an office that have agreed; every voice has its usual role. */
export function agreedMeshes(terms: { readonly [key: string]: Json } = {}) {
  const [plant, office] = [new TestMesh("plant"), new TestMesh("office")];
  const agreement: Json = {
    meshes: ["plant", "office"],
    classes: { stock: "sharable" },
    divergenceLimit: { num: 1, den: 2 },
    arbitration: { rule: "authority" },
    tiers: { plant: { "plant/ops": 3 }, office: { "office/clerk": 1 } },
    frames: { plant: plant.frame, office: office.frame },
    roots: { plant: { plant: toHex(plant.root.key) }, office: { office: toHex(office.root.key) } },
    ...terms,
  };
  const signatories = [plant, office].map((mesh) => mesh.voice("board"));
  const signed = signatories.map((voice) => voice.declare("agreement", agreement, TRUE_START - MINUTE));
  return { plant, office, agreement, signed, boards: signatories as [Voice, Voice] };
}

export type SignedFiles = Omit<SceneFiles, "trust" | "at" | "translators" | "alignment"> &
  Partial<SceneFiles> &
  Pick<SceneFiles, "trust">;

export async function openedScene(files: SignedFiles) {
  const parts = await openParts({ translators: [], alignment: NO_FRAMES, at: null, ...files });
  return parts.ok ? sceneFrom(parts.value) : parts;
}
