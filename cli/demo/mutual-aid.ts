// A scenario of members that come while a ceremony runs: whoever is let in learns of it, joins, and has a say from the next round on.
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { membership } from "../../shared/membership/history.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { cast, examined, partiesOf } from "./cast.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** Half of those present let somebody in, and a decision may take two rounds. */
const POLICY = {
  ...QUORUM,
  rounds: { ...QUORUM.rounds, most: 2 },
  membership: { eject: { num: 2, den: 3 }, admit: { num: 1, den: 2 }, supervisors: [], earlier: "void" },
};

async function run(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "voter", "voter", "voter");
  const agents = stage.stack.agents.slice(0, 4);
  const [fire, police, ambulance, aid] = agents as [LocalAgent, LocalAgent, LocalAgent, LocalAgent];
  const title = "Close the ring road?";
  await stage.open(fire, { policy: POLICY as unknown as Json, title, parties: partiesOf(roles), closesIn: 6 });
  const admit = { membership: { act: "admit", party: aid.name, role: "voter", reason: "it arrived with a crane" } };
  for (const member of [police, ambulance]) await stage.contribute(member, admit, `lets ${aid.name} in`);
  await stage.contribute(aid, { choice: "join", role: "voter" }, "was not named, has learned of it, and joins");
  for (const agent of agents) {
    await stage.inRound(agent, 1);
    await stage.contribute(agent, { choice: "approve" }, "approves");
  }
  const views = await stage.agreed(40);
  const { verification, state } = await examined(stage, aid);
  const names =
    state === null ? [] : membership(state).map(({ seats }) => seats.map(({ authority }) => authority).join(" "));
  const expected = [roles.map(([{ name }]) => name).join(" "), agents.map(({ name }) => name).join(" ")];
  stage.check(
    `by the evidence of ${aid.name} three were in at first, and four from round 1 on`,
    verification.verdict === "passed" && names.join() === expected.join(),
  );
  const value = JSON.stringify(views[0]?.outcome?.value ?? null);
  stage.check(`the voice of ${aid.name} is counted`, value.includes(`"${aid.name}"`));
  return views;
}

export const MUTUAL_AID: Scenario = {
  name: "mutual-aid",
  title:
    "an agency that nobody named is let in while the others decide; it learns of the ceremony, joins and is counted",
  parties: 4,
  least: 4,
  closesIn: 20,
  expiresIn: 90,
  endsAs: ["final"],
  run,
};
