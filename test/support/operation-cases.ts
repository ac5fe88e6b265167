// One small case for each rule of an operation: what comes out is a few words, so that a rule that is broken shows.
import { rootsOf } from "../../cli/stack/party.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import { struckIn } from "../../shared/ceremony/struck.ts";
import { checkUnder } from "../../shared/ceremony/under.ts";
import { admit } from "../../shared/observation/admit.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { SECOND, START } from "./network.ts";
import { type Bend, carry, nation, operation, parties, signed } from "./operations.ts";
import { seatsFor } from "./parties.ts";
import { flipBit } from "./recipes.ts";
import { direct, underOf, withdrawal } from "./under.ts";

type Made = (said: string) => ReturnType<typeof withdrawal>;

/** crux approves, and bolt carries what `make` gives: why its word does not stand, and what is listed as ignored. */
function struck(make: Made, bend: Bend = {}): string {
  const net = operation(bend);
  const said = net.attest("crux", "approve")[0]?.id as string;
  net.deliverAll();
  carry(net, "bolt", make(said));
  const { policy, rounds } = net.agent("bolt").state;
  const { faults, ignored } = struckIn((policy as PinnedPolicy).policy, rounds);
  const codes = [...faults.values(), ...ignored].map(({ code }) => code);
  return codes.length === 0 ? "stands" : codes.join(" ");
}

const LATE = START + SECOND;
const TWO_ROADS: Bend = {
  under: {
    translators: [direct("crux", "acme"), direct("crux", "bolt"), direct("bolt", "acme"), direct("dune", "acme")],
    roads: [
      { authority: "bolt", roads: [["bolt/to-acme"]] },
      { authority: "crux", roads: [["crux/to-acme"], ["crux/to-bolt", "bolt/to-acme"]] },
      { authority: "dune", roads: [["dune/to-acme"]] },
    ],
  },
};
const AGAIN: Bend = {
  under: { translators: [direct("bolt", "acme"), direct("dune", "acme"), direct("crux", "acme", { issued: LATE })] },
};

/** acme's agent carries a withdrawal whose inner signature is altered. */
async function forged(): Promise<string> {
  const net = operation({});
  const real = signed("crux", "*", LATE);
  const frame = flipBit(real.frame, -40);
  carry(net, "bolt", { ...real, frame });
  const [notice] = net
    .agent("bolt")
    .effects.flatMap((effect) =>
      effect.do === "append" && effect.observation.body.kind === "notice" ? [effect.observation] : [],
    );
  const trust = assembleTrust({ mesh: null, pins: rootsOf(parties) });
  const admitted = notice === undefined ? null : await admit(notice.frame, trust);
  return admitted?.ok === false ? admitted.fault.code : "admitted";
}

function prohibited(): string {
  const net = operation({ under: { matters: ["loiter"] } });
  const agent = net.agent("dune");
  const prohibits = [{ matter: "loiter", clause: "D1", from: "dune" }];
  agent.state = { ...agent.state, standpoint: { policy: null, at: START, prohibits } };
  return net.attest("dune", "approve")[0]?.code ?? "signed";
}

export const CASES: Readonly<Record<string, () => string | Promise<string>>> = {
  late: () => struck(() => signed("crux", "*", LATE)),
  dated: () => struck(() => signed("crux", "*", START + 5 * SECOND)),
  cut: () => struck((said) => signed("crux", "*", START + 5 * SECOND, { cut: [said] })),
  stranger: () => struck(() => signed("bolt", "crux/to-acme", LATE)),
  another: () =>
    struck(() => withdrawal(nation("bolt").sign("coalition-revocation", { revokes: "*", by: "crux", after: LATE }))),
  elsewhere: () => struck(() => signed("crux", "*", LATE, { scope: { operation: "ember" } })),
  roads: () => struck(() => signed("crux", "crux/to-acme", LATE), TWO_ROADS),
  again: () => struck(() => signed("crux", "*", LATE), AGAIN),
  seats: () => {
    const [acme, bolt] = [...parties];
    const under = underOf([acme, bolt] as typeof parties);
    return checkUnder({ under, seats: seatsFor(parties, "voter") })?.code ?? "sound";
  },
  prohibited,
  forged,
};
