// One stack, and what is thrown at it: every road, bad input, replays, mutations and hostile webhooks.
import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubPayload } from "../../cli/demo/github.ts";
import { SOURCE, Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { FRAME_BYTES_MAX } from "../../shared/limits.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { REFUSALS } from "../../shared/refusals.ts";
import { FREIGHT } from "../shared/policy/freight.ts";
import { quorate } from "../support/cli.ts";
import { contributionFrame } from "../support/frames.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let made: TestStack;
let stage: Stage;
let acme: LocalAgent;
let bolt: LocalAgent;

beforeAll(async () => {
  made = await testStack(3);
  stage = new Stage(made.stack, () => undefined);
  await stage.connected();
  [acme, bolt] = made.stack.agents as [LocalAgent, LocalAgent];
  await stage.openByWebhook();
  await stage.until("everyone holds the call", 20, async () => {
    const views = await Promise.all(made.stack.agents.map((agent) => stage.view(agent)));
    return views.every((view) => view.policy !== null);
  });
});

afterAll(() => made?.stop());

type Answer = { readonly status: number; readonly code: string | undefined; readonly verdict: string | undefined };

async function submit(agent: LocalAgent, frame: Uint8Array, type = "application/cbor"): Promise<Answer> {
  const response = await agent.request("/v1/observations", {
    method: "POST",
    body: new Uint8Array(frame),
    headers: { "content-type": type },
  });
  const body = (await response.json()) as { code?: string; verdict?: string };
  return { status: response.status, code: body.code, verdict: body.verdict };
}

/** A contribution under a party's own agent key, made outside its agent. */
function contribution(name: string, ceremony: string, seat: number, choice = "approve"): Uint8Array {
  const party = made.stack.parties.find((candidate) => candidate.name === name);
  if (party === undefined) throw new Error(name);
  return contributionFrame(party, ceremony, seat, choice);
}

const stateOf = async (agent: LocalAgent) => {
  const { lineage } = await agent.json<{ lineage: readonly { kind: string }[] }>(
    `/v1/ceremonies/${stage.ceremony}/lineage`,
  );
  return lineage.filter(({ kind }) => kind !== "refusal").length;
};

describe("an agent", () => {
  it("refuses bad frames with their codes, and they change nothing", async () => {
    const before = await stateOf(bolt);
    const good = contribution("crux", stage.ceremony, 2);
    const flipped = Uint8Array.from(good);
    flipped[flipped.length - 1] = (flipped[flipped.length - 1] as number) ^ 1;
    const cases: readonly (readonly [Uint8Array, string, string?])[] = [
      [new Uint8Array(FRAME_BYTES_MAX + 1), "BODY_TOO_LARGE"],
      [good.slice(0, 200), "CBOR_TRUNCATED"],
      [Uint8Array.of(...good, 0), "CBOR_TRAILING"],
      [flipped, "SIGNATURE_INVALID"],
      [good, "CONTENT_TYPE", "text/plain"],
      [new Uint8Array(), "FRAME_EMPTY"],
      [contribution("crux", stage.ceremony, 0), "SEAT_MISMATCH"],
    ];
    for (const [frame, code, type] of cases) expect((await submit(bolt, frame, type)).code).toBe(code);
    expect(await stateOf(bolt)).toBe(before);
  });

  it("explains what it admitted and what its door refused, and says of the rest that it never arrived", async () => {
    const bad = contribution("crux", stage.ceremony, 2, "abstain");
    bad[bad.length - 1] = (bad[bad.length - 1] as number) ^ 1;
    expect((await submit(bolt, bad)).code).toBe("SIGNATURE_INVALID");
    const parsed = parseObservation(bad);
    const id = parsed.ok ? parsed.value.observation.id : "";
    const ask = async (path: string) => {
      const response = await bolt.request(path);
      return [response.status, await response.json()];
    };
    const refused = { verdict: "not admitted", by: "bolt", authority: "crux", refusal: { code: "SIGNATURE_INVALID" } };
    expect(await ask(`/v1/observations/${id}/explain`)).toMatchObject([200, refused]);
    expect(await ask(`/v1/ceremonies/${stage.ceremony}/observations/${id}/explain`)).toMatchObject([200, refused]);
    const call = await ask(`/v1/observations/${stage.ceremony.slice(0, 10)}/explain`);
    expect(call).toMatchObject([200, { verdict: "admitted", kind: "call", nearest: [] }]);
    const never = { code: "NEVER_ARRIVED", about: { by: "bolt" } };
    expect(await ask(`/v1/observations/${"cd".repeat(32)}/explain`)).toMatchObject([404, never]);
    expect((await ask("/v1/observations/abc/explain"))[0]).toBe(400);
    const words = ["--url", bolt.url, "--key", bolt.apiKey, "-o", "json"];
    const told = await quorate("explain", id.slice(0, 12), ...words);
    expect([told.exit, JSON.parse(told.stdout)]).toMatchObject([5, refused]);
    const absent = await quorate("explain", "cd".repeat(32), ...words);
    const refusal = { code: "NEVER_ARRIVED", what: expect.stringContaining("bolt") };
    expect([absent.exit, JSON.parse(absent.stdout)]).toMatchObject([7, refusal]);
  });

  it("keeps a statement for another ceremony out of this one", async () => {
    const before = await stateOf(bolt);
    const elsewhere = await submit(bolt, contribution("crux", "ab".repeat(32), 2));
    expect([elsewhere.status, elsewhere.verdict, elsewhere.code]).toEqual([202, "held", "CEREMONY_UNKNOWN"]);
    expect(await stateOf(bolt)).toBe(before);
  });

  it("lets nobody fill it with ceremonies that do not exist, and lists none of them", async () => {
    const answers: Answer[] = [];
    for (let n = 0; n < 80; n++)
      answers.push(await submit(bolt, contribution("crux", n.toString(16).padStart(64, "0"), 2)));
    const held = answers.filter(({ status, verdict }) => status === 202 && verdict === "held");
    const crowded = answers.filter(({ status, code }) => status === 429 && code === "CEREMONIES_WAITING");
    expect(held.length).toBeGreaterThan(50);
    expect(held.length + crowded.length).toBe(80);
    expect(crowded.length).toBeGreaterThanOrEqual(16);
    const { ceremonies } = await bolt.json<{ ceremonies: readonly { ceremony: string }[] }>("/v1/ceremonies");
    expect(ceremonies.map(({ ceremony }) => ceremony)).toEqual([stage.ceremony]);
  });

  it("refuses to sign what nobody could read, with a code", async () => {
    const attest = async (reason: unknown) => {
      const response = await bolt.request(`/v1/ceremonies/${stage.ceremony}/attestations`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ choice: "approve", reason }),
      });
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    const deep = Array.from({ length: 14 }).reduce<unknown>((value) => [value], 1);
    expect(await attest("x".repeat(70_000))).toEqual([400, "FIELD_INVALID"]);
    expect((await attest(deep))[0]).toBe(400);
    expect((await bolt.request(`/v1/ceremonies/${stage.ceremony}`)).status).toBe(200);
  });

  it("answers a thousand mutated frames with codes of the one table, and goes on", async () => {
    const good = contribution("crux", stage.ceremony, 2);
    for (let round = 0; round < 50; round++) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const mutated = Uint8Array.from(good);
          const at = (round * 20 + index * 7919) % mutated.length;
          mutated[at] = ((mutated[at] as number) + 1 + index) & 255;
          return submit(bolt, index % 5 === 0 ? mutated.slice(0, at) : mutated);
        }),
      );
      for (const { code, status } of answers) {
        expect(Object.keys(REFUSALS)).toContain(code);
        expect(status).toBeLessThan(500);
      }
    }
    expect((await bolt.request("/healthz")).status).toBe(200);
  });

  it("opens one ceremony for a delivery, however often and under whatever id it comes", async () => {
    const { event, body } = githubPayload();
    const post = async (headers: Record<string, string>, content = body) => {
      const response = await fetch(new URL(`/hooks/${SOURCE}`, acme.url), {
        method: "POST",
        body: content,
        headers: { "content-type": "application/json", ...headers },
      });
      return { status: response.status, answer: (await response.json()) as { opened?: string; code?: string } };
    };
    const signature = `sha256=${createHmac("sha256", made.stack.hookSecret).update(body).digest("hex")}`;
    for (let times = 0; times < 3; times++) {
      const again = await post({
        "x-github-event": event,
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": signature,
      });
      expect([again.status, again.answer.opened]).toEqual([200, stage.ceremony]);
    }
    const forged = await post({
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
    });
    expect([forged.status, forged.answer.code]).toEqual([401, "HOOK_SIGNATURE_MISMATCH"]);
    expect((await post({ "x-github-event": event })).answer.code).toBe("HOOK_SIGNATURE_MISSING");
    expect((await acme.json<{ ceremonies: unknown[] }>("/v1/ceremonies")).ceremonies).toHaveLength(1);
  });

  it("needs a key for what is the party's own, and says what it lacks", async () => {
    const response = await fetch(new URL("/v1/ceremonies", acme.url));
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, "UNAUTHORISED"]);
    expect((await acme.request(`/v1/ceremonies/${"0".repeat(64)}`)).status).toBe(404);
    const bad = await acme.post<{ code: string }>("/v1/ceremonies", {
      pattern: "approval",
      title: "x",
      parties: [],
      extra: 1,
    });
    expect(bad.code).toBe("BODY_INVALID");
  });

  it("survives the loss of every process's memory after every message, with the same digest", async () => {
    for (const [index, agent] of made.stack.agents.entries()) {
      // Two of three settle the verdict: on a slow machine the round has closed before the third is asked.
      await stage.attest(agent).catch((error: unknown) => {
        if (index < 2 || !String(error).includes("CEREMONY_OVER")) throw error;
      });
      for (const other of made.stack.agents) {
        await other.kill();
        await other.start();
      }
    }
    const views = await stage.agreed(60);
    expect(new Set(views.map((view) => view.outcome?.digest)).size).toBe(1);
    // Two of three settle the verdict, so the round may close before the third is heard.
    expect(views[0]?.outcome?.value).toMatchObject({ choice: "approve" });
    const late = await submit(bolt, contribution("crux", stage.ceremony, 2, "reject"));
    expect([late.status, late.code]).toEqual([409, "ROUND_CLOSED"]);
    const { outcome } = await stage.view(bolt);
    expect(outcome?.digest).toBe(views[0]?.outcome?.digest);
  });

  it("runs a pattern that it has never seen, from its document alone", async () => {
    const agents = made.stack.agents;
    const roles = ["source", "target", "terminal"];
    const parties = agents.map(({ name }, index) => ({ authority: name, role: roles[index], power: 1 }));
    const subject = { consignment: "C-9", crosses: false };
    const opening = { policy: FREIGHT, title: "Box 88", parties, subject, closesIn: 20, expiresIn: 60 };
    const both = await acme.post<{ code: string }>("/v1/ceremonies", { ...opening, pattern: "approval" });
    expect(both.code).toBe("BODY_INVALID");
    const unknown = await acme.post<{ code: string }>("/v1/ceremonies", { ...opening, subject: {} });
    expect(unknown.code).toBe("EXPRESSION_FAILED");
    const opened = await acme.post<{ ceremony: string }>("/v1/ceremonies", opening);
    stage.ceremony = opened.ceremony;
    const said = [
      { choice: "released", subject: "C-9" },
      { choice: "taken", subject: "C-9" },
      { choice: "sound", subject: "C-9", attestation: { seal: "AB1234", kilograms: 900 } },
    ];
    for (const [index, agent] of agents.entries()) {
      await stage.until("the call is known", 30, async () => (await stage.view(agent)).policy !== null);
      await agent.post(`/v1/ceremonies/${stage.ceremony}/attestations`, said[index] as object);
    }
    const views = await stage.agreed(60);
    expect(new Set(views.map(({ outcome }) => outcome?.digest)).size).toBe(1);
    expect(views[0]).toMatchObject({
      pattern: "freight",
      phase: "final",
      outcome: { value: { choice: "handed over" } },
    });
  });
});
