// `preflight`: can these parties, under these policies, reach any outcome at all?
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { preflight as judge, type Signed } from "../../shared/policy/preflight.ts";
import { fault } from "../../shared/result.ts";
import { readJsonFile, required, usage } from "../files.ts";
import { type Command, EXIT, Refused } from "../registry.ts";

export const preflight: Command = {
  name: "preflight",
  usage: "preflight --policies DIR --parties FILE",
  about: "whether parties can reach an outcome under their policies, one file a party, and what stands in the way",
  flags: { policies: { type: "string" }, parties: { type: "string" } },
  run: async (call) => {
    const policies = readPolicies(required(call, "policies"));
    const file = readJsonFile(required(call, "parties"));
    const parties = Array.isArray(file) ? file : (file as { parties?: unknown } | null)?.parties;
    const [first] = policies as readonly [Signed, ...Signed[]];
    const plain = readPlain(first.policy, { parties, rounds: [] });
    if (!plain.ok) throw new Refused(plain.fault, EXIT.no);
    const data = judge(policies, plain.value.seats);
    const lines = data.blocking.map(({ party, clause, unlock }) => `${party}  ${clause}  ${unlock}`);
    return { exit: data.feasible ? EXIT.yes : EXIT.no, data, text: data.feasible ? "feasible" : lines.join("\n") };
  },
};

/** A file is a policy, or names its party beside it: `{"party", "policy"}`. */
function readPolicies(directory: string): readonly Signed[] {
  const names = namesIn(directory).filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw usage(`${directory} holds no .json file`);
  return names.sort().map((name) => {
    const document = readJsonFile(join(directory, name)) as {
      readonly party?: unknown;
      readonly policy?: unknown;
    } | null;
    const wrapped = typeof document === "object" && document !== null && Object.hasOwn(document, "policy");
    const pinned = pinPolicy(wrapped ? document.policy : document);
    if (!pinned.ok) throw new Refused(pinned.fault, EXIT.no);
    const party = wrapped && typeof document.party === "string" ? document.party : basename(name, ".json");
    return { party, policy: pinned.value.policy };
  });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new Refused(
      fault("FILE_UNREADABLE", { path: directory, reason: (error as Error).message }).fault,
      EXIT.absent,
    );
  }
}
