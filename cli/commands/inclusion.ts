// `evidence prove|included`: that one contribution counted, in a proof of a few kilobytes for whoever holds no bundle.
import { checkInclusion, proveInclusion, readInclusion, writeInclusion } from "../../shared/evidence/inclusion.ts";
import { examineBundle } from "../../shared/evidence/verify.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { argument, readBytes, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { type Call, type Command, EXIT, Refused, VERDICT_EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";

export const evidenceProve: Command = {
  name: "evidence prove",
  usage: "evidence prove BUNDLE ID --trust TRUST [--file FILE]",
  about: "prove that a contribution counted, in a file of its own",
  input: ["ID           the contribution's id, 64 hexadecimal digits"],
  example: "evidence prove sale.evidence.json ID --trust sale.trust.json --file bid.inclusion.json",
  flags: { trust: { type: "string" }, file: { type: "string" } },
  run: async (call) => {
    const id = idIn(call);
    const bytes = readBytes(argument(call, 0, "BUNDLE"));
    const { verification, state } = await examineBundle(bytes, { trust: readTrust(required(call, "trust")) });
    const { firstFailing, verdict } = verification;
    if (firstFailing !== undefined) throw new Refused(firstFailing, VERDICT_EXIT[verdict]);
    const proof = state === null ? null : proveInclusion(state, id);
    if (proof === null || !proof.ok)
      throw new Refused(proof?.fault ?? { code: "OUTCOME_PENDING", detail: {} }, EXIT.no);
    const document = writeInclusion(proof.value);
    const { file } = call.flags;
    if (typeof file !== "string") return { exit: EXIT.yes, data: document };
    if (file === "") throw usage("--file needs a path");
    writeNamed(file, JSON.stringify(document));
    return { exit: EXIT.yes, data: { file }, text: file };
  },
};

function idIn(call: Call): string {
  const id = argument(call, 1, "ID").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(id)) throw usage("ID is an id of 64 hexadecimal digits");
  return id;
}

export const evidenceIncluded: Command = {
  name: "evidence included",
  usage: "evidence included PROOF --trust TRUST",
  about: "check offline that a contribution counted",
  input: [
    "answer       exit 0 where it did, with whoever signed for that, 5 where the proof is wrong, 3 where a signer is not trusted",
  ],
  example: "evidence included bid.inclusion.json --trust sale.trust.json",
  flags: { trust: { type: "string" } },
  run: async (call) => {
    const trust = readTrust(required(call, "trust"));
    const proof = readInclusion(readJsonFile(argument(call, 0, "PROOF")));
    if (!proof.ok) throw new Refused(proof.fault, EXIT.usage);
    const { verdict, code, detail, by } = await checkInclusion(proof.value, trust);
    const { ceremony, contribution, digest, size } = proof.value;
    const refusal = code === null ? {} : describeRefusal({ code, detail });
    const data = { verdict, ...refusal, ceremony, contribution, outcome: { digest }, counted: size, by, network: 0 };
    const told = verdict === "passed" ? `one of ${size}; signed for by ${by.join(", ")}` : String(code);
    return { exit: VERDICT_EXIT[verdict], data, text: `${verdict.toUpperCase()}\n  ${contribution}\n  ${told}` };
  },
};
