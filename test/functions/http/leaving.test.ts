// Leaving an operation by one signed file that is brought to one partner: the others learn of it from that partner, what runs goes by it at each of
// them, and so does what they recognise from then on.
import { describe, expect, it, vi } from "vitest";
import type { Explanation } from "../../../shared/evidence/explain.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { Nation } from "../../support/coalition.ts";
import { Three } from "../../support/coalition-agents.ts";
import { MESH } from "../../support/parties.ts";
import { OPERATION } from "../../support/under.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);

type Withdrawals = { readonly withdrawals: readonly { readonly id: string; readonly seen: number }[] };

async function opened(three: Three): Promise<string> {
  const { ceremony } = await three.json<{ ceremony: string }>("acme", "/v1/ceremonies", {
    pattern: "coalition-mesh",
    title: "Lantern",
    parties: ["acme", "bolt", "crux"].map((authority) => ({ authority, role: "member", power: 1 })),
    under: { mesh: MESH, operation: OPERATION, matters: ["escort"] },
  });
  await three.deliver();
  return ceremony;
}

const noticesAt = async (three: Three, name: string, ceremony: string) => {
  const { lineage } = await three.json<{ lineage: LinkedEntry[] }>(name, `/v1/ceremonies/${ceremony}/lineage`);
  return lineage.filter(({ kind, detail }) => kind === "admission" && detail.kind === "notice");
};
const withdrawnAt = async (three: Three, name: string) =>
  (await three.json<Withdrawals>(name, `/v1/meshes/${MESH}/coalition/withdrawals`)).withdrawals.map(({ id }) => id);

/** crux signs without its agent, and somebody hands the file to acme alone. */
async function leave(three: Three): Promise<string> {
  const crux = new Nation(three.party("crux"));
  crux.number = 2;
  const revocation = crux.revoke("*", (Date.now() - 60_000) * 1_000);
  const file = writeFramesFile({ frames: [revocation.frame], statements: [], mesh: MESH });
  await three.json("acme", `/v1/meshes/${MESH}/statements`, file);
  await vi.waitFor(async () => {
    await three.deliver();
    expect(await withdrawnAt(three, "acme")).toEqual([revocation.id]);
  });
  return revocation.id;
}

describe("one signed file, handed to one partner", () => {
  it("takes the leaver's word at every partner, and what each recognises from then on", async () => {
    const three = new Three();
    await three.coalesce();
    const ceremony = await opened(three);
    const revocation = await leave(three);
    for (const name of ["acme", "bolt", "crux"])
      await vi.waitFor(async () => {
        await three.deliver();
        expect(await noticesAt(three, name, ceremony)).toHaveLength(1);
        expect(await withdrawnAt(three, name)).toEqual([revocation]);
      });
    const { observation } = await three.json<{ observation: string }>(
      "crux",
      `/v1/ceremonies/${ceremony}/attestations`,
      { choice: "approve" },
    );
    await three.deliver();
    for (const name of ["acme", "bolt"]) {
      const path = `/v1/ceremonies/${ceremony}/observations/${observation}/explain`;
      const found = await three.json<Explanation>(name, path);
      expect([found.verdict, found.refusal?.code]).toEqual(["not admitted", "TRANSLATION_REVOKED"]);
    }
    expect(await three.clauses("acme")).toEqual(["A1", "B1"]);
  });

  it("reaches a partner that was away, once it is back, and is carried once", async () => {
    const three = new Three();
    await three.coalesce();
    const ceremony = await opened(three);
    three.deaf.add("bolt");
    const revocation = await leave(three);
    expect(await noticesAt(three, "bolt", ceremony)).toHaveLength(0);
    three.deaf.delete("bolt");
    await vi.waitFor(async () => {
      await three.deliver();
      expect(await withdrawnAt(three, "bolt")).toEqual([revocation]);
    });
    expect(await noticesAt(three, "bolt", ceremony)).toHaveLength(1);
  });
});
