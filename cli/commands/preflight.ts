// `preflight`: can these parties, under these policies, reach any outcome at all?
import { basename, join } from "node:path";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { examinePolicy, pinPolicy } from "../../shared/policy/decode.ts";
import { policyFor } from "../../shared/policy/for-subject.ts";
import { preflight as judge, type Signed } from "../../shared/policy/preflight.ts";
import { namesIn, readJsonFile, required, usage } from "../files.ts";
import { partiesIn } from "../parties-file.ts";
import { type Command, EXIT } from "../registry.ts";
import { unwrap } from "./unwrap.ts";

export const preflight: Command = {
  name: "preflight",
  usage: "preflight --policies DIR --parties FILE",
  about: "whether parties can reach an outcome under their policies, one file a party, and what stands in the way",
  flags: { policies: { type: "string" }, parties: { type: "string" } },
  example: "preflight --policies policies --parties parties.json",
  run: async (call) => {
    const policies = readPolicies(required(call, "policies"));
    const file = partiesIn(readJsonFile(required(call, "parties")));
    const [first] = policies as readonly [Signed, ...Signed[]];
    const { seats, subject } = unwrap(readPlain(first.policy, file));
    const fitted = policies.map((signed) => ({ ...signed, policy: unwrap(policyFor(signed.policy, subject)) }));
    const data = judge(fitted, seats);
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
    const given = wrapped ? document.policy : document;
    const { found, findings: flaws } = examinePolicy(given);
    const policy = found?.policy ?? unwrap(pinPolicy(given)).policy;
    const party = wrapped && typeof document.party === "string" ? document.party : basename(name, ".json");
    return { party, policy, flaws };
  });
}
