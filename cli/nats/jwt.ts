// The tokens by which a nats-server in operator mode knows accounts and users: JWTs of version 2, signed by nkeys. The server is told the
// operator alone; it trusts an account that the operator signed, a user that the account signed, and an import that the exporter allowed.
import { sha256 } from "../../shared/hash.ts";
import { base32, type Nkey } from "./nkey.ts";

const utf8 = new TextEncoder();
const HEADER = { typ: "JWT", alg: "ed25519-nkey" } as const;
const VERSION = 2;

export type Terms = {
  readonly name: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expires?: number;
};

type Claims = { readonly type: string; readonly [field: string]: unknown };

function mint(issuer: Nkey, subject: string, { name, issuedAt, expires }: Terms, nats: Claims): string {
  const claims = {
    iat: issuedAt,
    iss: issuer.id,
    name,
    sub: subject,
    ...(expires === undefined ? {} : { exp: expires }),
    nats: { ...nats, version: VERSION },
  };
  const jti = base32(sha256(utf8.encode(JSON.stringify(claims))));
  const signed = [HEADER, { jti, ...claims }].map((part) => base64url(utf8.encode(JSON.stringify(part)))).join(".");
  return `${signed}.${base64url(issuer.sign(utf8.encode(signed)))}`;
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

export function operatorJwt(operator: Nkey, systemAccount: string, terms: Terms): string {
  return mint(operator, operator.id, terms, { type: "operator", system_account: systemAccount });
}

export type Export = { readonly subject: string; readonly position: number };
export type Import = {
  /** The account that exports, and the subject as it exports it. */
  readonly account: string;
  readonly subject: string;
  /** The subject by which this account reaches it. */
  readonly local: string;
  /** The exporter's permission. */
  readonly activation: string;
};
export type AccountPlan = {
  readonly exports: readonly Export[];
  readonly imports: readonly Import[];
  readonly fileBytes: number;
  readonly payloadBytes: number;
  /** Users withdrawn, and since when: whoever was issued before that instant (seconds) is cut off, and stays so. */
  readonly revocations: Readonly<Record<string, number>>;
};

const UNLIMITED = -1;

export function accountJwt(operator: Nkey, account: string, plan: AccountPlan, terms: Terms): string {
  const { exports, imports, fileBytes, payloadBytes, revocations } = plan;
  return mint(operator, account, terms, {
    type: "account",
    exports: exports.map(({ subject, position }) => ({
      name: subject,
      subject,
      type: "service",
      token_req: true,
      account_token_position: position,
    })),
    imports: imports.map(({ account: exporter, subject, local, activation }) => ({
      name: local,
      subject,
      account: exporter,
      token: activation,
      local_subject: local,
      type: "service",
    })),
    limits: {
      subs: 256,
      data: UNLIMITED,
      payload: payloadBytes,
      imports: UNLIMITED,
      exports: UNLIMITED,
      wildcards: true,
      conn: 16,
      leaf: 0,
      mem_storage: 0,
      disk_storage: fileBytes,
      streams: 4,
      consumer: 8,
    },
    default_permissions: { pub: {}, sub: {} },
    ...(Object.keys(revocations).length === 0 ? {} : { revocations }),
  });
}

/** The exporter's permission for one account to import one subject. */
export function activationJwt(exporter: Nkey, importer: string, subject: string, terms: Terms): string {
  return mint(exporter, importer, terms, { type: "activation", subject, kind: "service" });
}

export type Permissions = { readonly publish: readonly string[]; readonly subscribe: readonly string[] };

export function userJwt(account: Nkey, user: string, { publish, subscribe }: Permissions, terms: Terms): string {
  return mint(account, user, terms, {
    type: "user",
    pub: { allow: publish },
    sub: { allow: subscribe },
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
  });
}

/** Token and secret of a user in the one file that NATS' clients take. */
export function credentials(token: string, { seed }: Nkey): string {
  const block = (kind: string, text: string) => `-----BEGIN ${kind}-----\n${text}\n------END ${kind}------\n`;
  return `${block("NATS USER JWT", token)}\n${block("USER NKEY SEED", seed)}`;
}

/** When the token in a file of credentials ends, in seconds since 1970; null where it does not, or holds none. */
export function expiryOfCredentials(text: string): number | null {
  const claims = /BEGIN NATS USER JWT-+\s+[\w-]+\.([\w-]+)\./.exec(text)?.[1];
  if (claims === undefined) return null;
  const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { readonly exp?: number };
  return exp ?? null;
}
