// A clinical trial: an action is done only where it is admissible to both sites, the sponsor and the ethics board at one moment. A board that
// declines, or a credential that does not show what the rule asks, keeps it from being done, whatever the others say.
import { createHash } from "node:crypto";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { type Cast, cast, examined, partiesOf } from "./cast.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Each of these must admit what a party says: when it was said, and what its credential grants. */
const FACTORS = [{ kind: "window" }, { kind: "granted", class: "coordination" }] as const;
const INVESTIGATOR = { kind: "tier", among: ["investigator"] } as const;

/** How long the moment is, in seconds: what somebody says may still change what counts of the others, so the round stays open for all of it. */
const MOMENT = 6;

const nameOf = (action: Json) => `sha256:${createHash("sha256").update(JSON.stringify(action)).digest("hex")}`;

/** All four say whether the action is admissible to them; answers what each said, by id. */
async function put(
  stage: Stage,
  roles: Cast,
  action: { readonly [name: string]: Json },
  how: { readonly factors: readonly object[]; readonly declines?: LocalAgent },
): Promise<readonly string[]> {
  const [[site]] = roles as [Cast[number]];
  const subject = nameOf(action);
  await stage.open(site, {
    pattern: "n-party-ceremony",
    title: `Trial: ${action.do}`,
    parties: partiesOf(roles),
    set: [{ path: "admission", value: { rule: "intersection", factors: how.factors } as unknown as Json }],
    subject: { payload: subject },
    closesIn: MOMENT,
  });
  const said: string[] = [];
  for (const [agent] of roles) {
    const choice = agent === how.declines ? "decline" : "attest";
    const content = choice === "attest" ? { choice, subject } : { choice, reason: "consent was not renewed" };
    said.push(await stage.contribute(agent, content, choice === "attest" ? "finds it admissible" : "declines"));
  }
  return said;
}

/** Nobody does it, and each can say why from its own evidence. */
async function notDone(stage: Stage, why: string, holds: (codes: readonly string[]) => boolean): Promise<void> {
  for (const { asSeenBy, phase, outcome } of await stage.ended(40)) {
    const { verification, state } = await examined(stage, stage.stack.agent(asSeenBy));
    const record = state?.ending?.record;
    const codes = [record?.cause ?? "", ...(record?.excluded ?? []).map(({ code }) => code)];
    stage.check(
      `at ${asSeenBy} the action is not done: ${why}`,
      phase === "abandoned" && outcome?.status !== "decided" && verification.verdict === "passed" && holds(codes),
    );
  }
}

async function trial(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "participant", "participant", "participant", "witness");
  const board = roles[3]?.[0] as LocalAgent;
  const dose = { do: "second dose, cohort B", protocol: 4 };
  await put(stage, roles, dose, { factors: FACTORS, declines: board });
  await notDone(stage, "the ethics board declines", ([cause]) => cause === "REQUIREMENTS_NOT_MET");
  await put(stage, roles, dose, { factors: [...FACTORS, INVESTIGATOR] });
  await notDone(
    stage,
    "all find it admissible, and no credential shows an investigator",
    (codes) => codes.filter((code) => code === "TIER_NOT_ACCEPTED").length === roles.length,
  );
  const renewed = { ...dose, protocol: 5, consent: "renewed" };
  const said = await put(stage, roles, renewed, { factors: FACTORS });
  const views = await stage.agreed(40);
  const value = JSON.stringify(views[0]?.outcome?.value ?? null);
  stage.check(
    "both sites, the sponsor and the board found one and the same action admissible",
    value.includes(nameOf(renewed)) && roles.every(([{ name }]) => value.includes(`"${name}"`)),
  );
  const tables = await Promise.all(roles.map(([agent]) => Promise.all(said.map((id) => stage.explain(agent, id)))));
  const judged = tables.map((told) => JSON.stringify(told.map((one) => one?.admission ?? null)));
  const everyFactor = tables.flat().every((one) => one?.admission?.factors.every(({ state }) => state === "admit"));
  stage.check(
    "each of the four, by the same table at every party, was inside the window and granted its class",
    new Set(judged).size === 1 && everyFactor === true,
  );
  return views;
}

export const TRIAL: Scenario = {
  name: "trial",
  title: "two sites, a sponsor and an ethics board: an action is done only where it is admissible to all at one moment",
  parties: 4,
  least: 4,
  closesIn: 25,
  expiresIn: 90,
  endsAs: ["final"],
  run: trial,
};
