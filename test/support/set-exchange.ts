// Two sides that reconcile their sets of ids, message by message, and what it cost.
import { sha256Hex } from "../../shared/hash.ts";
import { continueSession, joinSession, openSession, type Session } from "../../shared/reconcile/session.ts";
import type { Result } from "../../shared/result.ts";

const utf8 = new TextEncoder();
export const idOf = (name: string) => sha256Hex(utf8.encode(name));
export const saltOf = (name: string) => Uint8Array.from(idOf(name).slice(0, 16), (digit) => digit.charCodeAt(0));

export type Exchange = {
  readonly first: Session;
  readonly second: Session;
  /** Length of each message, in turn. */
  readonly messages: readonly number[];
};

export function exchange(ours: readonly string[], theirs: readonly string[], salt = saltOf("salt")): Exchange {
  const opening = openSession(ours, salt);
  const joined = value(joinSession(theirs, opening.message as Uint8Array));
  const sessions: [Session, Session] = [opening.session, joined.session];
  const messages = [(opening.message as Uint8Array).length];
  let side = 0;
  for (let message = joined.message; message !== null; side = 1 - side) {
    messages.push(message.length);
    const turn = value(continueSession(sessions[side] as Session, message));
    sessions[side] = turn.session;
    message = turn.message;
  }
  return { first: sessions[0], second: sessions[1], messages };
}

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}
