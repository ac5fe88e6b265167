import type { Observation } from "../../../shared/observation/observation.ts";
import type { Checker, HonestAccount } from "../watch.ts";

/** An honest party lets out at most one statement for a slot and for a sequence number, whatever crashes did to it (closing §5, R7). */
export const oneStatement: Checker = ({ honest, plan }) =>
  honest
    .filter(({ agent }) => plan.restoredKnowing || agent.seat !== plan.restored)
    .flatMap(({ agent, spoken }) =>
      [...spoken]
        .filter(([, statements]) => statements.length > 1)
        .map(([slot, statements]) => ({
          invariant: "one statement",
          detail: `seat ${agent.seat} sent ${statements.length} statements for ${slot}`,
        })),
    );

/** No honest party precommits one root and later prevotes another with an older polka, or none. */
export const lock: Checker = ({ honest, plan }) =>
  honest
    .filter(({ agent }) => plan.restoredKnowing || agent.seat !== plan.restored)
    .flatMap((account) => {
      const precommits = statementsOf(account, "precommit");
      const broken = statementsOf(account, "prevote").some((prevote) =>
        precommits.some((precommit) => breaks(precommit, prevote)),
      );
      return broken ? [{ invariant: "lock", detail: `seat ${account.agent.seat} broke its lock` }] : [];
    });

function statementsOf({ spoken }: HonestAccount, kind: string): readonly Observation[] {
  return [...spoken].filter(([slot]) => slot.startsWith(`${kind}/`)).flatMap(([, statements]) => statements);
}

function breaks(precommit: Observation, prevote: Observation): boolean {
  if (precommit.body.kind !== "precommit" || prevote.body.kind !== "prevote") return false;
  const [locked, voted] = [precommit.body.root, prevote.body.root];
  const [at, later] = [precommit.slot.attempt as number, prevote.slot.attempt as number];
  return locked !== null && voted !== null && locked !== voted && later > at && prevote.body.validAttempt < at;
}

/** Who must be silent signs nothing: after its own forgotten past, after the hard expiry, and with proof of too many faults. */
export const silence: Checker = ({ honest }) =>
  honest.flatMap(({ agent, overspoken }) =>
    overspoken.map((what) => ({ invariant: "silence", detail: `seat ${agent.seat} signed a ${what}` })),
  );

/** Who holds proof against more than f power decides nothing from then on: it had its end before, or it expires (closing §6). */
export const halting: Checker = ({ honest }) =>
  honest
    .filter(({ agent, haltedOpen }) => haltedOpen && (agent.state.ending !== null || !agent.state.expired))
    .map(({ agent }) => ({
      invariant: "halting",
      detail: `seat ${agent.seat} held proof of too many faults and ${agent.state.ending === null ? "never expired" : "ended"}`,
    }));
