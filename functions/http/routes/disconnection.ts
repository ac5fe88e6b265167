// Going apart on purpose, and returning: signed declarations, and what became of the link (SPEC §20.15). A state of affairs, never an error.
import type { Context } from "hono";
import type { ShownLink } from "../../../durable/mesh-rpc.ts";
import { text } from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { readDisconnection } from "../../../shared/mesh/documents/disconnection.ts";
import { fields } from "../../../shared/mesh/documents/fields.ts";
import { checkDeclarable } from "../../../shared/mesh/live/turn.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { problem } from "../problem.ts";
import { answer, type MeshStub, withBody } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

const readOther = fields<{ with: string }>({ with: text() }, {}, null);

async function linkOf(mesh: MeshStub, other: string): Promise<ShownLink | null> {
  const view = await mesh.view("", 0);
  return view.ok ? (view.value.links.find((link) => link.with === other) ?? null) : null;
}

export function disconnectRoute(context: Agent): Promise<Response> {
  return withBody(context, readDisconnection, async (mesh, terms) => {
    const declined = (reason: string) =>
      problem(context, fault("DISCONNECTION_DECLINED", { with: terms.with, reason }).fault);
    const before = await linkOf(mesh, terms.with);
    const declarable = checkDeclarable("disconnection", before?.mode ?? "connected", terms.with);
    if (!declarable.ok) return problem(context, declarable.fault);
    const content = new Map<string, CborValue>(Object.entries({ ...terms, forbidden: [...terms.forbidden] }));
    const said = await mesh.say([{ say: "declaration", type: "disconnection", content, at: null }]);
    if (!said.ok) return problem(context, said.fault);
    const link = await linkOf(mesh, terms.with);
    if (link?.declaration !== said.value[0]) return declined("who signed it may not give that reason");
    return context.json({ declaration: said.value[0], link }, 201);
  });
}

/** The signed return, and the merge that it begins where this agent carries between the two. */
export function returnRoute(context: Agent): Promise<Response> {
  return withBody(context, readOther, async (mesh, body) => {
    const declined = (reason: string) =>
      problem(context, fault("DISCONNECTION_DECLINED", { with: body.with, reason }).fault);
    const before = await linkOf(mesh, body.with);
    const declarable = checkDeclarable("return", before?.mode ?? "connected", body.with);
    if (!declarable.ok || before === null)
      return problem(context, declarable.ok ? fault("INTERNAL").fault : declarable.fault);
    const content = new Map<string, CborValue>([
      ["with", body.with],
      ["declaration", before.declaration ?? ""],
    ]);
    const said = await mesh.say([{ say: "declaration", type: "return", content, at: null }]);
    if (!said.ok) return problem(context, said.fault);
    const link = await linkOf(mesh, body.with);
    if (link?.mode !== "connected") return declined("who signed the return may not give the reason of the declaration");
    const merge = context.get("config").standings.has(body.with) ? await mesh.reconcile(body.with) : null;
    const merged = merge === null ? null : merge.ok ? merge.value : describeRefusal(merge.fault);
    const { queued, deferred, reason } = before;
    return answer(context, {
      ok: true,
      value: { returned: said.value[0], reason, queued, deferred, link, merge: merged },
    });
  });
}
