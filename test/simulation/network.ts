// Links between hosts: messages are lost, doubled, delayed past one another, and cut off by partitions that need not be symmetric.
import { SECOND, START } from "./parties.ts";
import type { Plan } from "./plan.ts";
import { Random } from "./random.ts";

type Cut = { readonly from: number; readonly until: number; readonly blocked: (from: number, to: number) => boolean };

export class Network {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #cuts: Cut[];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed, "network");
    this.#cuts = Array.from({ length: plan.partitions }, () => this.#drawCut());
  }

  #drawCut(): Cut {
    const { powers, healsAt } = this.#plan;
    const random = this.#random;
    const from = START + random.between(0, Math.max(0, healsAt - START - SECOND));
    const until = Math.min(healsAt, from + random.between(SECOND / 2, 15 * SECOND));
    const inside = new Set(random.subset(powers.map((_, seat) => seat)));
    const directions = random.pick(["both", "out", "in"] as const);
    const blocked = (sender: number, to: number) =>
      inside.has(sender) !== inside.has(to) && (directions === "both" || (directions === "out") === inside.has(sender));
    return { from, until, blocked };
  }

  /** Cuts the messages of one host off from the others for a while; what an adversary on the path can do. */
  isolate(seat: number, now: number, until: number): void {
    this.#cuts.push({ from: now, until: Math.min(until, this.#plan.healsAt), blocked: (from) => from === seat });
  }

  /** Instants at which a message that is sent now arrives: none, one or two. */
  arrivals(from: number, to: number, now: number): readonly number[] {
    const { healsAt, loss, duplication, straggling, delay } = this.#plan;
    const random = this.#random;
    if (now >= healsAt) return [now + 1 + random.below(50_000)];
    if (this.#cuts.some((cut) => now >= cut.from && now < cut.until && cut.blocked(from, to))) return [];
    if (random.chance(loss)) return [];
    const one = () => now + 1 + random.below(random.chance(straggling) ? 2 * SECOND : delay);
    return random.chance(duplication) ? [one(), one()] : [one()];
  }
}
