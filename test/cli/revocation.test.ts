// `revocation propagate` over real evidence: recorded ceremonies under fixed keys, and a revocation of one party's agent.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseChain } from "../../shared/authority/chain.ts";
import { issueStatement } from "../../shared/authority/statement.ts";
import { toBase64 } from "../../shared/bytes.ts";
import type { Status } from "../../shared/evidence/propagate.ts";
import { run } from "../support/command.ts";
import { bundleOf, finishedApproval, trustIn } from "../support/evidence.ts";
import { START } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const { dir, remove } = scratchFolder("propagate");
afterAll(remove);

describe("a revocation over a folder of decisions", () => {
  it("finds the one that rests on it, and leaves the other alone", async () => {
    const bundles = join(dir, "bundles");
    mkdirSync(bundles);
    const nets = [finishedApproval(3), finishedApproval(4, ["dune"])];
    for (const [index, net] of nets.entries())
      writeFileSync(join(bundles, `${index}.json`), JSON.stringify(bundleOf(net.agents[0] as (typeof net.agents)[0])));
    const parties = testParties(4);
    const revoke = async (name: string, from: number) => {
      const party = parties.find((one) => one.name === name) as (typeof parties)[number];
      const chain = parseChain(party.identity.credentials);
      if (!chain.ok) throw new Error(chain.fault.code);
      const [{ id }] = chain.value;
      const body = {
        kind: "revocation",
        version: 1,
        mesh: MESH,
        credential: id,
        from,
        at: from,
        cut: [],
        reason: "lost",
      } as const;
      const frame = toBase64(issueStatement(body, party.root));
      const answer = await run(
        "revocation",
        "propagate",
        "--revocations",
        [frame],
        "--bundles",
        bundles,
        "--trust",
        trustIn(parties),
      );
      const { reevaluated } = answer.data as { reevaluated: { decision: string; status: Status }[] };
      return { exit: answer.exit, found: reevaluated.map(({ decision, status }) => [decision, status]) };
    };
    const [three, four] = nets.map((net) => net.call.id);
    expect(await revoke("dune", START - 1)).toEqual({ exit: 0, found: [] });
    const before = await revoke("crux", START - 1);
    expect([before.exit, before.found.map(([decision]) => decision).sort()]).toEqual([5, [three, four].sort()]);
    for (const [, status] of before.found) expect(status).not.toBe("continued");
    const later = await revoke("crux", START + 10 ** 12);
    expect(later.found.map(([decision]) => decision).sort()).toEqual([three, four].sort());
  });
});
