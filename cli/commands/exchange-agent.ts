// The exchange of files at a running agent: what it holds, what it lets out, and what it makes of what arrives.
import { readAs } from "../../shared/cbor/read.ts";
import { readExchangeFile } from "../../shared/mesh/exchange/file.ts";
import { readManifest } from "../../shared/mesh/exchange/manifest.ts";
import type { Imported, ShownExchanges } from "../../shared/mesh/exchange/told.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../agent-client.ts";
import { argument, readJsonFile, required } from "../files.ts";
import { type Call, type Command, EXIT } from "../registry.ts";
import { shown } from "../terminal.ts";
import { unwrap } from "./unwrap.ts";

/** Whether an agent is meant, rather than files. */
export function isAtAgent({ flags }: Call): boolean {
  return flags.url !== undefined || flags.as !== undefined;
}

function exchangePath(mesh: string): string {
  return `/v1/exchange/${encodeURIComponent(mesh)}`;
}

export async function arriveAt(call: Call, takes: boolean): Promise<Imported> {
  const body = readJsonFile(argument(call, 0, "FILE")) as object;
  const file = unwrap(readExchangeFile(body));
  const mesh = typeof call.flags.mesh === "string" ? call.flags.mesh : addresseeOf(file.manifest);
  const { ceremony } = call.flags;
  const query = typeof ceremony === "string" ? `?${new URLSearchParams({ ceremony })}` : "";
  const path = `${exchangePath(mesh)}/${takes ? "import" : "verify"}${query}`;
  return askJson<Imported>(agentOf(call), path, { body });
}

function addresseeOf(manifest: Uint8Array): string {
  const { body } = unwrap(parseObservation(manifest)).observation;
  return unwrap(readAs(body.kind === "declaration" ? body.content : null, readManifest, "manifest")).to;
}

export async function wantAt(call: Call): Promise<{ readonly ids: readonly string[] }> {
  return askJson(agentOf(call), `${exchangePath(required(call, "mesh"))}/want`);
}

/** The file as the agent signed for it, and what that withheld. */
export async function exportAt(call: Call, policy: unknown, held: readonly string[]): Promise<object> {
  const body = { to: required(call, "for"), policy, held };
  return askJson(agentOf(call), `${exchangePath(required(call, "mesh"))}/files`, { body });
}

export const exchangeList: Command = {
  name: "exchange list",
  usage: `exchange list --mesh MESH ${AGENT_USAGE}`,
  about: "files that a mesh let out and took in, with their receipts and the numbers that are missing",
  flags: { mesh: { type: "string" }, ...AGENT_FLAGS },
  input: ["--mesh       a mesh in which the agent's party stands", ...AGENT_INPUT],
  example: "exchange list --mesh east --as acme",
  run: async (call) => {
    const data = await askJson<ShownExchanges>(agentOf(call), exchangePath(required(call, "mesh")));
    return { exit: EXIT.yes, data, text: listText(data) };
  },
};

function listText({ out, in: brought }: ShownExchanges): string {
  const lines = [
    ...out.map(({ to, sequence, count, manifest, receipt, oneWay }) => {
      const came = receipt === null ? (oneWay ? "none is awaited" : "none yet") : `${receipt.admitted} admitted`;
      return `out  to ${shown(to)}  ${sequence}  ${count} statement(s)  ${manifest.slice(0, 12)}  receipt: ${came}`;
    }),
    ...brought.flatMap(({ gateway, from, last, files, missing }) => [
      `in   from ${shown(gateway)} of ${shown(from)}  last ${last}`,
      ...files.map(
        ({ sequence, receipt }) => `       ${sequence}  ${receipt.admitted} admitted, ${receipt.refused} refused`,
      ),
      ...missing.map(([first, to]) => `       missing ${first === to ? first : `${first} to ${to}`}: later ones came`),
    ]),
  ];
  return lines.length === 0 ? "no file was let out or taken in" : lines.join("\n");
}
