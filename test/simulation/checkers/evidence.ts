import type { Checker } from "../watch.ts";

/** A party that took in both halves of an equivocation can prove it; and nobody can prove a fault of an honest party (closing §6). */
export const evidence: Checker = ({ honest, plan }) =>
  honest.flatMap(({ agent, pairs, proved }) => {
    const faulty = agent.state.rounds[0]?.closing.faulty ?? new Map();
    const missed = pairs.filter(({ seat, kind, ids }) =>
      kind === "contribution" ? !ids.some((id) => proved.has(id)) : !faulty.has(seat),
    );
    const accused = [...faulty.keys()].filter((seat) => !plan.faulty.includes(seat) && seat !== plan.restored);
    return [
      ...missed.map(({ seat, kind }) => ({
        invariant: "evidence",
        detail: `seat ${agent.seat} took in two statements (${kind}) of seat ${seat} and keeps no proof`,
      })),
      ...accused.map((seat) => ({
        invariant: "false evidence",
        detail: `seat ${agent.seat} holds a proof against seat ${seat}, which is honest`,
      })),
    ];
  });
