// `evidence prove|included`: that one contribution counted, in a proof of a few kilobytes for whoever holds no bundle.
import { checkInclusion, proveInclusion, readInclusion, writeInclusion } from "../../shared/evidence/inclusion.ts";
import { examineBundle } from "../../shared/evidence/verify.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../agent-client.ts";
import { argument, readBytes, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { PROGRAM } from "../find.ts";
import { type Call, type Command, EXIT, Refused, VERDICT_EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";

export const evidenceProve: Command = {
  name: "evidence prove",
  usage: `evidence prove (BUNDLE --trust TRUST | CEREMONY ${AGENT_USAGE}) ID [--file FILE]`,
  about: "prove that a contribution counted, in a file of its own",
  input: [
    "ID            the contribution's id, 64 hexadecimal digits",
    "BUNDLE        an evidence bundle; or the ceremony's whole id: whichever agent of it is asked answers without a key",
    ...AGENT_INPUT,
  ],
  example: "evidence prove sale.evidence.json ID --trust sale.trust.json --file bid.inclusion.json",
  flags: { ...AGENT_FLAGS, trust: { type: "string" }, file: { type: "string" } },
  run: async (call) => {
    const id = idIn(call, 1, "ID");
    const { file, url, as } = call.flags;
    if (file === "") throw usage("--file needs a path");
    const document = url === undefined && as === undefined ? await proveFrom(call, id) : await fetchProof(call, id);
    if (typeof file !== "string") return { exit: EXIT.yes, data: document };
    writeNamed(file, JSON.stringify(document));
    return {
      exit: EXIT.yes,
      data: { file },
      text: `${file}\nnext: ${PROGRAM} evidence included ${file} --trust TRUST`,
    };
  },
};

async function proveFrom(call: Call, id: string): Promise<object> {
  const bytes = readBytes(argument(call, 0, "BUNDLE"));
  const { verification, state } = await examineBundle(bytes, { trust: readTrust(required(call, "trust")) });
  const { firstFailing, verdict } = verification;
  if (firstFailing !== undefined) throw new Refused(firstFailing, VERDICT_EXIT[verdict]);
  const proof = state === null ? null : proveInclusion(state, id);
  if (proof === null || !proof.ok) throw new Refused(proof?.fault ?? { code: "OUTCOME_PENDING", detail: {} }, EXIT.no);
  return writeInclusion(proof.value) as object;
}

async function fetchProof(call: Call, id: string): Promise<object> {
  const ceremony = idIn(call, 0, "CEREMONY");
  return askJson<object>(agentOf(call), `/v1/ceremonies/${ceremony}/observations/${id}/inclusion`);
}

function idIn(call: Call, index: number, name: string): string {
  const id = argument(call, index, name).toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(id)) throw usage(`${name} is an id of 64 hexadecimal digits`);
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
