// Going apart on purpose, and returning: signed declarations, and what became of the link (SPEC §20.15). A state of affairs, never an error.
import type { Context } from "hono";
import type { ShownLink } from "../../../durable/mesh-rpc.ts";
import { text } from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { type DisconnectionTerms, readDisconnection } from "../../../shared/mesh/documents/disconnection.ts";
import { fields } from "../../../shared/mesh/documents/fields.ts";
import { checkDeclarable } from "../../../shared/mesh/live/turn.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { problem } from "../problem.ts";
import { answer, type MeshStub, withBody } from "./with-mesh.ts";

type Agent = Context<AgentContext>;

const readOther = fields<{ with: string }>({ with: text() }, {}, null);

async function linkOf(mesh: MeshStub, other: string): Promise<ShownLink | null> {
  const view = await mesh.view("", 0);
  return view.ok ? (view.value.links.find((link) => link.with === other) ?? null) : null;
}

function declined(other: string, reason: string): Result<never> {
  return fault("DISCONNECTION_DECLINED", { with: other, reason });
}

/** Declares it, in the party's own name. */
export async function goApart(
  mesh: MeshStub,
  terms: DisconnectionTerms,
): Promise<Result<{ readonly declaration: string; readonly link: ShownLink }>> {
  const before = await linkOf(mesh, terms.with);
  const declarable = checkDeclarable("disconnection", before?.mode ?? "connected", terms.with);
  if (!declarable.ok) return declarable;
  const content = new Map<string, CborValue>(Object.entries({ ...terms, forbidden: [...terms.forbidden] }));
  const said = await mesh.say([{ say: "declaration", type: "disconnection", content, at: null }]);
  if (!said.ok) return said;
  const link = await linkOf(mesh, terms.with);
  const [declaration] = said.value;
  if (link === null || declaration === undefined || link.declaration !== declaration)
    return declined(terms.with, "who signed it may not give that reason");
  return ok({ declaration, link });
}

/** The signed return, and the merge that it begins where this agent carries between the two. */
export async function comeBack(mesh: MeshStub, other: string, isCarrier: boolean): Promise<Result<object>> {
  const before = await linkOf(mesh, other);
  const declarable = checkDeclarable("return", before?.mode ?? "connected", other);
  if (!declarable.ok) return declarable;
  if (before === null) return fault("INTERNAL");
  const content = new Map<string, CborValue>([
    ["with", other],
    ["declaration", before.declaration ?? ""],
  ]);
  const said = await mesh.say([{ say: "declaration", type: "return", content, at: null }]);
  if (!said.ok) return said;
  const link = await linkOf(mesh, other);
  if (link?.mode !== "connected")
    return declined(other, "who signed the return may not give the reason of the declaration");
  const merge = isCarrier ? await mesh.reconcile(other) : null;
  const merged = merge === null ? null : merge.ok ? merge.value : describeRefusal(merge.fault);
  const { queued, deferred, reason } = before;
  return ok({ returned: said.value[0], reason, queued, deferred, link, merge: merged });
}

export function disconnectRoute(context: Agent): Promise<Response> {
  return withBody(context, readDisconnection, async (mesh, terms) => {
    const apart = await goApart(mesh, terms);
    return apart.ok ? context.json(apart.value, 201) : problem(context, apart.fault);
  });
}

export function returnRoute(context: Agent): Promise<Response> {
  return withBody(context, readOther, async (mesh, body) =>
    answer(context, await comeBack(mesh, body.with, context.get("config").standings.has(body.with))),
  );
}
