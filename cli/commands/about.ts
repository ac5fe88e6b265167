// `version`, `completion` and `docs`: what the registry says of itself, in the forms that people, shells and web sites take.
import { join } from "node:path";
import project from "../../package.json" with { type: "json" };
import { ENGINE_VERSION } from "../../shared/ceremony/record.ts";
import { BUNDLE_FORMAT } from "../../shared/evidence/bundle.ts";
import { TRUST_FORMAT } from "../../shared/evidence/trust-statement.ts";
import { completionFor, SHELLS } from "../completion.ts";
import { documents } from "../documents.ts";
import { argument, makeFolder, required, usage, writeNamed } from "../files.ts";
import { type Command, EXIT } from "../registry.ts";

type All = () => readonly Command[];

/** The commands about the others, which they are given: the registry holds them too. */
export function aboutCommands(all: All): readonly Command[] {
  return [version, completion(all), docs(all)];
}

const version: Command = {
  name: "version",
  usage: "version",
  about: "this version, and those of the formats that it reads and writes",
  flags: {},
  example: "version -o json",
  run: async () => {
    const data = {
      version: project.version,
      engine: ENGINE_VERSION,
      formats: [BUNDLE_FORMAT, TRUST_FORMAT],
      node: process.versions.node,
    };
    const text = `quorate ${data.version}  engine ${data.engine}  ${data.formats.join(" ")}  node ${data.node}`;
    return { exit: EXIT.yes, data, text };
  },
};

const completion = (all: All): Command => ({
  name: "completion",
  usage: "completion SHELL",
  about: `words that complete commands and flags in ${SHELLS.join(", ")}`,
  flags: {},
  input: ['bash: source <(npm run -s quorate -- completion bash); it completes the word "quorate"'],
  example: "completion bash",
  run: async (call) => {
    const given = argument(call, 0, "SHELL");
    const shell = SHELLS.find((name) => name === given);
    if (shell === undefined) throw usage(`SHELL is one of ${SHELLS.join(", ")}`);
    const script = completionFor(shell, all());
    return { exit: EXIT.yes, data: { shell, script }, text: script.trimEnd() };
  },
});

const docs = (all: All): Command => ({
  name: "docs",
  usage: "docs --dir DIR",
  about: "write the reference of commands, exit codes and refusals as Markdown, from the registry itself",
  flags: { dir: { type: "string" } },
  example: "docs --dir reference",
  run: async (call) => {
    const dir = makeFolder(required(call, "dir"));
    const files = Object.entries(documents(all())).map(([name, text]) => {
      writeNamed(join(dir, name), text);
      return join(dir, name);
    });
    return { exit: EXIT.yes, data: { files }, text: files.join("\n") };
  },
});
