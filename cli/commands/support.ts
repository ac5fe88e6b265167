// `support gather|analyze`: what a helper needs of an agent in one file without secrets, and what stands out in it, read offline.
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf } from "../agent-client.ts";
import { argument, readJsonFile, required, writeNamed } from "../files.ts";
import { analyze, type Finding, type Gathered, gather, SUPPORT_FORMAT } from "../ops/support.ts";
import { type Command, EXIT, refused } from "../registry.ts";

export const supportGather: Command = {
  name: "support gather",
  usage: `support gather ${AGENT_USAGE} -f FILE`,
  about:
    "write what a helper needs to know of an agent to a file: named fields alone, so no titles, payloads or secrets",
  flags: { ...AGENT_FLAGS, file: { type: "string", short: "f" } },
  input: AGENT_INPUT,
  example: "support gather --as acme -f support.json",
  run: async (call) => {
    const file = required(call, "file");
    const gathered = await gather(agentOf(call));
    writeNamed(file, `${JSON.stringify(gathered, null, 1)}\n`);
    const parts = Object.keys(gathered.parts);
    return {
      exit: EXIT.yes,
      data: { file, parts },
      text: `${file}: ${parts.join(", ")}\nnext: npm run -s quorate -- support analyze ${file}`,
    };
  },
};

export const supportAnalyze: Command = {
  name: "support analyze",
  usage: "support analyze FILE",
  about: "say what stands out in such a file, offline (5 where something does)",
  flags: {},
  input: ["FILE      as support gather writes it"],
  example: "support analyze support.json",
  run: async (call) => {
    const document = readJsonFile(argument(call, 0, "FILE")) as Partial<Gathered> | null;
    if (document?.format !== SUPPORT_FORMAT || document.parts === undefined || document.here === undefined)
      throw refused("FILE_SHAPE", {
        thing: "what support gather gathered",
        path: "format",
        need: SUPPORT_FORMAT,
        shape: "support gather --as acme -f FILE",
      });
    const findings = analyze(document as Gathered);
    return {
      exit: findings.length === 0 ? EXIT.yes : EXIT.no,
      data: { findings },
      text: findings.length === 0 ? "nothing stands out" : findings.map(told).join("\n"),
    };
  },
};

function told({ code, what, why, do: remedy }: Finding): string {
  return `${code}\n  what  ${what}\n  why   ${why}\n  do    ${remedy}`;
}
