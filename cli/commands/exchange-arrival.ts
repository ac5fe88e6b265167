// An exchange file that has arrived, judged against what this side holds: the same for verification, dry run and import.
import { existsSync } from "node:fs";
import { type ExchangeFile, readExchangeFile } from "../../shared/mesh/exchange/file.ts";
import { judgeManifest, type Plan, planImport, type Sound } from "../../shared/mesh/exchange/judge.ts";
import { type Governed, governed } from "../../shared/mesh/live/governed.ts";
import { type Reconciliation, reconcile } from "../../shared/mesh/reconcile.ts";
import { type FramesFile, NO_FRAMES, readFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { openFrames, openParts } from "../../shared/mesh/signed/open.ts";
import { type SignedScene, sceneFrom } from "../../shared/mesh/signed/scene.ts";
import { authorityOf } from "../../shared/mesh/signed/voice.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { fault } from "../../shared/result.ts";
import { argument, instant, readJsonFile, required } from "../files.ts";
import { writeJson } from "../identity.ts";
import { pinnedBy, signedFile } from "../pool-folder.ts";
import { type Call, EXIT, Refused } from "../registry.ts";
import { readTrust } from "./evidence.ts";
import { jsonFilesIn } from "./mesh.ts";
import { unwrap } from "./unwrap.ts";

export type Arrival = {
  readonly file: ExchangeFile;
  readonly history: FramesFile;
  readonly from: string;
  readonly to: string;
  readonly agreement: string;
  readonly gateway: string;
  readonly last: number;
  readonly sound: Sound;
  /** Prerequisites that are not at hand. */
  readonly missing: readonly string[];
  readonly result: Reconciliation;
  /** The effective policy under which this side takes facts in, pinned at the start; and what each bears here. */
  readonly policy: Governed["policy"];
  readonly labels: Governed["labels"];
  /** Acts by which either side holds what others said, by fact. */
  readonly imports: SignedScene["imports"];
  readonly plan: Plan;
  /** Remembers the number of this file, so that the next must follow it. */
  readonly note: () => void;
};

/** Last numbers taken, by the gateway's key. */
type State = Record<string, number>;

function readState(call: Call): State {
  const { state } = call.flags;
  return typeof state === "string" && existsSync(state) ? (readJsonFile(state) as State) : {};
}

export async function judgeArrival(call: Call): Promise<Arrival> {
  const file = unwrap(readExchangeFile(readJsonFile(argument(call, 0, "FILE"))));
  const path = required(call, "history");
  const history = existsSync(path) ? unwrap(readFramesFile(readJsonFile(path), "history")) : NO_FRAMES;
  const trust = readTrust(required(call, "trust"));
  const { mesh: from } = unwrap(parseObservation(file.manifest)).observation;
  const { alignment, translators } = call.flags;
  const parts = unwrap(
    await openParts({
      agreement: signedFile(readJsonFile(required(call, "agreement")), "agreement"),
      ours: history,
      theirs: { frames: file.frames, statements: file.statements, mesh: from },
      translators: (typeof translators === "string" ? jsonFilesIn(translators) : []).map((document) =>
        signedFile(document, "translator"),
      ),
      alignment: typeof alignment === "string" ? signedFile(readJsonFile(alignment), "alignment") : NO_FRAMES,
      trust,
      at: instant(call, "at"),
    }),
  );
  const signed = await openFrames([file.manifest, ...file.reviews], parts.trusts);
  const [refused] = signed.refused;
  if (refused !== undefined) throw new Refused(refused.fault, EXIT.no);
  const [, theirs] = parts.histories;
  const ids = [...theirs.admitted, ...theirs.refused].map(({ id }) => id);
  const state = readState(call);
  const last = (gateway: string) => state[gateway] ?? 0;
  const sound = unwrap(judgeManifest({ file, signed: signed.admitted, ids, to: trust.mesh, last }));
  const { scene, imports } = unwrap(sceneFrom(parts));
  const reconciled = unwrap(reconcile(scene));
  const pinned = await pinnedBy(call, trust, reconciled.at);
  const { result, policy, labels } = governed(scene, reconciled, trust.mesh, pinned);
  const held = new Set(parts.histories[0].admitted.map(({ id }) => id));
  const { key, chain } = sound.by;
  const note = () => {
    if (typeof call.flags.state === "string") writeJson(call.flags.state, { ...state, [key]: sound.manifest.sequence });
  };
  const roots = parts.trusts.get(from)?.roots;
  if (roots === undefined) throw new Refused(fault("MESH_UNKNOWN", { mesh: from, need: trust.mesh }).fault, EXIT.no);
  return {
    file,
    history,
    from,
    to: trust.mesh,
    agreement: scene.agreement.id,
    gateway: authorityOf(chain, roots),
    last: last(key),
    sound,
    missing: file.prerequisites.filter((id) => !held.has(id)),
    result,
    policy,
    labels,
    imports,
    plan: planImport({ file }, theirs.admitted, held, trust.mesh, result),
    note,
  };
}
