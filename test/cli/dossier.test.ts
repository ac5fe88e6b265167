// `dossier` on files: joined, verified and asked who has custody, by whoever holds them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import { CUSTODY_CHAIN } from "../../shared/policy/patterns/custody-chain.ts";
import { run } from "../support/command.ts";
import { bundleOf, trustIn } from "../support/evidence.ts";
import { type Network, SECOND, START } from "../support/network.ts";
import { testParty } from "../support/parties.ts";
import { perform, pinnedWith } from "../support/performances.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

function leg(from: string, to: string, before: Network | null): Network {
  const state = before?.agents[0]?.state;
  const prior = state === undefined ? {} : { prior: { ceremony: state.ceremony, digest: state.ending?.digest } };
  const release = JSON.stringify({ release: { id: "r", to, object: "box", ...prior } });
  const rounds = [`${from}: ${release}\n${to}: {"accept":{"release":"r","object":"box"}}`];
  const startsAt = START + (before === null ? 0 : 3_600 * SECOND);
  return perform({ document: CUSTODY_CHAIN, parties: `${from}:holder ${to}:receiver wit:witness`, rounds, startsAt });
}

const first = leg("acme", "bolt", null);
const second = leg("bolt", "crux", first);
const bundleFrom = (net: Network) => bundleOf(net.agents[0] as (typeof net.agents)[number], []);
const bundles = [bundleFrom(first), bundleFrom(second)] as const;
const trust = trustIn(["acme", "bolt", "crux", "wit"].map(testParty));
const joined = join(folder, "chain.json");

describe("dossier", () => {
  it("join puts bundles into one file, each once, and takes dossiers as well", async () => {
    const { exit, data } = await run("dossier", "join", ...bundles, bundles[0], "--file", joined);
    expect([exit, (data as { ceremonies: string[] }).ceremonies.length]).toEqual([0, 2]);
    expect((await run("dossier", "join", joined, "--file", join(folder, "again.json"))).exit).toBe(0);
  });

  it("verify passes the whole and cannot tell where a leg is missing", async () => {
    const { exit, data } = await run("dossier", "verify", joined, "--trust", trust);
    expect([exit, (data as { walk: object[] }).walk.length]).toEqual([0, 2]);
    const alone = await run("dossier", "verify", bundles[1], "--trust", trust);
    expect([alone.exit, (alone.data as { firstFailing: { code: string } }).firstFailing.code]).toEqual([
      3,
      "CITATION_MISSING",
    ]);
  });

  it("custodian answers as of an instant", async () => {
    const asked = (at: number) =>
      run("dossier", "custodian", joined, "--trust", trust, "--object", "box", "--at", `${at}`);
    const answers = await Promise.all([START - 1, START + 60 * SECOND, START + 7_200 * SECOND].map(asked));
    expect(answers.map(({ data }) => (data as { custodian: string }).custodian)).toEqual(["acme", "bolt", "crux"]);
  });

  it("members tells who was in the last ceremony", async () => {
    const { exit, data } = await run("dossier", "members", joined, "--trust", trust, "--at", `${START}`);
    const { members } = data as { members: { authority: string }[] };
    expect([exit, members.map(({ authority }) => authority)]).toEqual([0, ["bolt", "crux", "wit"]]);
  });

  it("refuses what is neither", async () => {
    const file = join(folder, "other.json");
    writeFileSync(file, "[]");
    const { exit, refusal } = await run("dossier", "join", file);
    expect([exit, refusal?.code]).toEqual([5, "DOSSIER_FORMAT"]);
  });
});

describe("composition check", () => {
  it("gives the hash, or says what cannot work", async () => {
    const part = { policy: "0".repeat(64) };
    const sound = { format: 1, id: "x", title: "x", parts: { a: part }, outcome: "a" };
    expect((await run("composition", "check", sound)).data).toMatchObject({ ok: true, parts: ["a"] });
    const circle = { ...sound, parts: { a: { ...part, after: ["a"] } } };
    expect((await run("composition", "check", circle)).refusal?.code).toBe("COMPOSITION_CIRCLE");
  });
});

describe("composition next", () => {
  it("names the parts that may begin, with the subject of each call, by what the evidence proves", async () => {
    const policy = pinnedWith(CUSTODY_CHAIN).hash;
    const document = {
      format: 1,
      id: "x",
      title: "x",
      parts: { a: { policy }, b: { policy, after: ["a"] } },
      outcome: "b",
    };
    type Next = { readonly due: readonly { readonly part: string; readonly subject: Json }[]; readonly parts: object };
    const begin = (await run("composition", "next", document)).data as Next;
    expect([begin.due.map(({ part }) => part), begin.parts]).toEqual([["a"], { a: "due", b: "waiting" }]);
    const subject = fromJson(begin.due[0]?.subject);
    if (!subject.ok) throw new Error(subject.fault.code);
    const rounds = [`acme: {"release":{"id":"r","to":"bolt"}}\nbolt: {"accept":{"release":"r"}}`];
    const parties = "acme:holder bolt:receiver wit:witness";
    const ended = perform({ document: CUSTODY_CHAIN, parties, rounds, subject: subject.value });
    const { exit, data } = await run("composition", "next", document, "--dossier", bundleFrom(ended), "--trust", trust);
    expect([exit, (data as Next).parts]).toEqual([0, { a: "decided", b: "due" }]);
    const { ceremony, ending } = ended.agents[0]?.state ?? {};
    expect((data as Next).due[0]?.subject).toMatchObject({
      part: "b",
      inputs: [{ part: "a", ceremony, digest: ending?.digest }],
    });
  });
});
