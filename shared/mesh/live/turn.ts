// What becomes of a statement that reaches a mesh's keeper through the door (SPEC §20.15): into the history, or deferred while the mesh is
// apart from where it comes from. Pure: a desk and one statement in, the next desk and what is to be done out.
import { grantsRole, leafOf } from "../../authority/chain.ts";
import { readAs } from "../../cbor/read.ts";
import { isKind, type VerifiedObservation } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import {
  CONNECTED,
  type Disconnection,
  type DisconnectTerms,
  type LinkEffect,
  type LinkEvent,
  type LinkState,
  REASONS,
  stepLink,
} from "../disconnect.ts";
import { readDisconnection, readReturn } from "../documents/disconnection.ts";
import { type Declaration, isDeclaration, ROLES } from "../signed/declared.ts";

/** How long what comes in while apart is kept, in microseconds: 30 days. */
const RETENTION = 30 * 86_400 * 1_000_000;

export type Desk = {
  readonly mesh: string;
  /** How the mesh stands to each other one; connected to those that are not there. */
  readonly links: ReadonlyMap<string, LinkState>;
};

export type Turn = {
  readonly desk: Desk;
  readonly keep: "history" | "deferred";
  /** The mesh whose link changed, and what that asks for. */
  readonly link: { readonly with: string; readonly effects: readonly LinkEffect[] } | null;
};

export function linkTo({ links }: Desk, mesh: string): LinkState {
  return links.get(mesh) ?? CONNECTED;
}

/** The reasons that the holder of a chain may give: all by the role, or one by the role and the reason. */
function termsFor({ chain }: Declaration): DisconnectTerms {
  const name = leafOf(chain).grant.subject;
  const may = (reason: string) =>
    grantsRole(chain, ROLES.disconnection) || grantsRole(chain, `${ROLES.disconnection}/${reason}`);
  return { declarers: new Map(REASONS.map((reason) => [reason, may(reason) ? [name] : []])), retention: RETENTION };
}

function stepped(desk: Desk, mesh: string, event: LinkEvent, terms: DisconnectTerms) {
  const { state, effects } = stepLink(linkTo(desk, mesh), event, terms);
  return { desk: { ...desk, links: new Map(desk.links).set(mesh, state) }, effects };
}

const NOBODY: DisconnectTerms = { declarers: new Map(), retention: RETENTION };

/** Takes in one statement; `now` is the keeper's time. */
export function takeIn(desk: Desk, statement: VerifiedObservation, now: number): Turn {
  const event = isDeclaration(statement) ? linkEvent(statement) : null;
  if (event !== null && isDeclaration(statement)) {
    // Another mesh's own going apart is known here, and changes nothing: its letters are then the ones that do not come.
    if (statement.mesh !== desk.mesh) return { desk, keep: "history", link: null };
    const { desk: next, effects } = stepped(desk, event.with, event.event, termsFor(statement));
    return { desk: next, keep: "history", link: { with: event.with, effects } };
  }
  if (statement.mesh !== desk.mesh) return foreign(desk, statement, now);
  if (!isKind(statement, "fact")) return { desk, keep: "history", link: null };
  const apart = [...desk.links].filter(([, { by }]) => by !== null);
  const next = apart.reduce(
    (before, [mesh]) => stepped(before, mesh, { on: "send", id: statement.id }, NOBODY).desk,
    desk,
  );
  return { desk: next, keep: "history", link: null };
}

function foreign(desk: Desk, { id, mesh }: VerifiedObservation, now: number): Turn {
  if (linkTo(desk, mesh).by === null) return { desk, keep: "history", link: null };
  return { desk: stepped(desk, mesh, { on: "receive", id, at: now }, NOBODY).desk, keep: "deferred", link: null };
}

/** What a declaration means to a link; null where it is about something else, or cannot be read. */
function linkEvent(declaration: Declaration): { readonly with: string; readonly event: LinkEvent } | null {
  const { id, at, body, chain } = declaration;
  const authority = leafOf(chain).grant.subject;
  if (body.type === "disconnection") {
    const read = readAs(body.content, readDisconnection, body.type);
    if (!read.ok) return null;
    const { with: mesh, ...terms } = read.value;
    const declared: Disconnection = { id, authority, from: at[0], ...terms };
    return { with: mesh, event: { on: "declare", declaration: declared } };
  }
  if (body.type !== "return") return null;
  const read = readAs(body.content, readReturn, body.type);
  return read.ok ? { with: read.value.with, event: { on: "return", authority, at: at[1] } } : null;
}

/** Lets what was deferred beyond its time lapse. */
export function agedDesk(desk: Desk, now: number): Desk {
  return [...desk.links.keys()].reduce(
    (before, mesh) => stepped(before, mesh, { on: "clock", at: now }, NOBODY).desk,
    desk,
  );
}

/** What is not done between meshes while they are apart: everything that would carry between them. */
export function checkTogether(desk: Desk, other: string, operation: string): Result<true> {
  const { by } = linkTo(desk, other);
  return by === null ? ok(true) : apart(desk, other, operation, by);
}

/** Within the mesh goes on whatever no declaration rules out. */
export function checkAllowed(desk: Desk, operation: string): Result<true> {
  for (const [other, { by }] of operation === "return" ? [] : desk.links)
    if (by?.forbidden.includes(operation) === true) return apart(desk, other, operation, by);
  return ok(true);
}

function apart({ mesh }: Desk, other: string, operation: string, { authority, reason }: Disconnection) {
  return fault("MESH_APART", { mesh, with: other, by: authority, reason, operation });
}

/** Whether a declaration could change how two meshes stand to each other, whoever signs it. */
export function checkDeclarable(
  type: "disconnection" | "return",
  mode: LinkState["mode"],
  other: string,
): Result<true> {
  if (type === "disconnection" && mode === "disconnected")
    return fault("DISCONNECTION_DECLINED", { with: other, reason: "the two are apart already" });
  return type === "return" && mode === "connected"
    ? fault("DISCONNECTION_DECLINED", { with: other, reason: "the two are not apart" })
    : ok(true);
}
