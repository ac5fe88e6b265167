// Pulling partners' statements over HTTP into a pool of files: what is down, behind or wrong is shown and takes nothing away.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootsOf } from "../../cli/stack/party.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { STATEMENTS_BYTES_MAX } from "../../shared/limits.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { Nation } from "../support/coalition.ts";
import { run } from "../support/command.ts";
import { MESH, testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const { dir, remove } = scratchFolder("coalition-pull");
const parties = testParties(3);
const trust = writeTrustStatement(MESH, rootsOf(parties.slice(0, 2)));
const [acme, bolt, stranger] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation];
const permit = (id: string, value: string) => ({ id, effect: "permit", value });

/** What stands at each path: a body, or what answers instead. */
const served = new Map<string, string | RequestListener>();
const serve = (path: string, said: readonly VerifiedObservation[]) => {
  const frames = said.map(({ frame }) => frame);
  served.set(path, JSON.stringify(writeFramesFile({ frames, statements: [], mesh: MESH })));
};
const server = createServer((request, response) => {
  const body = served.get(request.url ?? "");
  if (typeof body === "function") body(request, response);
  else response.writeHead(body === undefined ? 404 : 200).end(body);
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  remove();
});

type Pulled = { sources: { state: string; code?: string; fresh: number; held: number; refused: { code: string }[] }[] };
const pull = async (pool: string, ...paths: readonly string[]) => {
  const urls = paths.map((path) => (path.startsWith("/") ? `${origin}${path}` : path));
  const { exit, data } = await run("coalition", "pull", ...urls, "--pool", join(dir, pool), "--trust", trust);
  return { exit, ...(data as Pulled) };
};
const clauses = async (pool: string) => {
  const { data } = await run("coalition", "effective", "--home", "acme", "--pool", join(dir, pool), "--trust", trust);
  return (data as { clauses: { id: string }[] }).clauses.map(({ id }) => id);
};

const home = [acme.policy([permit("A1", "escort")], ["bolt/ba"])];
const partner = [bolt.policy([permit("B1", "refuel")], []), bolt.translator("ba", "bolt", "acme")];
const revocation = bolt.revoke("bolt/ba", 1);

describe("coalition pull", () => {
  it("fills a pool from static files, once", async () => {
    serve("/acme.json", home);
    serve("/bolt.json", partner);
    expect(await pull("whole", "/acme.json", "/bolt.json")).toMatchObject({
      exit: 0,
      sources: [
        { state: "new", fresh: 1 },
        { state: "new", fresh: 2 },
      ],
    });
    expect(await clauses("whole")).toEqual(["A1", "B1"]);
    expect(await pull("whole", "/bolt.json")).toMatchObject({
      exit: 0,
      sources: [{ state: "same", fresh: 0, held: 2 }],
    });
  });

  it("goes on with what it has while a source is silent", async () => {
    serve("/acme.json", home);
    serve("/bolt.json", partner);
    await pull("silent", "/acme.json", "/bolt.json");
    served.delete("/bolt.json");
    const answer = await pull("silent", "http://127.0.0.1:9/nobody.json", "/bolt.json", "/acme.json");
    expect(answer).toMatchObject({
      exit: 9,
      sources: [
        { state: "unreachable", code: "SOURCE_SILENT", held: 0 },
        { state: "unreachable", code: "SOURCE_SILENT", held: 2 },
        { state: "same" },
      ],
    });
    expect(await clauses("silent")).toEqual(["A1", "B1"]);
  });

  it("forgets nothing when a source falls back, and says so", async () => {
    serve("/acme.json", home);
    serve("/bolt.json", [...partner, revocation]);
    await pull("behind", "/acme.json", "/bolt.json");
    expect(await clauses("behind")).toEqual(["A1"]);
    serve("/bolt.json", partner);
    expect(await pull("behind", "/bolt.json")).toMatchObject({
      exit: 5,
      sources: [{ state: "behind", code: "SOURCE_ROLLED_BACK", held: 3 }],
    });
    expect(await clauses("behind")).toEqual(["A1"]);
  });

  it("takes nothing of what is too large, cut short or a stranger's", async () => {
    served.set("/large.json", " ".repeat(STATEMENTS_BYTES_MAX + 1));
    served.set("/short.json", '{"format":"quorate-frames/1","frames":["');
    served.set("/gone.json", (_, response) => {
      response.writeHead(200, { "content-length": "9" }).write("{");
      setTimeout(() => response.destroy(), 10);
    });
    serve("/stranger.json", [stranger.policy([permit("D1", "anything")], [])]);
    const answer = await pull("bad", "/large.json", "/short.json", "/gone.json", "/stranger.json");
    expect(answer).toMatchObject({
      exit: 5,
      sources: [
        { state: "refused", code: "SOURCE_TOO_LARGE", held: 0 },
        { state: "refused", code: "SOURCE_UNREADABLE", held: 0 },
        { state: "unreachable", code: "SOURCE_SILENT", held: 0 },
        { fresh: 0, refused: [{ code: "ROOT_UNKNOWN" }] },
      ],
    });
  });

  it("fetches from web addresses only", async () => {
    const answer = await run("coalition", "pull", "file:///etc/hosts", "--pool", join(dir, "no"), "--trust", trust);
    expect([answer.exit, answer.refusal?.code]).toEqual([64, "USAGE"]);
  });
});
