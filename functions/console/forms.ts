// What each form of the console needs of whoever sends it: the same table offers it or not, and refuses it where it was forged.
import type { Scope } from "../../shared/scopes.ts";

/** By where it posts to; null for anybody. They are the scopes that the API asks for the same. */
const FORMS: readonly (readonly [RegExp, Scope | null])[] = [
  [/^\/(login|logout)$/, null],
  [/^\/policies\/simulate$/, "read"],
  [/^\/c\/[^/]+\/sign(\/confirm)?$/, "attest"],
  [/^\/exchange\/[^/]+$/, "attest"],
  [/^\/exchange\/[^/]+\/(arrivals|files)$/, "admin"],
  [/^\/mesh\/[^/]+\/(apart|return|revoke|reconcile|merge)$/, "admin"],
  [/^\/sources\/[^/]+\/requests\/[^/]+\/replay$/, "open"],
  [/^\/sources\/told\/[^/]+\/again$/, "open"],
];

/** What nobody has listed is for whoever may do all. */
export function scopeOfForm(path: string): Scope | null {
  const found = listed(path);
  return found === undefined ? "admin" : found[1];
}

export function isListed(path: string): boolean {
  return listed(path) !== undefined;
}

function listed(path: string): (typeof FORMS)[number] | undefined {
  return FORMS.find(([pattern]) => pattern.test(path));
}
