// What a policy says that does nothing: it works all the same, and whoever wrote it meant something by it.
import { type Fault, fault } from "../result.ts";
import type { Policy } from "./policy.ts";

/** Advice about a policy that is sound; nothing of it is a reason to refuse it. */
export function adviceOn({ roles }: Policy): readonly Fault[] {
  const spread = [...roles].filter(([, { agent, shards }]) => !agent && shards !== null);
  const most = Math.max(0, ...spread.map(([, { shards }]) => shards ?? 0));
  const holders = [...roles.values()].reduce((sum, role) => sum + (role.agent ? 0 : role.most), 0);
  return [...roles].flatMap(([name, { agent, shards }]) => {
    if (shards === null) return [];
    const reason = agent
      ? "its holders run agents, which speak for themselves"
      : shards < most
        ? `another role asks for ${most}, and the most that any asks for is taken`
        : shards > holders
          ? `a seat goes to one shard, and there are ${holders} seats without an agent at most`
          : null;
    return reason === null ? [] : [fault("SHARDS_IDLE", { path: `roles.${name}.shards`, reason }).fault];
  });
}
