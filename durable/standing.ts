// The meshes in which a party stands: the one of its ceremonies, and further ones under credentials of the same key. Whoever stands in two
// can carry facts between them (SPEC §20.3).
import { parseChain } from "../shared/authority/chain.ts";
import { parseBase64 } from "../shared/bytes.ts";
import type { Signer } from "../shared/cose/sign1.ts";
import type { TrustStatement } from "../shared/evidence/trust-statement.ts";
import { type Author, authorFor, type Identity } from "../shared/observation/author.ts";
import { fault, ok, type Result } from "../shared/result.ts";

/** A further mesh, as the party's document names it. */
export type StandingDocument = {
  readonly mesh: string;
  /** The mesh's clock frame, and what the party adds to its own clock to read it, in milliseconds. */
  readonly frame: string;
  readonly clockOffsetMs: number;
  /** Governance class of what the party says there unless it names another. */
  readonly class: string;
  readonly trust: TrustStatement;
  /** Credential frames in base64 that a root of that mesh gave to the party's key. */
  readonly credentials: readonly string[];
  /** Partners, by name, that stand in it too and are told what is said there. */
  readonly partners: readonly string[];
};

export type Standing = {
  readonly mesh: string;
  readonly clockOffsetMs: number;
  readonly trust: TrustStatement;
  readonly identity: Identity;
  readonly author: Author;
  readonly partners: readonly string[];
};

export function readStanding(document: StandingDocument, signer: Signer, path: string): Result<Standing> {
  const { mesh, frame, clockOffsetMs, trust, partners } = document;
  const invalid = (field: string, need: string) => fault("CONFIG_INVALID", { path: `${path}.${field}`, need });
  if (trust.mesh !== mesh) return invalid("trust", `a trust statement for ${mesh}`);
  const credentials = document.credentials.map(parseBase64).filter((frames) => frames !== null);
  if (credentials.length !== document.credentials.length) return invalid("credentials", "canonical base64");
  if (!parseChain(credentials).ok) return invalid("credentials", "a credential chain");
  const identity: Identity = {
    mesh,
    signer,
    credentials,
    place: null,
    timeFrame: frame,
    governanceClass: document.class,
  };
  return ok({ mesh, clockOffsetMs, trust, identity, author: authorFor(identity), partners });
}
