// The certificate of completion: it says what the verification says, first of all where that is no; and others' words stay words.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../support/command.ts";
import { approvalNetwork, bundleOf, finishedApproval, trustIn } from "../support/evidence.ts";
import type { Agent } from "../support/network.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const HOSTILE = `</title><script>alert(1)</script> | **x** [y](javascript:z)\u202Egnp.exe\u200b`;
const trust = trustIn(testParties(4));
const sound = bundleOf(finishedApproval(4).agents[0] as Agent);
const report = async (form: string, bundle: object = sound) =>
  run("verify", bundle, "--trust", trust, "--report", form);

function hostile(): object {
  const net = approvalNetwork(testParties(4), 10, undefined, HOSTILE);
  net.open();
  net.deliverAll();
  for (const { party } of net.agents) net.attest(party.name, "approve");
  net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  return bundleOf(net.agents[0] as Agent);
}

describe("verify --report", () => {
  it("prints who decided what, by which policy, under which roots, in each form", async () => {
    for (const form of ["md", "html", "json"]) {
      const { exit, text, data } = await report(form);
      expect([exit, (data as { report: string }).report.trimEnd()]).toEqual([0, text]);
      for (const part of ["Release 2.4", sound.outcome.digest, "acme", "dune", "approver", trust.roots[3]?.key])
        expect(text, form).toContain(part);
      expect(text).toMatch(/passed/i);
    }
  });

  it("says first what stopped it, where it did not pass", async () => {
    const forged = { ...sound, outcome: { ...sound.outcome, digest: "0".repeat(64) } };
    const { exit, text } = await report("md", forged);
    expect(exit).toBe(5);
    expect(text.split("\n").slice(2, 9).join("\n")).toMatch(/✗ FAILED.*## Why.*OUTCOME\\_MISMATCH/s);
    expect((await report("html", {})).text).toContain("BUNDLE_FORMAT");
  });

  it("lets no word of others become markup", async () => {
    const bundle = hostile();
    const page = (await report("html", bundle)).text;
    expect(page).not.toMatch(/<script/i);
    expect(page).toContain("&#60;script&#62;");
    expect(page).toContain("default-src 'none'");
    const table = (await report("md", bundle)).text.split("\n").find((line) => line.startsWith("| Ceremony |"));
    expect(table).toContain("\\</title\\>\\<script\\>alert(1)\\</script\\> \\| \\*\\*x\\*\\* \\[y\\](javascript:z)");
    for (const form of ["md", "html"])
      expect([form, /[\p{Cf}]/u.test((await report(form, bundle)).text)]).toEqual([form, false]);
  });

  it("writes a file where it is named, and takes no other form", async () => {
    const { dir, remove } = scratchFolder("report");
    const written = await report(join(dir, "release.html"));
    expect(readFileSync(join(dir, "release.html"), "utf8")).toBe(`${(await report("html")).text}\n`);
    expect(written.text).toContain("release.html");
    remove();
    expect((await report("pdf")).refusal?.code).toBe("USAGE");
  });
});
