// What this party holds: its credentials and how long each is good, the roots that it recognises, and the keys of its API.
import type { Context } from "hono";
import { DIRECTORY_NAME, EDGE_NAME } from "../../durable/env.ts";
import type { ApiKey } from "../../durable/keys.ts";
import { parseChain, rootOf } from "../../shared/authority/chain.ts";
import { isStatement, openAuthorityStatement, type Revocation } from "../../shared/authority/statement.ts";
import type { AgentContext } from "../http/app.ts";

type Agent = Context<AgentContext>;

export type HeldCredential = {
  readonly id: string;
  readonly mesh: string;
  readonly subject: string;
  readonly roles: readonly string[];
  readonly classes: readonly string[];
  readonly from: number;
  readonly until: number;
  /** The revocation that bears on it, and from when; null where none is known. */
  readonly revoked: { readonly from: number; readonly reason: string } | null;
};
export type Root = { readonly authority: string; readonly key: string; readonly own: boolean };
export type HeldKey = Omit<ApiKey, "sha256"> & { readonly withdrawnAtMs: number | null };
export type Holdings = {
  readonly root: string;
  readonly key: string;
  readonly credentials: readonly HeldCredential[];
  readonly roots: readonly Root[];
  readonly keys: readonly HeldKey[];
};

/** Revocations that reached this agent, by whatever road. */
async function revocationsKnown(context: Agent): Promise<readonly Revocation[]> {
  const { frames } = await context.env.DIRECTORY.getByName(DIRECTORY_NAME).revocations(0);
  const opened = await Promise.all(frames.map((frame) => openAuthorityStatement(frame)));
  return opened.flatMap((one) => (one.ok && isStatement(one.value, "revocation") ? [one.value] : []));
}

export async function holdingsOf(context: Agent): Promise<Holdings> {
  const config = context.get("config");
  const [revocations, withdrawn] = await Promise.all([
    revocationsKnown(context),
    context.env.EDGE.getByName(EDGE_NAME).withdrawn(),
  ]);
  const credentials = [...config.standings].flatMap(([mesh, { identity }]) => {
    const chain = parseChain(identity.credentials);
    if (!chain.ok) return [];
    return chain.value.map(({ id, issuer, grant }): HeldCredential => {
      const revocation = revocations.find(({ body, signer }) => body.credential === id && signer === issuer);
      return {
        id,
        mesh,
        subject: grant.subject,
        roles: grant.roles,
        classes: grant.classes,
        from: grant.not_before,
        until: grant.not_after,
        revoked: revocation === undefined ? null : { from: revocation.body.from, reason: revocation.body.reason },
      };
    });
  });
  const own = parseChain(config.identity.credentials);
  const root = own.ok ? rootOf(own.value) : config.self.root;
  return {
    root,
    key: config.self.key,
    credentials,
    roots: [...config.self.roots].map(([key, authority]) => ({ authority, key, own: key === root })),
    keys: config.keys.map(({ sha256: _, ...key }) => ({
      ...key,
      withdrawnAtMs: withdrawn.find(({ id }) => id === key.id)?.atMs ?? null,
    })),
  };
}

const WARN_DAYS = 30;
const DAY = 86_400_000_000;

type Lasting = { readonly subject: string; readonly until: number };

/** What ends first, if that is soon; null otherwise. */
export function endingSoon(credentials: readonly Lasting[], now: number): Lasting | null {
  const [first] = [...credentials].sort((a, b) => a.until - b.until);
  return first === undefined || first.until - now > WARN_DAYS * DAY ? null : first;
}

/** The links of this agent's own chains. */
export function ownCredentials(context: Agent): readonly Lasting[] {
  return [...context.get("config").standings.values()].flatMap(({ identity }) => {
    const chain = parseChain(identity.credentials);
    return chain.ok ? chain.value.map(({ grant }) => ({ subject: grant.subject, until: grant.not_after })) : [];
  });
}
