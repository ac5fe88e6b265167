// Scenarios from the working day of organisations that share no controller: a purchase, freight, an incident, a patient, an aircraft.
import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { custodyIn } from "../../shared/handoff/custody.ts";
import { commitTo } from "../../shared/outcome/sealing.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { asMap, type Cast, cast, contested, custodian, examined, handOver, ONCE, partiesOf } from "./cast.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

const BIDS = [9_400, 8_700, 9_100] as const;

async function purchase(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "buyer", "bidder", "bidder", "bidder");
  const [buyer, ...bidders] = roles.map(([agent]) => agent) as [LocalAgent, ...LocalAgent[]];
  const set = [
    ...ONCE("bidder"),
    { path: "outcome.direction", value: "lowest" },
    { path: "outcome.reserve", value: 10_000 },
  ];
  await stage.open(buyer, {
    pattern: "auction",
    title: "400 pumps",
    parties: partiesOf(roles),
    set,
    subject: { lot: "400 pumps" },
  });
  const hidden = BIDS.map((amount) => ({ bid: { amount }, nonce: randomBytes(16).toString("hex") }));
  for (const [at, bidder] of bidders.entries())
    await stage.contribute(
      bidder,
      { commit: commitTo(asMap(hidden[at] as Json)) },
      "commits to a bid that nobody can read",
    );
  const opened: string[] = [];
  for (const [at, bidder] of bidders.entries()) {
    await stage.inRound(bidder, 1);
    opened.push(await stage.contribute(bidder, { reveal: hidden[at] as Json }, `reveals ${BIDS[at]}`));
  }
  const views = await stage.agreed(40);
  const winner = BIDS.indexOf(Math.min(...BIDS) as (typeof BIDS)[number]);
  for (const [at, bidder] of bidders.entries()) {
    if (at === winner) continue;
    const { verification } = await examined(stage, bidder);
    const { winners = [] } = (verification.outcome?.value ?? {}) as { winners?: { party: string; price: number }[] };
    const own = await stage.explain(bidder, opened[at] as string);
    const fair =
      verification.verdict === "passed" &&
      own?.verdict === "admitted" &&
      winners[0]?.party === bidders[winner]?.name &&
      (winners[0]?.price ?? Number.POSITIVE_INFINITY) < (BIDS[at] as number);
    stage.check(`${bidder.name} lost, and its own evidence shows that its bid counted and was beaten`, fair);
  }
  return contested(stage, bidders[0] as LocalAgent, views);
}

const FREIGHT = ["holder", "receiver", "terminal", "customs", "receiver"] as const;

async function freight(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, ...FREIGHT);
  const [shipper, carrier, terminal, customs, consignee] = roles.map(([agent]) => agent) as [
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
  ];
  const set = [{ path: "outcome.ratify", value: "customs" }];
  const subject = { crosses: "a customs line", object: "MSKU 7" };
  await stage.open(shipper, {
    pattern: "custody-chain",
    title: "Box MSKU 7",
    parties: partiesOf(roles),
    set,
    subject,
    closesIn: 10,
  });
  const condition = { seal: "S-1", condition: "sound" };
  const legs = [
    [shipper, carrier],
    [carrier, terminal],
    [terminal, consignee],
  ] as const;
  for (const [at, [from, to]] of legs.entries()) {
    const id = `leg ${at + 1}`;
    const broken = to === consignee;
    const release = { id, to: to.name, object: "MSKU 7", leg: at, state: condition };
    await stage.contribute(from, { release }, `releases to ${to.name}, sealed and sound`, `release ${id}`);
    const state = broken ? { ...condition, seal: "broken" } : condition;
    const exceptions = broken ? ["seal: broken on arrival"] : [];
    const accept = { release: id, object: "MSKU 7", state, exceptions };
    await stage.contribute(to, { accept }, broken ? "accepts, and notes a broken seal" : "accepts", `accept ${id}`);
  }
  await stage.contribute(customs, { choice: "clear" }, "clears it: the box crosses a customs line");
  const views = await stage.agreed(40);
  for (const [agent] of roles)
    stage.check(
      `the evidence of ${agent.name} names ${consignee.name} as custodian`,
      (await custodian(stage, agent, "MSKU 7")) === consignee.name,
    );
  const { state } = await examined(stage, consignee);
  const record = state === null ? null : custodyIn(state);
  const way = [record?.first, ...(record?.transfers ?? []).map(({ to }) => to)];
  const line = [shipper, carrier, terminal, consignee].map(({ name }) => name);
  stage.check(`a buyer further down walks back ${line.toReversed().join(" < ")}`, way.join() === line.join());
  return views;
}

async function incident(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "leader", "deputy", "follower", "follower", "follower", "follower");
  const [fire, police, ambulance, , hospital] = roles.map(([agent]) => agent) as LocalAgent[] as [
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
  ];
  const others = roles.slice(1).map(([agent]) => agent);
  const title = "Crash on the ring road";
  await stage.open(police, {
    pattern: "lead-follow",
    title,
    parties: partiesOf(roles),
    set: ONCE("deputy"),
    closesIn: 7,
  });
  await stage.until("the call is out", 20, async () => (await stage.views()).every(({ policy }) => policy !== null));
  await stage.stack.split(
    [fire.name],
    others.map(({ name }) => name),
  );
  stage.say(`${fire.name}  the leader's network is down`);
  await stage.contribute(
    police,
    { plan: { command: police.name, closed: ["lane 1", "lane 2"] } },
    "the deputy has a plan",
  );
  for (const agent of others.slice(1)) await stage.contribute(agent, { ack: true }, "acknowledges");
  await stage.ended(30, others);
  const [view] = await stage.views([ambulance]);
  stage.check(
    `${police.name} has command, by the succession that the policy declares`,
    JSON.stringify(view?.outcome?.value ?? null).includes(`"leader":"${police.name}"`),
  );
  await stage.stack.heal();
  const views = await stage.agreed(40);
  stage.check(
    `${fire.name} learns who had command once its network is back`,
    views.every(({ outcome }) => outcome?.digest === view?.outcome?.digest),
  );
  const patient = "patient 1";
  const team: Cast = [
    [ambulance, "giver"],
    [hospital, "taker"],
    [police, "ratifier"],
  ];
  await stage.open(ambulance, {
    pattern: "ratified-handoff",
    title: "Patient 1",
    parties: partiesOf(team),
    set: ONCE("giver", "taker"),
  });
  const among = team.map(([agent]) => agent);
  return handOver(stage, among as [LocalAgent, LocalAgent, LocalAgent], patient, { triage: "red" });
}

async function transfer(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "participant", "participant", "participant", "witness", "participant");
  const [sending, receiving, transport, proxy, insurer] = roles.map(([agent]) => agent) as [
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
    LocalAgent,
  ];
  const record: { readonly [name: string]: Json } = {
    resourceType: "Bundle",
    patient: "P-17",
    allergies: ["penicillin"],
    escort: transport.name,
  };
  const subject = `sha256:${createHash("sha256").update(JSON.stringify(record)).digest("hex")}`;
  const open = {
    pattern: "n-party-ceremony",
    title: "Transfer of P-17",
    parties: partiesOf(roles),
    subject: { payload: subject },
  };
  await stage.open(sending, open);
  for (const agent of [sending, receiving, transport, insurer])
    await stage.contribute(agent, { choice: "attest", subject }, "attests to the handoff record, by its hash");
  await stage.contribute(
    proxy,
    { choice: "attest", subject, reason: "consent of the patient, by proxy" },
    "consents for the patient",
  );
  const agreed = await stage.agreed(40);
  const value = JSON.stringify(agreed[0]?.outcome?.value ?? null);
  stage.check(
    "all five roles attested to one and the same record",
    value.includes(subject) && roles.every(([{ name }]) => value.includes(name)),
  );
  const team: Cast = [
    [sending, "giver"],
    [receiving, "taker"],
    [proxy, "ratifier"],
  ];
  const next = {
    pattern: "ratified-handoff",
    title: "Custody of P-17",
    parties: partiesOf(team),
    set: ONCE("giver", "taker"),
    subject: { after: stage.ceremony },
  };
  await stage.open(sending, next);
  return handOver(stage, [sending, receiving, proxy], "P-17", record);
}

async function airspace(stage: Stage): Promise<readonly CeremonyView[]> {
  const roles = cast(stage, "giver", "taker", "ratifier");
  const [north, south, supervisor] = roles.map(([agent]) => agent) as [LocalAgent, LocalAgent, LocalAgent];
  const set = ONCE("giver", "taker");
  const flight = "flight 88";
  const open = (title: string) =>
    stage.open(north, { pattern: "ratified-handoff", title, parties: partiesOf(roles), set, closesIn: 5 });
  await open("Flight 88, first attempt");
  await stage.until("the call is out", 20, async () => (await stage.views()).every(({ policy }) => policy !== null));
  await south.kill();
  stage.say(`${south.name}  the next sector's agent is killed`);
  await stage.contribute(
    north,
    { release: { id: "release", to: south.name, object: flight } },
    `releases ${flight} to ${south.name}`,
  );
  await stage.contribute(supervisor, { choice: "approve" }, "ratifies");
  const tried = await stage.ended(40, [north, supervisor]);
  stage.check(
    "without an acceptance the handoff is abandoned",
    tried.every(({ phase }) => phase === "abandoned"),
  );
  for (const agent of [north, supervisor])
    stage.check(
      `by the evidence of ${agent.name} ${flight} never left ${north.name}`,
      (await custodian(stage, agent, flight)) === north.name,
    );
  await south.start();
  stage.say(`${south.name}  is back`);
  await sleep(500);
  await open("Flight 88, second attempt");
  return handOver(stage, [north, south, supervisor], flight, { level: 350 });
}

const story = (name: string, title: string, parties: number, run: Scenario["run"]): Scenario => ({
  name,
  title,
  parties,
  least: parties,
  closesIn: 20,
  expiresIn: 90,
  endsAs: ["final"],
  run,
});

export const STORIES: readonly Scenario[] = [
  story(
    "reverse-auction",
    "a sealed reverse auction without an auctioneer; those who lose verify that they lost fairly",
    4,
    purchase,
  ),
  story(
    "freight",
    "a box from shipper to consignee over a carrier and a terminal, with condition reports; customs must clear it",
    5,
    freight,
  ),
  story(
    "incident",
    "six agencies at a crash: the leader's network is down, the deputy takes command, a patient is handed over",
    6,
    incident,
  ),
  story(
    "patient-transfer",
    "five roles attest to one handoff record, with consent by proxy, and custody passes",
    5,
    transfer,
  ),
  story(
    "airspace",
    "a sector's release has no effect until the next one accepts: custody is never vacant",
    3,
    airspace,
  ),
];
