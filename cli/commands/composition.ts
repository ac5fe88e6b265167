// `composition check|next`: whether a composition can work, and which of its parts may begin, with what their calls must say.
import { toJson } from "../../shared/cbor/json.ts";
import { type PinnedComposition, readComposition } from "../../shared/composition/document.ts";
import { partSubject } from "../../shared/composition/part.ts";
import { type Ending, progressOf } from "../../shared/composition/progress.ts";
import { endingsOf, verifyDossier } from "../../shared/composition/verify.ts";
import { argument, readBytes, readJsonFile, required } from "../files.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { readTrust } from "./evidence.ts";

export const compositionCheck: Command = {
  name: "composition check",
  usage: "composition check FILE",
  about: "whether a composition can work, and the hash by which it is signed",
  flags: {},
  example: "composition check procurement.json",
  run: async (call) => {
    const { composition, hash } = readNamed(call);
    const parts = [...composition.parts.keys()];
    return { exit: EXIT.yes, data: { ok: true, hash, parts, outcome: composition.outcome }, text: hash };
  },
};

function readNamed(call: Call): PinnedComposition {
  const pinned = readComposition(readJsonFile(argument(call, 0, "FILE")));
  if (!pinned.ok) throw new Refused(pinned.fault, EXIT.no);
  return pinned.value;
}

export const compositionNext: Command = {
  name: "composition next",
  usage: "composition next FILE [--dossier FILE --trust TRUST]",
  about: "which parts may begin by the evidence so far, and the subject that each call must have",
  input: ["--dossier: the bundles of the parts that have ended; none where nothing has begun"],
  example: "composition next purchase.json --dossier so-far.json --trust trust.json",
  flags: { dossier: { type: "string" }, trust: { type: "string" } },
  run: async (call) => {
    const pinned = readNamed(call);
    const endings = await endingsIn(call, pinned);
    const { parts, whole } = progressOf(pinned, endings);
    const due = [...parts].flatMap(([part, state]) => {
      const subject = state === "due" ? partSubject(pinned, endings, part) : null;
      const policy = pinned.composition.parts.get(part)?.policy;
      return subject?.ok ? [{ part, policy, subject: toJson(subject.value) }] : [];
    });
    const data = { whole: { ...whole, value: toJson(whole.value) }, parts: Object.fromEntries(parts), due };
    const lines = [...parts].map(([part, state]) => `${part.padEnd(14)} ${state}`);
    return { exit: EXIT.yes, data, text: [`whole          ${whole.is}`, ...lines].join("\n") };
  },
};

/** Only what the dossier proves counts. */
async function endingsIn(call: Call, pinned: PinnedComposition): Promise<ReadonlyMap<string, Ending>> {
  const { dossier } = call.flags;
  if (typeof dossier !== "string") return new Map();
  const { ceremonies, verdict, firstFailing } = await verifyDossier(
    readBytes(dossier),
    readTrust(required(call, "trust")),
  );
  if (verdict !== "passed" && firstFailing !== undefined)
    throw new Refused(firstFailing, verdict === "failed" ? EXIT.no : EXIT.indeterminate);
  return endingsOf(pinned, ceremonies);
}
