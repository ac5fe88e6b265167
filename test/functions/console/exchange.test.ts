// The console's page for files that people carry between meshes: everything by forms, without a script.
import { describe, expect, it } from "vitest";
import { apartAgents, sayFacts } from "../../support/apart-agents.ts";
import { consoleOf } from "../../support/console-here.ts";

describe("numbered files between two agents without a wire", () => {
  const json = (name: string, document: unknown) =>
    new File([JSON.stringify(document)], name, { type: "application/json" });

  it("are let out, checked, taken in and receipted by forms alone", async () => {
    const apart = await apartAgents();
    const [plant, office] = [await consoleOf(apart.plant), await consoleOf(apart.office)];
    await sayFacts(apart.office, "office", ["valve", "open"]);
    await sayFacts(apart.plant, "plant", ["valve", "open"], ["salaries", 7, "secret"]);
    const releasing = { to: "office", classes: "stock, spares", reviewers: "0" };
    const released = await plant.send("/exchange/plant/files", releasing);
    expect([released.status, released.headers.get("content-disposition")]).toEqual([
      200,
      'attachment; filename="plant-office.json"',
    ]);
    const one = json("one.json", await released.json());
    await sayFacts(apart.plant, "plant", ["pump", "on"]);
    const two = json("two.json", await (await plant.send("/exchange/plant/files", releasing)).json());
    const bring = async (file: File, act: "check" | "take") => {
      const answer = await office.send("/exchange/office/arrivals", { file, do: act });
      return [answer.status, await answer.text()] as const;
    };
    expect(await bring(two, "take")).toEqual([409, expect.stringContaining("SEQUENCE_GAP")]);
    expect(await office.page("/exchange/office")).toContain("number 1 did not come");
    const checked = await bring(one, "check");
    expect(checked).toEqual([200, expect.stringContaining("checked: nothing was taken in")]);
    expect(checked[1]).toMatch(/<dt>Would be admitted<\/dt><dd>1<\/dd>/);
    expect(await office.page("/exchange/office")).toContain("No numbered file was taken in.");
    const [status, taken] = await bring(one, "take");
    expect([status, taken]).toEqual([200, expect.stringMatching(/<dt>Admitted<\/dt><dd>1<\/dd>/)]);
    expect(taken).not.toContain("did not come");
    const receipt = /\/exchange\/office\/receipts\/([0-9a-f]{64})/.exec(taken)?.[0] as string;
    const carried = json("receipt.json", await (await office.get(receipt)).json());
    expect(await plant.page("/exchange/plant")).toContain("none came back yet");
    await plant.send("/exchange/plant/arrivals", { file: carried, do: "take" });
    expect(await plant.page("/exchange/plant")).toContain("1 statement admitted, 0 held, 0 refused");
    const again = /\/exchange\/plant\/files\/([0-9a-f]{64})/.exec(await plant.page("/exchange/plant"))?.[0] as string;
    expect(await (await plant.get(again)).json()).toEqual(JSON.parse(await two.text()));
    expect((await bring(json("odd.json", { format: "other" }), "take"))[0]).toBe(409);
  });

  it("that differ too much stop, are told with what differs, and may be larger than other forms", async () => {
    const apart = await apartAgents();
    const [plant, office] = [await consoleOf(apart.plant), await consoleOf(apart.office)];
    await sayFacts(apart.office, "office", ["valve", "shut"]);
    await sayFacts(apart.plant, "plant", ["valve", "open"]);
    const file = await (await plant.send("/exchange/plant/files", { to: "office", classes: "stock" })).text();
    const padded = new File([" ".repeat(400_000), file], "far.json", { type: "application/json" });
    const stopped = await (await office.send("/exchange/office/arrivals", { file: padded, do: "take" })).text();
    expect(stopped).toContain("stopped: nothing was merged");
    expect(stopped).toContain("/mesh/office/divergence?with=plant");
    expect(await office.page("/mesh/office/divergence?with=plant")).toContain(
      "nothing written: a ceremony has to decide",
    );
    const form = new FormData();
    form.append("file", padded);
    const stranger = await apart.office.request("/exchange/office/arrivals", { method: "POST", body: form });
    expect(stranger.status).toBe(413);
  });
});
