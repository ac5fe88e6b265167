// An exchange file that has arrived, judged against what this side holds (SPEC §22.3): one judgement for verification, dry run and import, at
// an agent and in a folder of files alike.
import { type Brought, type KeptStatements, newlyBrought } from "../../authority/brought.ts";
import { rootOf } from "../../authority/chain.ts";
import { isStatement, parseAuthorityStatement } from "../../authority/statement.ts";
import type { CborMap } from "../../cbor/value.ts";
import type { Pinned } from "../../coalition/pinned.ts";
import { parseObservation } from "../../observation/decode.ts";
import type { Id, VerifiedObservation } from "../../observation/observation.ts";
import { describeRefusal } from "../../refusals.ts";
import { fault, ok, type Result } from "../../result.ts";
import { type Governed, governed } from "../live/governed.ts";
import { bringsOf, carriedBy, importContent } from "../live/taking.ts";
import { type Reconciliation, reconcile, type Scene } from "../reconcile.ts";
import { provenAgents } from "../signed/agents.ts";
import { openFrames, openParts, type SceneFiles, type SignedParts } from "../signed/open.ts";
import { type SignedScene, sceneFrom } from "../signed/scene.ts";
import { authorityOf } from "../signed/voice.ts";
import type { Import, View } from "../view.ts";
import type { ExchangeFile } from "./file.ts";
import { type Carried, judgeManifest, type Plan, planImport, type Sound } from "./judge.ts";
import { contentMap, type Receipt, rootOfIds } from "./manifest.ts";

export type Arriving = {
  readonly file: ExchangeFile;
  /** What this side holds: its history, the agreement, translators, an alignment, and whom it trusts. */
  readonly files: Omit<SceneFiles, "theirs">;
  readonly last: Carried["last"];
  /** What is kept here of statements about authority. */
  readonly kept: KeptStatements;
  /** The policy under which facts are taken in at an instant; null where none is in force. */
  readonly pinned: (at: number) => Promise<Pinned | null>;
  /** Key of whoever would take it in, who must be proven in both meshes. Null where nobody is named, and nothing can be taken. */
  readonly carrier: string | null;
  /** True where people have decided to merge above the limit. */
  readonly decided: boolean;
};

export type Arrival = {
  readonly file: ExchangeFile;
  readonly from: string;
  readonly to: string;
  readonly gateway: string;
  readonly last: number;
  readonly sound: Sound;
  /** Statements about authority that are not kept here yet, and who answers for them. */
  readonly brought: Brought;
  /** What the door admitted of the file's statements. */
  readonly carried: readonly VerifiedObservation[];
  /** Prerequisites that are not at hand. */
  readonly missing: readonly Id[];
  readonly scene: Scene;
  readonly result: Reconciliation;
  readonly view: View;
  /** The effective policy under which this side takes facts in, pinned at the start; and what each bears here. */
  readonly policy: Governed["policy"];
  readonly labels: Governed["labels"];
  /** Acts by which either side holds what others said, by fact. */
  readonly imports: SignedScene["imports"];
  readonly plan: Plan;
};

export async function judgeArrival(arriving: Arriving): Promise<Result<Arrival>> {
  const { file, files } = arriving;
  const manifest = parseObservation(file.manifest);
  if (!manifest.ok) return manifest;
  const { mesh: from } = manifest.value.observation;
  const parts = await openParts({ ...files, theirs: { frames: file.frames, statements: file.statements, mesh: from } });
  if (!parts.ok) return parts;
  const sound = await judgeSound(arriving, parts.value);
  if (!sound.ok) return sound;
  const heard = heardBefore(parts.value);
  const [ours, theirs] = parts.value.histories;
  const told = { ...theirs, admitted: [...theirs.admitted, ...heard] };
  const signed = sceneFrom({ ...parts.value, histories: [ours, told] });
  if (!signed.ok) return signed;
  const scene: Scene = { ...signed.value.scene, decided: arriving.decided };
  const reconciled = reconcile(scene);
  if (!reconciled.ok) return reconciled;
  const opened = { parts: parts.value, scene, heard, imports: signed.value.imports };
  return weighed(arriving, opened, reconciled.value, sound.value);
}

/** Facts of the other side that are held here already: a file leaves out what it was told is held, and they are compared all the same. */
function heardBefore({ meshes, histories: [ours, theirs] }: SignedParts): readonly VerifiedObservation[] {
  const carried = new Set(theirs.admitted.map(({ id }) => id));
  return ours.admitted.filter(({ id, mesh, body }) => mesh === meshes[1] && body.kind === "fact" && !carried.has(id));
}

/** Signed by a gateway whose roots are known, complete, reviewed, and the next in line. */
async function judgeSound({ file, files, last }: Arriving, { trusts, histories }: SignedParts): Promise<Result<Sound>> {
  const signed = await openFrames([file.manifest, ...file.reviews], trusts);
  const [refused] = signed.refused;
  if (refused !== undefined) return { ok: false, fault: refused.fault };
  const [, { admitted, refused: unfit }] = histories;
  const ids = [...admitted, ...unfit].map(({ id }) => id);
  const sound = judgeManifest({ file, signed: signed.admitted, ids, to: files.trust.mesh, last });
  // An id does not cover the signature, and no gateway holds what has none: somebody on the way spoilt it, for its number to be used up.
  const spoilt = unfit.filter(({ fault: { code } }) => code.startsWith("SIGNATURE_"));
  return sound.ok && spoilt.length > 0
    ? fault("EXCHANGE_ALTERED", { need: ids.length, found: admitted.length })
    : sound;
}

type Opened = {
  readonly parts: SignedParts;
  readonly scene: Scene;
  readonly heard: readonly VerifiedObservation[];
  readonly imports: SignedScene["imports"];
};

/** What the agreement lets in, less what our policy and what our agent may carry take away. */
async function weighed(
  { file, files, last, kept, pinned, carrier }: Arriving,
  { parts, scene, heard, imports }: Opened,
  reconciled: Reconciliation,
  sound: Sound,
): Promise<Result<Arrival>> {
  const [to, from] = parts.meshes;
  const [ours, theirs] = parts.histories;
  const held = new Set(ours.admitted.map(({ id }) => id));
  const under = governed(scene, reconciled, to, await pinned(reconciled.at));
  const agents = provenAgents([...ours.admitted, ...theirs.admitted]);
  const taking = carrier === null ? null : carriedBy(under.view, agents, carrier, from);
  if (taking !== null && !taking.ok) return taking;
  const taken = taking === null ? under.view : taking.value;
  const refused = [...under.view.refused, ...(taking?.value.refused ?? [])];
  // What was heard before is compared, and neither taken nor refused by this file.
  const before = new Set(heard.map(({ id }) => id));
  const view: View = {
    ...under.view,
    imports: taken.imports.filter(({ fact }) => !before.has(fact.id)),
    refused: refused.filter(({ id }) => !before.has(id)),
  };
  const roots = parts.trusts.get(from)?.roots;
  if (roots === undefined) return fault("MESH_UNKNOWN", { mesh: from, need: files.trust.mesh });
  const root = rootOf(sound.by.chain);
  const by = `${roots.get(root) ?? root} of ${from}`;
  const brought = newlyBrought({ statements: file.statements, by }, kept);
  if (!brought.ok) return brought;
  return ok({
    file,
    from,
    to,
    gateway: authorityOf(sound.by.chain, roots),
    last: last(sound.by.key, from),
    sound,
    brought: brought.value,
    carried: theirs.admitted,
    missing: file.prerequisites.filter((id) => !held.has(id)),
    scene,
    result: under.result,
    view,
    policy: under.policy,
    labels: under.labels,
    imports,
    plan: planImport({ file }, theirs.admitted, held, view, under.result),
  });
}

/** What becomes of a file, as people and programs are told it before and after. */
export function tellArrival({ file, plan, sound, result, missing, gateway, from, last, policy }: Arrival) {
  const { measured, comparable } = result.divergence;
  return {
    ok: plan.stopped === null && missing.length === 0,
    from,
    gateway,
    sequence: sound.manifest.sequence,
    last,
    oneWay: sound.manifest.oneWay,
    prerequisites: { needed: file.prerequisites.length, missing },
    revocations: file.statements.filter(isRevocation).length,
    admit: plan.admit,
    hold: plan.hold,
    refuse: plan.refuse.map(({ id, fault }) => ({ id, ...describeRefusal(fault) })),
    denied: file.denied,
    divergence: { measured, limit: result.limit, comparable },
    digest: result.digest,
    policy,
    ...(plan.stopped === null ? {} : { stopped: describeRefusal(plan.stopped) }),
  };
}

export type ToldArrival = ReturnType<typeof tellArrival>;

function isRevocation(frame: Uint8Array): boolean {
  const parsed = parseAuthorityStatement(frame);
  return parsed.ok && isStatement(parsed.value.signed, "revocation");
}

export type ArrivalAct = { readonly item: Import; readonly content: CborMap; readonly brings: readonly Id[] };

/** The act of importing each statement that is admitted. */
export function actsOf({ view, plan, labels, from, imports, scene, result }: Arrival): readonly ArrivalAct[] {
  const admitted = new Set(plan.admit);
  return view.imports
    .filter(({ fact }) => admitted.has(fact.id))
    .map((item) => {
      const brings = bringsOf(item, from, imports);
      const borne = labels.get(item.fact.id) ?? [];
      return {
        item,
        brings,
        content: importContent(item, brings[0] as Id, from, scene.agreement.id, result.digest, borne),
      };
    });
}

/** What is signed for the sender to have back. */
export function receiptOf({ sound, plan, result, policy }: Arrival): CborMap {
  return contentMap({
    manifest: sound.by.id,
    sequence: sound.manifest.sequence,
    admitted: rootOfIds(plan.admit),
    admittedCount: plan.admit.length,
    held: plan.hold.length,
    refused: plan.refuse.length,
    record: result.digest,
    policy: policy?.digest ?? null,
  } satisfies Receipt);
}
