// A new key for an agent: both keys are taken while they overlap, the old one no more once it is withdrawn, and evidence holds across the change.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readCard } from "../../cli/party/folder.ts";
import { makeParty } from "../../cli/stack/party.ts";
import { openAuthorityStatement } from "../../shared/authority/statement.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import { parseBase64, parseHex } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { sha256 } from "../../shared/hash.ts";
import { admit } from "../../shared/observation/admit.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { run } from "../support/command.ts";
import { approvalNetwork, bundleOf, bytesOf, trustIn } from "../support/evidence.ts";
import { MESH, testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";
import { draftOf } from "../support/statements.ts";

const { dir: folder, remove } = scratchFolder("rotate");
afterAll(remove);
const dir = join(folder, "acme");
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Signs a fact under the key and the credential that lie in the folder now. */
async function authorNow() {
  const { credentials, root } = await readCard(join(dir, "card.json"));
  const secret = parseHex(json(join(dir, "secrets.json")).SIGNING_KEY) as Uint8Array;
  const identity = { mesh: "board", signer: signerFrom(secret), credentials, place: null, timeFrame: "utc" };
  const author = authorFor({ ...identity, governanceClass: "coordination" });
  return { root, say: (at: number) => author({ ...draftOf("fact"), at: [at, at] }).frame };
}

describe("party rotate", () => {
  it("gives a second key that partners take without being told, and lets the first be withdrawn later", async () => {
    await run("party", "init", "acme", "--mesh", "board", "--dir", dir);
    const before = await authorNow();
    const apiKey = json(join(dir, "secrets.json")).API_KEY;
    const { exit, data } = await run("party", "rotate", dir);
    const { retired } = data as { retired: { credential: string; file: string } };
    const after = await authorNow();
    expect([exit, after.root, json(join(dir, "secrets.json")).API_KEY]).toEqual([0, before.root, apiKey]);
    expect(json(join(dir, "party.json")).credentials).not.toContain(json(retired.file).credential);

    const at = Date.now() * 1_000;
    const pins = new Map([[before.root, "acme"]]);
    const trust = assembleTrust({ mesh: "board", pins });
    for (const { say } of [before, after]) expect((await admit(say(at), trust)).ok).toBe(true);

    const revoked = await run("party", "revoke", dir, "--credential", retired.file, "--from", String(at));
    expect((revoked.data as { credential: string }).credential).toBe(retired.credential);
    const { file } = revoked.data as { file: string };
    const statement = await openAuthorityStatement(parseBase64(json(file).revocation) as Uint8Array);
    if (!statement.ok) throw new Error(statement.fault.code);
    const warned = assembleTrust({ mesh: "board", pins, statements: [statement.value] });
    expect(await admit(before.say(at), warned)).toMatchObject({ fault: { code: "CREDENTIAL_REVOKED" } });
    expect((await admit(after.say(at), warned)).ok).toBe(true);
  });

  it("is carried by a ceremony that runs: the same outcome everywhere, and evidence that verifies", async () => {
    const parties = testParties(4);
    const net = approvalNetwork(parties, 10);
    net.open();
    net.deliverAll();
    net.attest("acme", "approve");
    net.deliverAll();
    const agent = net.agent("acme") as { author: unknown; party: unknown } & ReturnType<typeof net.agent>;
    const [acme] = parties as [(typeof parties)[number]];
    const utf8 = new TextEncoder();
    const secrets = { root: sha256(utf8.encode("root acme")), agent: sha256(utf8.encode("second agent acme")) };
    const renewed = makeParty("acme", MESH, secrets);
    expect(renewed.root.key).toEqual(acme.root.key);
    Object.assign(agent, { author: authorFor(renewed.identity), party: renewed });
    agent.state = {
      ...agent.state,
      self: { ...agent.state.self, key: Buffer.from(renewed.identity.signer.key).toString("hex") },
    };
    for (const name of ["bolt", "crux", "dune"]) net.attest(name, "approve");
    net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
    net.run(1);
    expect(new Set(net.digests()).size).toBe(1);
    expect(net.digests()[0]).not.toBeNull();
    for (const exporter of net.agents) {
      const { verdict, firstFailing } = await verifyBundle(bytesOf(bundleOf(exporter)), { trust: trustIn(parties) });
      expect([exporter.party.name, firstFailing ?? verdict]).toEqual([exporter.party.name, "passed"]);
    }
  });
});
