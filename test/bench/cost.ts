// What a ceremony costs a party, counted on live stacks of three, five and seven parties; `npm run measure` writes it to cli/ops/, from where
// `quorate cost` takes it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildBundle } from "../../cli/stack/bundle.ts";
import { PARTY_NAMES, type Stack, startStack } from "../../cli/stack/stack.ts";
import { ended, show, until } from "./auction.ts";
import { type Metered, withMeter } from "./meter.ts";

const SIZES = [3, 5, 7];
const CEREMONIES = 5;
const OUT = new URL("../../cli/ops/measured-costs.json", import.meta.url).pathname;

const metersOf = (stack: Stack) => Promise.all(stack.agents.map((agent) => agent.json<Metered>("/__meter")));

async function once(stack: Stack): Promise<void> {
  const [opener] = stack.agents;
  const parties = stack.parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const request = { pattern: "approval", title: "Release 2.4", parties, closesIn: 60, expiresIn: 120 };
  const { ceremony } = (await opener?.post<{ ceremony: string }>("/v1/ceremonies", request)) ?? { ceremony: "" };
  await until(30, async () => {
    await sleep(500);
    return (await Promise.all(stack.agents.map((agent) => show(agent, ceremony)))).every(({ policy }) => policy);
  });
  for (const agent of stack.agents) await agent.post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" });
  const views = await ended(stack, ceremony, 90);
  if (views.some(({ phase }) => phase !== "final")) throw new Error("a ceremony did not become final");
  await sleep(3_000); // the last statuses and acknowledgements
}

/** Counts a ceremony and a party, on average. */
async function measure(parties: number, script: string): Promise<{ readonly parties: number } & Metered> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-cost-"));
  const names = PARTY_NAMES.slice(0, parties);
  const stack = await startStack({ names, mesh: "cost", dir, script, sources: {} });
  try {
    await until(30, async () =>
      (await Promise.all(stack.agents.map((agent) => agent.request("/readyz")))).every(({ ok }) => ok),
    );
    await once(stack); // makes tables
    const before = await metersOf(stack);
    for (let run = 0; run < CEREMONIES; run++) await once(stack);
    const after = await metersOf(stack);
    const mean = (field: keyof Metered) => {
      const total = after.reduce((sum, meter, at) => sum + meter[field] - (before[at] as Metered)[field], 0);
      return Math.round((total / (CEREMONIES * parties)) * 10) / 10;
    };
    const fields = Object.keys(after[0] as Metered) as (keyof Metered)[];
    return { parties, ...Object.fromEntries(fields.map((field) => [field, mean(field)])) } as {
      parties: number;
    } & Metered;
  } finally {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const script = withMeter((await buildBundle()).script);
const sizes: object[] = [];
for (const parties of SIZES) {
  const measured = await measure(parties, script);
  process.stderr.write(`${JSON.stringify(measured)}\n`);
  sizes.push(measured);
}
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`;
const document = {
  measuredAt: new Date().toISOString().slice(0, 10),
  machine,
  pattern: "approval",
  ceremonies: CEREMONIES,
  sizes,
};
writeFileSync(OUT, `${JSON.stringify(document, null, 2)}\n`);
