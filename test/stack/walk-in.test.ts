// Four real agents, of which the call names three: the fourth is handed the call, joins by its class, votes, and ends with the others.
import { afterAll, beforeAll, expect, it } from "vitest";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { trustIn } from "../support/evidence.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let made: TestStack;
let stage: Stage;

beforeAll(async () => {
  made = await testStack(4);
  stage = new Stage(made.stack, () => undefined);
  await stage.connected();
});

afterAll(() => made?.stop());

it("a walk-in takes its place in a ceremony of those present", async () => {
  const agents = made.stack.agents as [LocalAgent, LocalAgent, LocalAgent, LocalAgent];
  const [acme, bolt, crux, dune] = agents;
  const { ceremony } = await acme.post<{ ceremony: string }>("/v1/ceremonies", {
    pattern: "quorum",
    title: "Mutual aid",
    parties: [acme, bolt, crux].map(({ name }) => ({ authority: name, role: "voter", power: 1 })),
    set: [{ path: "convening", value: { roster: "open-by-class", class: "coordination" } }],
    closesIn: 6,
    expiresIn: 60,
  });
  stage.ceremony = ceremony;
  const said = (agent: LocalAgent, content: object) => agent.post(`/v1/ceremonies/${ceremony}/attestations`, content);
  const call = await acme.request(`/v1/ceremonies/${ceremony}/call`);
  const handed = await dune.request("/v1/observations", {
    method: "POST",
    body: await call.arrayBuffer(),
    headers: { "content-type": "application/cose" },
  });
  expect(handed.status).toBe(200);
  await stage.until("everyone holds the call", 10, async () =>
    (await stage.views()).every(({ policy }) => policy !== null),
  );
  for (const agent of [acme, bolt, crux]) await said(agent, { choice: "join" });
  await said(dune, { choice: "join", role: "voter" });
  await stage.until("all have seats", 20, async () =>
    (await stage.views()).every(({ round, parties }) => round === 1 && parties.length === 4),
  );
  for (const agent of agents) await said(agent, { choice: agent === crux ? "reject" : "approve" });
  await stage.agreed(20);
  const bundle = new Uint8Array(await (await dune.request(`/v1/ceremonies/${ceremony}/evidence`)).arrayBuffer());
  const { verdict, outcome } = await verifyBundle(bundle, { trust: trustIn(made.stack.parties) });
  expect([verdict, outcome?.value]).toMatchObject([
    "passed",
    { choice: "approve", by: expect.arrayContaining(["dune"]) },
  ]);
});
