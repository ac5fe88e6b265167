// A stolen key on real agents: its revocation reaches one of them, is carried into the ceremony that runs, and told to the partners. All leave out the
// same contribution, and from then on every door refuses what the key says elsewhere, also after the agents have lost their memory.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { rootsOf } from "../../cli/stack/party.ts";
import { toBase64 } from "../../shared/bytes.ts";
import { composeCall } from "../../shared/ceremony/compose-call.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { examineBundle } from "../../shared/evidence/verify.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { contributionFrame } from "../support/frames.ts";
import { seatsFor } from "../support/parties.ts";
import { flipBit, revocationOf } from "../support/recipes.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let made: TestStack;
let stage: Stage;
let acme: LocalAgent;
let bolt: LocalAgent;

beforeAll(async () => {
  made = await testStack(3);
  stage = new Stage(made.stack, () => undefined);
  await stage.connected();
  acme = made.stack.agent("acme");
  bolt = made.stack.agent("bolt");
  await stage.openByWebhook();
  await stage.until("everyone holds the call", 20, async () =>
    (await stage.views(made.stack.agents)).every((view) => view.policy !== null),
  );
});

afterAll(() => made?.stop());

const party = (name: string) => {
  const found = made.stack.parties.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

async function submit(agent: LocalAgent, frame: Uint8Array): Promise<string> {
  const response = await agent.request("/v1/observations", {
    method: "POST",
    body: new Uint8Array(frame),
    headers: { "content-type": "application/cbor" },
  });
  const answer = (await response.json()) as { code: string | null; verdict?: string };
  return answer.code ?? answer.verdict ?? "";
}

/** A revocation of one party's agent, signed by the root of another or its own, that takes effect an hour ago. */
function revocation(of: string, by: string, change = (frame: Uint8Array) => frame): string {
  const credential = party(of).identity.credentials[0] as Uint8Array;
  const anHourAgo = (Date.now() - 3_600_000) * 1_000;
  return toBase64(change(revocationOf(credential, anHourAgo, party(by).root, [], party(of).mesh)));
}

/** A call of a party's own, made outside its agent: it belongs to no ceremony that runs. */
function callOf(name: string): Uint8Array {
  const policy = pinPolicy(APPROVAL);
  if (!policy.ok) throw new Error(policy.fault.code);
  const call = composeCall(
    {
      title: "By whoever holds the key",
      policy: policy.value,
      subject: null,
      seats: seatsFor(made.stack.parties, "approver"),
      opensAt: Date.now() * 1_000,
      closesAt: null,
      expiresAt: null,
      nonce: new Uint8Array(16),
    },
    authorFor(party(name).identity),
  );
  if (!call.ok) throw new Error(call.fault.code);
  return call.value.frame;
}

describe("a revocation that reaches one agent while a ceremony runs", () => {
  it("is refused where its signature is not good, and where nobody of the party asks", async () => {
    const forged = revocation("crux", "crux", (frame) => flipBit(frame, -40));
    expect(await bolt.post<{ code: string }>("/v1/revocations", { revocation: forged })).toMatchObject({
      code: "SIGNATURE_INVALID",
    });
    const answer = await fetch(new URL("/v1/revocations", bolt.url), { method: "POST", body: "{}" });
    expect(answer.status).toBe(401);
  });

  it("takes the thief's voice out of the outcome, at every party and for a stranger", async () => {
    const thief = contributionFrame(party("crux"), stage.ceremony, 2, "reject");
    for (const agent of [acme, bolt]) expect(await submit(agent, thief)).toBe("admitted");
    const known = await bolt.post<{ ceremonies: number; told: number; code?: string }>("/v1/revocations", {
      revocation: revocation("crux", "crux"),
    });
    expect(known).toMatchObject({ ceremonies: 1, told: 2 });
    const carried = await acme.post<{ code: string | null; verdict: string }>(
      `/v1/ceremonies/${stage.ceremony}/revocations`,
      { revocation: revocation("bolt", "acme") },
    );
    expect(carried.verdict).toBe("admitted");
    await stage.until("acme holds what bolt carried", 20, async () => {
      const { lineage } = await acme.json<{ lineage: readonly { detail: Record<string, unknown> }[] }>(
        `/v1/ceremonies/${stage.ceremony}/lineage`,
      );
      return lineage.filter(({ detail }) => detail.kind === "notice" && "revokes" in detail).length === 2;
    });
    await stage.attestAll([acme, bolt]);
    const views = await stage.ended(90);
    expect(new Set(views.map(({ outcome }) => outcome?.digest)).size).toBe(1);
    expect(views[0]?.outcome?.value).toMatchObject({ choice: "approve" });
    const trust = writeTrustStatement("test-mesh", rootsOf(made.stack.parties));
    for (const agent of made.stack.agents) {
      const { verification, state } = await examineBundle(await stage.evidence(agent), { trust });
      expect([verification.verdict, verification.outcome?.digest]).toEqual(["passed", views[0]?.outcome?.digest]);
      // What acme signed about bolt has no standing: it is on record, and bolt's voice counts.
      const codes = state?.ending?.record.excluded.map(({ code }) => code).sort();
      expect(codes).toEqual(["CREDENTIAL_REVOKED", "REVOCATION_STANDING"]);
    }
  });

  it("is what every door goes by from then on, for all that belongs to no ceremony, and still is after a restart", async () => {
    for (const agent of [acme, bolt]) expect(await submit(agent, callOf("crux"))).toBe("CREDENTIAL_REVOKED");
    expect(await submit(acme, callOf("bolt"))).toBe("admitted");
    await acme.kill();
    await acme.start();
    expect(await submit(acme, callOf("crux"))).toBe("CREDENTIAL_REVOKED");
  });
});
