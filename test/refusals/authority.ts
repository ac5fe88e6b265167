// Examples of refused authority: chains, keys, revocations, taxonomies, devices.
import { readFileSync } from "node:fs";
import { parseChain } from "../../shared/authority/chain.ts";
import { type DeviceLinkBody, deviceHash, issueDeviceLink } from "../../shared/authority/continuity.ts";
import { issueCredential } from "../../shared/authority/credential.ts";
import { parsePaths } from "../../shared/authority/paths.ts";
import { issueStatement, openAuthorityStatement } from "../../shared/authority/statement.ts";
import { issueTaxonomy } from "../../shared/authority/taxonomy.ts";
import { assembleTrust, type TrustTerms } from "../../shared/authority/trust.ts";
import { toHex } from "../../shared/bytes.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { type Signer, signStatement } from "../../shared/cose/sign1.ts";
import { openTrust } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { sha256 } from "../../shared/hash.ts";
import { CHAIN_LENGTH_MAX } from "../../shared/limits.ts";
import { admit } from "../../shared/observation/admit.ts";
import { admitAll } from "../../shared/observation/admit-all.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { ADMISSION_REFUSALS } from "../../shared/refusals/admission.ts";
import { approvalNetwork, bundleOf, bytesOf, finishedApproval, lineageOf, trustIn } from "../support/evidence.ts";
import type { Agent } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  frameOf,
  grantTo,
  hex,
  linkFrame,
  opened,
  type Recipe,
  ROOT,
  revocationOf,
  signerNamed,
  soundRecipe,
  statementId,
  trustOf,
  withField,
  withGrant,
  withInner,
  withLink,
} from "../support/recipes.ts";
import { commitment, keysOf, rootHistory, rotationTo } from "../support/rotations.ts";
import { HOUR, idOf, START } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

const sound = soundRecipe();
const stranger = signerNamed("stranger");
const publisher = signerNamed("the mesh that publishes");
const SMALL = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const stated = withInner(sound, "temporal_reference", "at", [START, START]);
const agentGrant = linkFrame(sound.links[1] as never);

/** What the door says of a recipe, under these terms and signed statements. */
function door(recipe: Recipe, terms: Partial<TrustTerms> = {}, statements: readonly Uint8Array[] = []): Example {
  return async () =>
    admit(frameOf(recipe), await trustOf(recipe, undefined, { ...terms, statements: await opened(statements) }));
}

const vocabulary = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../shared/authority/vocabularies/${name}.json`, import.meta.url), "utf8"));
function signed(document: unknown, by = publisher): Uint8Array {
  const frame = issueTaxonomy(document, MESH, by);
  if (!frame.ok) throw new Error(frame.fault.code);
  return frame.value;
}
const [ladder, roles] = [vocabulary("class-ladder"), vocabulary("four-roles")];
/** The agent holds `names` under a board that holds `above`. */
function tiered(taxonomy: string, above: readonly string[], names: readonly string[]): Recipe {
  const tier = (held: readonly string[]) => ({ taxonomy, version: 1, names: held });
  const everything = { roles: ["*"], classes: ["*"] };
  return withGrant(withGrant(sound, 0, { ...everything, tier: tier(above) }), 1, { ...everything, tier: tier(names) });
}
const tier = (recipe: Recipe, ...statements: readonly Uint8Array[]) =>
  door(recipe, {}, statements.length > 0 ? statements : [signed(ladder), signed(roles)]);

const enrolment: Omit<DeviceLinkBody, "kind" | "version"> = {
  mesh: MESH,
  device: AGENT.key,
  epoch: 100,
  schedule: { start: START - 100 * HOUR, length: HOUR },
  prev: null,
  state: sha256(new Uint8Array()),
  nonce: new Uint8Array(16),
  holder: "software",
};
const enrolled = deviceHash(null, enrolment.state, enrolment.nonce);
/** A device that shows one link, countersigned by `by`, for `hash`. */
function device(by: Signer, hash = enrolled): Recipe {
  const shown = new Map<string, CborValue>([
    ["hash", hash],
    ["links", [issueDeviceLink(enrolment, by)]],
  ]);
  return withField(sound, "device_hash", shown);
}

/** A note that trust took while it was assembled from root keys and their rotations. */
function noted(code: "ROTATION_FORKED" | "ROOT_DISPUTED"): Example {
  return async () => {
    const keys = keysOf("acme's root", 3, ROOT);
    const span = { from: 0, until: START + HOUR, retires: START };
    const history = rootHistory(keys, [span, span, span]);
    const rival = rootHistory([keys[0], stranger], [span, span]);
    const pins =
      code === "ROOT_DISPUTED"
        ? ([
            [toHex(keys[0].key), "acme"],
            [toHex((keys[2] as Signer).key), "bolt"],
          ] as const)
        : ([[toHex(keys[0].key), "acme"]] as const);
    const statements = await opened(code === "ROOT_DISPUTED" ? history : [...history, ...rival]);
    const note = assembleTrust({ mesh: MESH, pins: new Map(pins), statements }).notes.find((one) => one.code === code);
    return note && { code: note.code, detail: { first: note.about[0], second: note.about[1] } };
  };
}

const rotated = (key: Signer): Recipe => {
  const span = { from: START - HOUR, until: START + HOUR, retires: START };
  const frame = rotationTo(key, undefined, idOf("another statement"), span);
  const link = { grant: grantTo(key.key), issuer: key, frame: () => frame };
  return { ...sound, links: [...sound.links, link], signer: key };
};

/** A rotation that is known retires the key that this recipe still speaks with. */
const retired: Example = async () => {
  const keys = keysOf("acme's agent", 2, AGENT);
  const committed = withGrant(stated, 1, { next: commitment(keys[1]) });
  const grant = toHex(statementId(linkFrame(committed.links[1] as never)));
  const rotation = rotationTo(keys[1] as Signer, undefined, grant, {
    from: START - HOUR,
    until: START + HOUR,
    retires: START,
  });
  return admit(frameOf(committed), await trustOf(committed, undefined, { statements: await opened([rotation]) }));
};

/** A root's word on which revocations there are. */
function state(revocations: readonly string[]): Uint8Array {
  const body = {
    kind: "revocation-state",
    version: 1,
    mesh: MESH,
    sequence: 1,
    as_of: START,
    fresh_until: START + HOUR,
    revocations,
  } as const;
  return issueStatement(body, ROOT);
}

/** One path to a root twice over. */
const paths: Example = () => {
  const path = sound.links.map(linkFrame);
  return parsePaths([path, path], [START, START], null);
};

const trustless = { format: "quorate-trust/1", mesh: MESH, roots: [] } as const;
const statementInvalid: Example = () =>
  openTrust(trustless as never, [
    revocationOf(agentGrant, START, BOARD).map((byte, at) => (at > 200 ? byte ^ 1 : byte)),
  ]);

/** The verifier sets aside what somebody without standing revoked. */
const standing: Example = async () => {
  const parties = testParties(4);
  const bundle = bundleOf(finishedApproval(4).agents[0] as Agent);
  const credential = parties[0]?.identity.credentials[0] as Uint8Array;
  const { setAside } = await verifyBundle(bytesOf(bundle), {
    trust: trustIn(parties),
    revocations: [revocationOf(credential, START, stranger)],
  });
  const note = setAside.find(({ code }) => code === "REVOCATION_STANDING");
  return note && { code: note.code, detail: { entry: note.entry } };
};

const deep = Array.from({ length: CHAIN_LENGTH_MAX + 1 }, (_, index) =>
  issueCredential(grantTo(signerNamed(`key ${index + 1}`).key), signerNamed(`key ${index}`)),
);

/** Two copies of one device in one ceremony. */
const forked: Example = () => {
  const parties = testParties(4);
  const acme = parties[0] as (typeof parties)[number];
  const net = approvalNetwork(parties);
  const body = {
    ...enrolment,
    device: acme.identity.signer.key,
    epoch: 0,
    schedule: { start: START - HOUR, length: HOUR },
  };
  net.open();
  net.deliverAll();
  const observations = ["here", "there"].map((item, index) => {
    const next = issueDeviceLink(
      { ...body, epoch: 1, prev: enrolled, state: sha256(new TextEncoder().encode(item)) },
      acme.root,
    );
    return authorFor({ ...acme.identity, deviceLinks: [issueDeviceLink(body, acme.root), next] })({
      ceremony: net.call.id,
      round: 0,
      slot: { seat: 0, attempt: null, item },
      at: [net.now, net.now],
      timeToLive: HOUR,
      lineage: { sequence: index + 1, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "contribution", role: "approver", content: new Map([["choice", "approve"]]) },
    });
  });
  net.turn("bolt", { on: "observations", now: net.now, observations });
  const entry = lineageOf(net.agent("bolt")).find(({ detail }) => detail.code === "DEVICE_FORKED");
  return entry && { code: "DEVICE_FORKED", detail: { first: entry.about[0], second: entry.about[1], ...entry.detail } };
};

export const AUTHORITY: Examples<typeof ADMISSION_REFUSALS> = {
  CHAIN_EMPTY: () => parseChain([]),
  CHAIN_TOO_LONG: () => parseChain(deep),
  CHAIN_BROKEN: door(withLink(sound, 1, (link) => ({ ...link, issuer: stranger }))),
  CHAIN_SIGNATURE: door(withLink(sound, 0, (link) => ({ ...link, frame: (frame) => flipBit(frame, -50) }))),
  CHAIN_KEY: door(withGrant(sound, 1, { key: SMALL })),
  CHAIN_NOT_NARROWER: door(withGrant(sound, 1, { roles: ["approver", "treasurer"] })),
  CHAIN_MESH: door(withGrant(sound, 1, { mesh: "other" })),
  CHAIN_LOOP: door(withGrant(sound, 1, { key: ROOT.key })),
  CHAIN_DELEGATION: door(withGrant(sound, 0, { delegations: 0 })),
  CHAIN_ROTATION: door(rotated(stranger)),
  CHAIN_PATHS: paths,
  SIGNER_MISMATCH: door({ ...sound, signer: stranger }),
  ROOT_UNKNOWN: door({ ...sound, roots: new Map() }),
  CREDENTIAL_EXPIRED: door(withInner(sound, "temporal_reference", "at", [START + 99 * HOUR, START + 99 * HOUR])),
  ROOT_KEY_RETIRED: door(
    stated,
    {},
    rootHistory(keysOf("acme's root", 2, ROOT), [
      { from: 0, until: START + 9 * HOUR, retires: 0 },
      { from: 0, until: START + 9 * HOUR, retires: START - 1 },
    ]),
  ),
  KEY_RETIRED: retired,
  OBSERVATION_BACKDATED: async () => {
    const early = frameOf(withInner(sound, "temporal_reference", "at", [START - 10, START - 10]));
    const trust = await trustOf(sound, undefined, {
      statements: await opened([revocationOf(agentGrant, START, BOARD)]),
    });
    return (await admitAll([early], trust)).verdicts[0];
  },
  REVOCATION_STALE: door(stated, { revocationAge: HOUR }),
  REVOCATION_MISSING: door(stated, { revocationAge: HOUR }, [state([idOf("a revocation")])]),
  CREDENTIAL_REVOKED: door(stated, {}, [revocationOf(agentGrant, START, BOARD)]),
  CLASS_NOT_GRANTED: door(withField(sound, "governance_class", "emergency")),
  CLASS_NOT_ACCEPTED: door(sound, { consents: ["drill"] }),
  TAXONOMY_UNKNOWN: tier(tiered("ladder-of-nowhere", ["a"], ["b"])),
  TAXONOMY_DISPUTED: tier(tiered("class-ladder", ["regulatory"], ["peer"]), signed(ladder), signed(ladder, stranger)),
  TAXONOMY_RETIRED: tier(
    tiered("class-ladder", ["regulatory"], ["peer"]),
    signed(ladder),
    signed({ ...ladder, version: 2, since: 0 }),
  ),
  TAXONOMY_INVALID: () => issueTaxonomy({ ...ladder, combinations: [["peer", "duke"]] }, MESH, publisher),
  TIER_UNKNOWN: tier(tiered("class-ladder", ["regulatory"], ["emperor"])),
  TIER_COMBINATION: tier(tiered("four-roles", ["regulator"], ["sensor", "publisher"])),
  TIER_NOT_CREDENTIALED: tier(tiered("class-ladder", ["commercial"], ["regulatory"])),
  TIER_CLASS: tier(withField(tiered("class-ladder", ["regulatory"], ["peer"]), "governance_class", "commerce")),
  TIER_ROLE: tier(tiered("four-roles", ["regulator"], ["sensor"])),
  JURISDICTION_NOT_GRANTED: door(
    withGrant(
      withField(
        sound,
        "spatial_reference",
        new Map([
          ["frame", "jurisdiction"],
          ["key", "ch"],
        ]),
      ),
      1,
      { jurisdictions: ["eu"] },
    ),
  ),
  EVIDENCE_OWED: tier(withInner(tiered("four-roles", ["regulator"], ["aggregator"]), "payload", "role", "witness")),
  DEVICE_UNPROVED: door(sound, { device: "continuous" }),
  DEVICE_BROKEN: door(device(stranger), { device: "continuous" }),
  DEVICE_GAP: door(device(BOARD, sha256(enrolled)), { device: "continuous" }),
  DEVICE_SOFTWARE: door(device(BOARD), { device: "hardware" }),
  DEVICE_FORKED: forked,
  ROLE_NOT_GRANTED: door(withInner(sound, "payload", "role", "auctioneer")),
  TIME_INVERTED: door(withInner(sound, "temporal_reference", "at", [START, START - 1])),
  TTL_RANGE: door(withField(sound, "time_to_live", 0)),
  MESH_UNKNOWN: door({ ...sound, mesh: "other-mesh" }),
  STATEMENT_UNKNOWN: () =>
    openAuthorityStatement(signStatement(encodeCanonical({ kind: "decree" }), "quorate/root/1", ROOT).frame),
  STATEMENT_INVALID: statementInvalid,
  ROTATION_FORKED: noted("ROTATION_FORKED"),
  ROOT_DISPUTED: noted("ROOT_DISPUTED"),
  REVOCATION_STANDING: standing,
};
