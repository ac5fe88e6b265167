// Past the hard expiry, and past what the policy tolerates: nothing is claimed, and people are told.
import { afterEach, describe, expect, it } from "vitest";
import { Rogue } from "../../cli/demo/rogue.ts";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { type TestStack, testStack } from "../support/stack.ts";

let made: TestStack | undefined;

afterEach(async () => {
  await made?.stop();
  made = undefined;
});

type Shown = {
  readonly alerts: readonly { readonly code: string; readonly why: string; readonly about: readonly string[] }[];
};
const alertsAt = async (stage: Stage, agent: LocalAgent) =>
  (await agent.json<Shown>(`/v1/ceremonies/${stage.ceremony}`)).alerts;

async function opened(parties: number, closesIn: number, expiresIn: number): Promise<Stage> {
  made = await testStack(parties, closesIn, expiresIn);
  const stage = new Stage(made.stack, () => undefined);
  await stage.connected();
  return stage;
}

describe("a certificate that comes after the hard expiry", () => {
  it("is stored and shown as late, with an alert, where the party had shown expired and claimed nothing", async () => {
    const stage = await opened(4, 7, 15);
    await stage.openByWebhook();
    await stage.until("the call is out", 10, async () => (await stage.views()).every(({ policy }) => policy !== null));
    const names = stage.stack.agents.map(({ name }) => name);
    await stage.stack.split(names.slice(0, 3), names.slice(3));
    const [dune] = stage.running().slice(3) as [LocalAgent];
    await stage.attestAll(stage.running().slice(0, 3));
    await stage.ended(40);
    const apart = await stage.views();
    expect(apart.map(({ phase }) => phase)).toEqual(["final", "final", "final", "expired"]);
    expect(apart[3]?.outcome).toBeNull();
    expect((await dune.request(`/v1/ceremonies/${stage.ceremony}/evidence`)).status).not.toBe(200);
    expect(await alertsAt(stage, dune)).toEqual([]);
    await stage.stack.heal();
    await stage.until("the certificate reaches the last", 40, async () => (await stage.view(dune)).outcome !== null);
    const late = await stage.view(dune);
    expect([late.phase, late.outcome?.late, late.outcome?.digest]).toEqual(["final", true, apart[0]?.outcome?.digest]);
    expect((await alertsAt(stage, dune)).map(({ code }) => code)).toEqual(["CERTIFICATE_LATE"]);
    expect(dune.log).toContain("CERTIFICATE_LATE");
    expect((await stage.view(stage.opener)).outcome?.late).toBe(false);
  });
});

describe("proof of more faults than the policy tolerates", () => {
  it("ends as expired, never as an outcome, with an alert that names the proof", async () => {
    const stage = await opened(3, 6, 14);
    await stage.stack.agent("crux").kill();
    const rogue = await Rogue.join(stage.stack, "crux");
    await stage.openByWebhook();
    await stage.until("the call reaches it", 10, async () => rogue.heard("call").length > 0);
    const [call] = rogue.heard("call");
    if (call === undefined) throw new Error("no call");
    await stage.attestAll(stage.running());
    await stage.until("both contributions reach it", 10, async () => rogue.heard("contribution").length === 2);
    const held = rogue.heard("contribution").map(({ id }) => id);
    const halves = [rogue.witness(call, held.slice(0, 1)), rogue.witness(call, held.slice(1))] as const;
    await rogue.show(halves[0], ["acme"]);
    await rogue.show(halves[1], ["bolt"]);
    const views = await stage.ended(40);
    await rogue.leave();
    expect(views.map(({ phase, outcome }) => [phase, outcome])).toEqual([
      ["expired", null],
      ["expired", null],
    ]);
    for (const agent of stage.running()) {
      const alerts = await alertsAt(stage, agent);
      expect(alerts.map(({ code, why }) => [code, why])).toEqual([
        ["OVER_TOLERANCE", "power 1 is proved faulty, and the policy tolerates 0"],
      ]);
      expect(new Set(alerts[0]?.about)).toEqual(new Set(halves.map(({ id }) => id)));
    }
  });
});
