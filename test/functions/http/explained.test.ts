// Why something was not admitted, for every code that there is: one factor is marked, on every surface alike; and whoever sent it learns less.
import { describe, expect, it, vi } from "vitest";
import { explainHere } from "../../../functions/explain.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import type { Explanation } from "../../../shared/evidence/explain.ts";
import { sha256Hex } from "../../../shared/hash.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { DOOR_STEPS, type StepName, stepOf } from "../../../shared/observation/door-steps.ts";
import { describeRefusal, REFUSALS, type RefusalCode } from "../../../shared/refusals.ts";
import { agentHere, KEYED } from "../../support/agent-here.ts";
import { run } from "../../support/command.ts";
import { consoleOf } from "../../support/console-here.ts";
import { bundleOf, finishedApproval } from "../../support/evidence.ts";
import { contributionFrame } from "../../support/frames.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(3);
const [acme, bolt] = parties as [(typeof parties)[0], (typeof parties)[0]];
const CODES = Object.keys(REFUSALS) as RefusalCode[];
const marked = ({ factors }: Pick<Explanation, "factors">) => factors.filter(({ verdict }) => verdict === "not met");

/** A statement of its own for each code, as an agent's door would have refused it. */
const refused = CODES.map((code, index) => {
  const frame = contributionFrame(bolt, index.toString(16).padStart(64, "0"), 1);
  const parsed = parseObservation(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return { code, frame, id: parsed.value.observation.id, detail: "{}" };
});
const ofStep = (step: StepName) => refused.find(({ code }) => stepOf(code) === step && code !== "DUPLICATE");

const agent = agentHere(acme, parties);
/** The agent keeps the last few hundred. */
const refuse = (one: (typeof refused)[0]) => agent.directory.keepRefused([one]);

/** What the table says before the marked row, and behind it. */
function aroundIn({ factors }: Explanation): readonly (readonly string[])[] {
  const at = factors.findIndex(({ verdict }) => verdict === "not met");
  return [factors.slice(0, at), factors.slice(at + 1)].map((rows) => [...new Set(rows.map(({ verdict }) => verdict))]);
}

describe("every code of the table", () => {
  it("marks one factor of its explanation, and leaves those before it met and those behind it unreached", async () => {
    for (const one of refused) {
      const { code, id } = one;
      await refuse(one);
      const found = await explainHere(agent.env, agent.config, id, null);
      if (!found.ok) throw new Error(`${code}: ${found.fault.code}`);
      const { factors, verdict, refusal, nearest } = found.value;
      const step = stepOf(code);
      const got = describeRefusal({ code, detail: {} }).what;
      expect([code, marked(found.value).map((factor) => [factor.name, factor.got])]).toEqual([
        code,
        [[step ?? "other", got]],
      ]);
      const [before, behind] = step === null ? [["unknown"], []] : [["met"], ["not reached"]];
      const ends = [step === "size" ? [] : before, step === "admission" ? [] : behind];
      expect([code, aroundIn(found.value)]).toEqual([code, ends]);
      expect([refusal?.code, verdict], code).toEqual([code, code === "DUPLICATE" ? "ignored" : "not admitted"]);
      expect(nearest.length > 0, code).toBe(code !== "DUPLICATE");
      expect(factors.flatMap((factor) => Object.values(factor))).not.toContain("");
    }
  });

  it("is explained alike by the command line, over HTTP and on the page, at each step of the door", async () => {
    const page = await consoleOf(agent);
    vi.stubGlobal("fetch", (url: URL, init?: RequestInit) => agent.request(url.pathname, init));
    for (const step of DOOR_STEPS.map(({ name }) => name)) {
      const one = ofStep(step);
      if (one === undefined) throw new Error(`no code of step ${step}`);
      await refuse(one);
      const answer = await agent.request(`/v1/observations/${one.id}/explain`, { headers: KEYED });
      const explanation = (await answer.json()) as Explanation;
      expect(marked(explanation).map(({ name }) => name)).toEqual([step]);
      const told = await run("explain", one.id, "--url", "http://agent", "--key", "a key for the tests");
      expect([told.exit, told.data]).toEqual([5, explanation]);
      expect(told.text.match(/^ {2}✗ (\w+)/gm)).toEqual([`  ✗ ${step}`]);
      expect(told.text).toContain("nearest change");
      expect(told.text).toContain(`\n  ${one.code}\n`);
      const html = await page.page(`/o/${one.id}`);
      expect(html.match(/ <\/span>not met/g)?.length, step).toBe(1);
      expect(html).toContain(one.code);
      expect(html).toContain("What would have admitted it");
    }
    vi.unstubAllGlobals();
  });

  it("is told from a bundle by what the door finds, or by an error with its code", async () => {
    const bundle = bundleOf(finishedApproval(3).agents[0] as ReturnType<typeof finishedApproval>["agents"][0]);
    for (const { code, id, frame } of refused.filter((_, index) => index % 10 === 0 || index < 20)) {
      const entry = { hash: sha256Hex(frame), code, frame: toBase64(frame) };
      const answer = await run("explain", { ...bundle, refused: [entry] }, id.slice(0, 16));
      const { data, refusal } = answer;
      if (refusal === null) expect(marked(data as Explanation).length, code).toBe(1);
      else expect(refusal.code.length, code).toBeGreaterThan(0);
      expect([5, 0], code).toContain(answer.exit);
      if (answer.exit === 0) expect((data as Explanation).verdict, code).toBe("ignored");
    }
  });
});

describe("the sender", () => {
  it("is told a code, the words of its refusal and what to do; the table is for the party's own people", async () => {
    const frame = contributionFrame(testParties(4)[3] as (typeof parties)[0], "0".repeat(64), 1);
    const headers = { "content-type": "application/cbor" };
    const answer = await agent.request("/v1/observations", { method: "POST", headers, body: Uint8Array.from(frame) });
    const problem = (await answer.json()) as Record<string, unknown>;
    expect([answer.status, problem.code]).toEqual([403, "ROOT_UNKNOWN"]);
    expect(Object.keys(problem).sort()).toEqual(
      ["code", "detail", "do", "instance", "retryable", "status", "title", "type", "what", "why"].sort(),
    );
    const parsed = parseObservation(frame);
    const path = `/v1/observations/${parsed.ok ? parsed.value.observation.id : ""}/explain`;
    expect((await agent.request(path)).status).toBe(401);
    const explained = (await (await agent.request(path, { headers: KEYED })).json()) as Explanation;
    expect([explained.verdict, marked(explained).map(({ name }) => name)]).toEqual(["not admitted", ["credential"]]);
  });
});
