// A statement on its way into a mesh's history: what it changes at the desk, whom it is passed on to, and what it leaves behind.
import type { Receipt } from "../shared/ceremony/effect.ts";
import { speakerOf } from "../shared/coalition/signed.ts";
import { arrivalEntries } from "../shared/mesh/live/entries.ts";
import { takeIn } from "../shared/mesh/live/turn.ts";
import type { VerifiedObservation } from "../shared/observation/observation.ts";
import { withdrawalIn } from "../shared/observation/withdrawal.ts";
import type { Mesh } from "./mesh-object.ts";

/** Takes one statement in; within a turn. What is already held is answered again, and changes nothing. */
export function takeHere(host: Mesh, statement: VerifiedObservation): Receipt {
  const { id, mesh } = statement;
  const { ledger, books, standing } = host;
  if (ledger.holds(id)) return { id, verdict: "ignored", code: null, detail: {} };
  const turn = takeIn(host.desk, statement, host.now());
  const deferred = turn.keep === "deferred";
  ledger.keep(statement, deferred, isOwn(host, statement));
  host.keepDesk(turn.desk);
  for (const effect of turn.link?.effects ?? []) {
    if (effect.do === "merge") ledger.release(effect.inbound);
    // Said ahead to those who are cut off, by whoever stands there too.
    if (effect.do === "announce") host.tell(turn.link?.with ?? "", [statement]);
  }
  if (mesh === standing.mesh) books.spoke(speakerOf(statement, host.roots), host.now());
  if (mesh === standing.mesh && withdrawalIn(statement).ok) host.operations.note(statement);
  host.note(arrivalEntries(statement, turn, host.config.party.name, host.now()));
  return { id, verdict: deferred ? "held" : "admitted", code: null, detail: {} };
}

export function isOwn({ config, standing }: Mesh, { key, mesh }: VerifiedObservation): boolean {
  return key === config.self.key && mesh === standing.mesh;
}
