// A mesh as its keeper shows it: by subject, with how it stands to other meshes (SPEC §20.17).
import { agedDesk, linkTo } from "../shared/mesh/live/turn.ts";
import { worldOf } from "../shared/mesh/live/world.ts";
import { ok, type Result } from "../shared/result.ts";
import type { Mesh } from "./mesh-object.ts";
import { type MeshHoldings, type ShownMesh, shownRelations, shownSubjects } from "./mesh-rpc.ts";

const REPORTS_SHOWN = 32;

/** The subjects under a prefix, up to a number. */
export async function meshView(host: Mesh, prefix: string, most: number): Promise<Result<ShownMesh>> {
  age(host);
  const trusts = await host.trusts();
  if (!trusts.ok) return trusts;
  const at = host.now();
  const { mesh } = host.standing;
  const { subjects, dropped } = worldOf(host.ledger.statements(), mesh, trusts.value, at);
  const shown = { mesh, asSeenBy: host.config.party.name, at, held: host.ledger.counts(), dropped };
  const reports = host.ledger.reports(REPORTS_SHOWN);
  return ok({ ...shown, ...shownSubjects(subjects, prefix, most), ...shownRelations(host.desk, reports, at) });
}

/** What was deferred longer than it is kept lapses; its id stays. */
function age(host: Mesh): void {
  const aged = agedDesk(host.desk, host.now());
  if ([...aged.links].every(([mesh, state]) => host.desk.links.get(mesh) === state)) return;
  host.commit(() => {
    host.keepDesk(aged);
    for (const { lapsed } of aged.links.values()) host.ledger.forget(lapsed);
  });
}

/** What the keeper of another mesh of this party may read here, up to a number. */
export function holdingsOf({ desk, ledger }: Mesh, asker: string, upTo: number | null): MeshHoldings {
  const { by } = linkTo(desk, asker);
  return {
    frames: ledger.statements(upTo ?? undefined).map(({ frame }) => frame),
    authority: ledger.authority(),
    last: ledger.last(),
    apart: by === null ? null : { by: by.authority, reason: by.reason },
  };
}
