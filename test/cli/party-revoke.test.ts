// A party's root withdraws its agent's credential by command: the file is what agents take, and the door goes by it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readCard } from "../../cli/party/folder.ts";
import { openAuthorityStatement } from "../../shared/authority/statement.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import { parseBase64, parseHex } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { admit } from "../../shared/observation/admit.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { run } from "../support/command.ts";
import { draftOf, idOf } from "../support/statements.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-revoke-"));
afterAll(() => rmSync(folder, { recursive: true }));
const dir = join(folder, "acme");
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

describe("party revoke", () => {
  it("signs a file that withdraws the agent's credential from an instant on, and keeps what it is told to", async () => {
    await run("party", "init", "acme", "--mesh", "test-mesh", "--dir", dir);
    const card = await readCard(join(dir, "card.json"));
    const from = Date.now() * 1_000;
    const keep = [idOf("b"), idOf("a"), idOf("b")].flatMap((id) => ["--keep", id]);
    const { exit, data } = await run("party", "revoke", dir, "--from", String(from), "--reason", "stolen", ...keep);
    const { file, revocation } = data as { file: string; revocation: string };
    expect([exit, json(join(dir, "root-key.json")).secret.length]).toEqual([0, 64]);
    const statement = await openAuthorityStatement(parseBase64(json(file).revocation) as Uint8Array);
    if (!statement.ok) throw new Error(statement.fault.code);
    expect(statement.value).toMatchObject({
      id: revocation,
      signer: card.root,
      body: { from, reason: "stolen", cut: [idOf("a"), idOf("b")].sort() },
    });
    const said = (at: number) =>
      authorFor({
        mesh: "test-mesh",
        signer: signerFrom(parseHex(json(join(dir, "secrets.json")).SIGNING_KEY) as Uint8Array),
        credentials: card.credentials,
        place: null,
        timeFrame: "utc",
        governanceClass: "coordination",
      })({ ...draftOf("fact"), at: [at, at] }).frame;
    const pins = new Map([[card.root, "acme"]]);
    const trust = assembleTrust({ mesh: "test-mesh", pins, statements: [statement.value] });
    expect((await admit(said(from), assembleTrust({ mesh: "test-mesh", pins }))).ok).toBe(true);
    expect(await admit(said(from), trust)).toMatchObject({ fault: { code: "CREDENTIAL_REVOKED" } });
    expect(await admit(said(from - 1), trust)).toMatchObject({ fault: { code: "OBSERVATION_BACKDATED" } });
  });

  it("refuses what is no id, and a folder that is no party's", async () => {
    expect((await run("party", "revoke", dir, "--keep", "abc")).refusal?.code).toBe("USAGE");
    expect((await run("party", "revoke", folder)).refusal?.code).toBe("FILE_UNREADABLE");
  });
});
