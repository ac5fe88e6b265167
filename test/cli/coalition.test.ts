// Signing and pooling a coalition's documents by files alone, as a courier or a static mirror would carry them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { rootsOf } from "../../cli/stack/party.ts";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { run } from "../support/command.ts";
import { MESH, testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const { dir, remove } = scratchFolder("coalition");
afterAll(remove);
const parties = testParties(2);
const trust = writeTrustStatement(MESH, rootsOf(parties));
const pool = join(dir, "pool");
mkdirSync(pool);

const identity = (index: number) => {
  const party = parties[index] as (typeof parties)[number];
  const credentials = party.identity.credentials.map(toBase64);
  const secret = toHex(party.secret);
  return { format: "quorate-identity/1", mesh: MESH, frame: "utc", class: "coordination", secret, credentials };
};
const permit = (id: string, value: string) => ({ id, effect: "permit", value });
const ACME = { authority: "acme", clauses: [permit("A1", "escort")], admits: ["bolt/ba"] };
const BOLT = { authority: "bolt", clauses: [permit("B1", "refuel")], admits: [] };
const BA = { id: "bolt/ba", from: "bolt", to: "acme", signer: "bolt", terms: {} };

async function sign(index: number, number: number, name: string, ...documents: readonly object[]) {
  const out = join(pool, `${name}.json`);
  return run("coalition", "sign", "--identity", identity(index), "--number", `${number}`, "--out", out, ...documents);
}
const effective = () => run("coalition", "effective", "--home", "acme", "--pool", pool, "--trust", trust);
const clauses = (data: unknown) =>
  (data as { clauses: { id: string; via?: string }[] }).clauses.map(({ id, via }) => [id, via]);

describe("a coalition by files", () => {
  it("is what its authorities signed, and one revocation takes what it names", async () => {
    expect((await sign(0, 1, "acme", ACME)).exit).toBe(0);
    expect((await sign(1, 1, "bolt", BOLT, BA)).exit).toBe(0);
    expect(clauses((await effective()).data)).toEqual([
      ["A1", undefined],
      ["B1", "bolt/ba"],
    ]);
    const plan = await run("coalition", "revoke", "bolt/ba", "--plan", "--pool", pool, "--trust", trust);
    expect([plan.exit, plan.data]).toMatchObject([
      2,
      { homes: [{ home: "acme", lost: [{ id: "B1" }], unheard: ["bolt"] }] },
    ]);
    await sign(1, 3, "left", (plan.data as { revocation: object }).revocation);
    expect(clauses((await effective()).data)).toEqual([["A1", undefined]]);
    rmSync(join(pool, "left.json"));
  });

  it("is signed from a party's folder, as it was made", async () => {
    const own = (name: string) => join(dir, name);
    await run("party", "init", "acme", "--mesh", MESH, "--dir", own("acme"));
    const out = join(own("acme"), "signed.json");
    const words = ["coalition", "sign", "--number", "1", "--out", out, "--identity"];
    expect((await run(...words, own("acme"), ACME)).exit).toBe(0);
    const { trust: recognised } = JSON.parse(readFileSync(join(own("acme"), "party.json"), "utf8"));
    mkdirSync(own("one"));
    writeFileSync(join(own("one"), "acme.json"), readFileSync(out));
    const read = await run("coalition", "effective", "--home", "acme", "--pool", own("one"), "--trust", recognised);
    expect(clauses(read.data)).toEqual([["A1", undefined]]);
    writeFileSync(join(own("acme"), "secrets.json"), "{}");
    expect((await run(...words, own("acme"), ACME)).refusal?.code).toBe("MESH_DOCUMENT_INVALID");
  });

  it("takes no file that is altered, unsigned or signed by someone else", async () => {
    await sign(0, 2, "forged", { ...BOLT, version: 2 });
    expect((await effective()).data).toMatchObject({ refused: [{ code: "POLICY_NOT_OWN", from: "acme" }] });
    const path = join(pool, "forged.json");
    const file = JSON.parse(readFileSync(path, "utf8")) as { frames: string[] };
    const frame = Buffer.from(file.frames[0] as string, "base64");
    frame[frame.length - 1] = (frame[frame.length - 1] as number) ^ 1;
    writeFileSync(path, JSON.stringify({ ...file, frames: [frame.toString("base64")] }));
    expect((await effective()).data).toMatchObject({ refused: [{ code: "SIGNATURE_INVALID" }] });
    writeFileSync(path, JSON.stringify(BOLT));
    expect((await effective()).refusal?.code).toBe("MESH_DOCUMENT_UNSIGNED");
    expect((await sign(0, 2, "nothing", { hello: 1 })).refusal?.code).toBe("POOL_INVALID");
  });
});

/** What stands in for an agent: it notes what it is asked. */
async function answering(document: object): Promise<{ url: string; asked: string[]; stop: () => void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, asked, stop };
}

describe("a preview", () => {
  it("of all that one authority may revoke needs its name", async () => {
    const plain = join(dir, "plain");
    mkdirSync(plain);
    writeFileSync(join(plain, "all.json"), JSON.stringify([ACME, BOLT, BA]));
    const plan = (...words: readonly string[]) => run("coalition", "revoke", "*", "--pool", plain, "--plan", ...words);
    expect((await plan()).exit).toBe(64);
    const all = await plan("--by", "bolt");
    expect([all.exit, (all.data as { revocation: object }).revocation]).toMatchObject([
      2,
      { revokes: "*", by: "bolt" },
    ]);
  });

  it("asked of an agent names what runs there", async () => {
    const seats = [{ seat: 2, authority: "crux", role: "member" }];
    const ceremonies = [{ ceremony: "ab".repeat(32), title: "Lantern", effect: "stalls", seats }];
    const agent = await answering({ homes: [], unchanged: ["acme"], ceremonies });
    try {
      const asked = ["--url", agent.url, "--key", "k", "--mesh", "pact", "--by", "crux", "--operation", "lantern"];
      const answer = await run("coalition", "revoke", "*", "--plan", ...asked);
      expect(answer.exit).toBe(2);
      expect(answer.text).toContain("stalls    abababababab  Lantern: without crux");
      expect(agent.asked).toEqual(["/v1/meshes/pact/coalition/plan?revokes=*&by=crux&operation=lantern"]);
    } finally {
      agent.stop();
    }
  });
});
