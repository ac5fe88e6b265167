// Examples of refusals of signed files between meshes: agreements, translators, agents, imports, and files that are carried by hand.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchangeExport, exchangeReview } from "../../cli/commands/exchange.ts";
import { exchangeImport, exchangeVerify } from "../../cli/commands/exchange-arrival.ts";
import { type Command, Refused } from "../../cli/registry.ts";
import { newlyBrought } from "../../shared/authority/brought.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { AUTHORITY_STATEMENTS_MAX } from "../../shared/limits.ts";
import { releaseFrom } from "../../shared/mesh/exchange/release.ts";
import { reconcile } from "../../shared/mesh/reconcile.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import type { MESH_REFUSALS } from "../../shared/refusals/mesh.ts";
import type { RefusalCode } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { refusedBy } from "../support/command.ts";
import { exchangeWorld } from "../support/exchanges.ts";
import { AGREEMENT, fact, MINUTE, office, plant, TRUE_START } from "../support/meshes.ts";
import { agreedMeshes, framesOf, openedScene, type SignedFiles, TestMesh } from "../support/signed-meshes.ts";
import type { Example, Examples } from "./example.ts";

type Terms = { readonly [key: string]: Json };
const both: Terms = { divergenceLimit: { num: 2, den: 1 } };

function world(terms: Terms = both) {
  const meshes = agreedMeshes(terms);
  const [ops, clerk] = [meshes.plant.voice("ops"), meshes.office.voice("clerk")];
  const others = [clerk.fact("valve", "shut"), clerk.fact("invoice", 7)];
  const files: SignedFiles = {
    agreement: framesOf(meshes.signed),
    ours: framesOf([ops.fact("valve", "open")]),
    theirs: framesOf(others),
    trust: meshes.plant.trust(),
  };
  return { ...meshes, others, files };
}

/** Why nothing is reconciled, or why this part of it is left aside. */
async function told(code: RefusalCode, files: SignedFiles): Promise<Fault | undefined> {
  const opened = await openedScene(files);
  if (!opened.ok) return opened.fault;
  const { scene, refused } = opened.value;
  const result = reconcile(scene);
  if (!result.ok) return result.fault;
  const parts = [...refused, ...result.value.unusable, ...result.value.views.flatMap((view) => view.refused)];
  return parts.find(({ fault: why }) => why.code === code)?.fault;
}

const translator = {
  id: "tr-1",
  from: "office",
  to: "plant",
  authorities: { "office/clerk": { as: "plant/ops", tierCap: 2 } },
};
const aligned = {
  id: "al-1",
  from: "plant-clock",
  to: "office-clock",
  shared: [0, MINUTE].map((at) => ({
    from: [TRUE_START + at, TRUE_START + at],
    to: [TRUE_START + at, TRUE_START + at],
  })),
};

type Passed = ReturnType<typeof passedOn>;

/** A depot's fact, imported by the office through its agent, and read by the plant. */
function passedOn(kind = "stock") {
  const hex = (mesh: TestMesh) => ({ [mesh.name]: Buffer.from(mesh.root.key).toString("hex") });
  const [near, far, depot] = [new TestMesh("plant"), new TestMesh("office"), new TestMesh("depot")];
  const roots = { plant: hex(near), office: hex(far), depot: hex(depot) };
  const base = world({ ...both, classes: { [kind]: { disposition: "sharable", onward: true } }, roots });
  const origin = depot.voice("keeper").fact("valve", "open", { class: kind });
  const gate = { classes: ["stock"] };
  const agent = base.office.voice("gate", gate);
  const presence = [agent, depot.voice("gate", gate)].map((voice) =>
    voice.declare("boundary", { note: "gate" }, TRUE_START - MINUTE),
  );
  const act = (from: string, inner: string) => {
    const said = { agreement: "a", translators: [], as: "depot/keeper", tier: 2, verdict: "admitted", record: null };
    return agent.declare("import", { from, inner, ...said });
  };
  return { ...base, origin, presence, act };
}

/** What is said of an import that this makes. */
const imported =
  (code: RefusalCode, made: (passed: Passed) => readonly VerifiedObservation[], kind?: string): Example =>
  () => {
    const passed = passedOn(kind);
    const theirs = framesOf([...passed.others, ...made(passed)], "office");
    return told(code, { ...passed.files, theirs });
  };

const nested = ({ presence, origin, act }: Passed) => {
  const chain = [act("depot", origin.id)];
  for (let depth = 0; depth < 4; depth++) chain.push(act("office", chain.at(-1)?.id as string));
  return [...presence, origin, ...chain];
};

type Carrier = ReturnType<typeof exchangeWorld> & {
  readonly verify: () => Promise<Fault | null>;
  readonly run: (
    command: Command,
    args: readonly string[],
    flags: Readonly<Record<string, string>>,
  ) => Promise<Fault | null>;
};

/** What verifying a file ends in that was exported, and perhaps altered, like this. */
const carried =
  (act: (carrier: Carrier) => Promise<Fault | null>, filter: Terms = {}): Example =>
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-refusals-"));
    try {
      const files = exchangeWorld(folder, "carried", { classes: ["stock"], ...filter });
      const run: Carrier["run"] = async (command, args, flags) => {
        const given = { at: String(TRUE_START + 10), ...flags };
        return command.run({ args, flags: given, output: "json", say: () => undefined }).then(() => null, faultOf);
      };
      return await act({ ...files, run, verify: () => run(exchangeVerify, [files.sender.file], files.receiver) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

function faultOf(error: unknown): Fault {
  if (error instanceof Refused) return error.fault;
  throw error;
}

const exported = (flags: Readonly<Record<string, string>>, filter: Terms = {}) =>
  carried(
    async ({ run, verify, sender }) => (await run(exchangeExport, [], { ...sender, ...flags })) ?? verify(),
    filter,
  );

const altered = carried(async ({ run, verify, sender }) => {
  await run(exchangeExport, [], { ...sender, sequence: "1" });
  const sound = JSON.parse(readFileSync(sender.file, "utf8")) as { readonly frames: readonly string[] };
  writeFileSync(sender.file, JSON.stringify({ ...sound, frames: sound.frames.slice(1) }));
  return verify();
});

const unsigned = carried(async ({ run, verify, sender, reviewer }) => {
  await run(exchangeExport, [], { ...sender, sequence: "1" });
  const sound = JSON.parse(readFileSync(sender.file, "utf8")) as { readonly manifest: Json };
  const other = JSON.parse(JSON.stringify(sound).replace(JSON.stringify(sound.manifest), '""'));
  await run(exchangeReview, [sender.file], { identity: reviewer });
  const reviewed = JSON.parse(readFileSync(sender.file, "utf8")) as { readonly reviews: readonly Json[] };
  writeFileSync(sender.file, JSON.stringify({ ...other, manifest: reviewed.reviews[0] }));
  return verify();
});

const replayed = carried(async ({ run, verify, sender, receiver, importer }) => {
  await run(exchangeExport, [], { ...sender, sequence: "1" });
  await run(exchangeImport, [sender.file], { ...receiver, identity: importer });
  return verify();
});

/** What a gateway with this filter withholds. */
const withheld =
  (filter: object, to = "plant"): Example =>
  () => {
    const clerk = new TestMesh("office").voice("clerk");
    const facts = [clerk.fact("valve", "open"), clerk.fact("pump", "on")];
    const whole = { classes: ["stock"], most: 100, reviewers: 0, oneWay: false, ...filter };
    return releaseFrom(facts, whole, new Set(), to).denied.at(-1)?.fault;
  };

/** The inputs were changed since their result was recorded. */
const changed: Example = () => {
  const files = ["--agreement", AGREEMENT, "--ours", plant([fact("x")]), "--theirs", office([fact("x", { id: "y" })])];
  return refusedBy("mesh", "trace", "x", ...files, "--scenario", "--record", { digest: "0".repeat(64) });
};

type OfFiles = Pick<
  typeof MESH_REFUSALS,
  | Extract<
      keyof typeof MESH_REFUSALS,
      `EXCHANGE_${string}` | `IMPORT_${string}` | `AGENT_${string}` | `RELEASE_${string}`
    >
  | "AGREEMENT_UNSIGNED"
  | "AGREEMENT_CONTRADICTORY"
  | "TRANSLATOR_UNRECOGNISED"
  | "ALIGNMENT_UNWITNESSED"
  | "RECORD_DIFFERS"
  | "AUTHORITY_FULL"
  | "SEQUENCE_GAP"
>;

export const EXCHANGE: Examples<OfFiles> = {
  AGREEMENT_UNSIGNED: () => {
    const { files, signed } = world();
    return told("AGREEMENT_UNSIGNED", { ...files, agreement: framesOf(signed.slice(0, 1)) });
  },
  AGREEMENT_CONTRADICTORY: () => {
    const { files, signed, boards, agreement } = world();
    const rival = boards.map((board) => board.declare("agreement", { ...(agreement as object), hops: 0 }));
    return told("AGREEMENT_CONTRADICTORY", { ...files, agreement: framesOf([...signed, ...rival]) });
  },
  TRANSLATOR_UNRECOGNISED: () => {
    const { files, office: far } = world({ ...both, classes: { stock: "translation-only" } });
    const foreign = far.voice("linguist").declare("translator", translator);
    return told("TRANSLATOR_UNRECOGNISED", { ...files, translators: [framesOf([foreign])] });
  },
  ALIGNMENT_UNWITNESSED: () => {
    const { files, plant: near } = world();
    const alone = near.voice("observatory").declare("alignment", aligned);
    return told("ALIGNMENT_UNWITNESSED", { ...files, alignment: framesOf([alone]) });
  },
  AGENT_UNPROVEN: imported("AGENT_UNPROVEN", ({ presence, origin, act }) => [
    presence[0] as VerifiedObservation,
    origin,
    act("depot", origin.id),
  ]),
  AGENT_CLASS: imported(
    "AGENT_CLASS",
    ({ presence, origin, act }) => [...presence, origin, act("depot", origin.id)],
    "drill",
  ),
  IMPORT_MISSING: imported("IMPORT_MISSING", ({ origin }) => [origin]),
  IMPORT_HOLLOW: imported("IMPORT_HOLLOW", ({ presence, act }) => [...presence, act("depot", "0".repeat(64))]),
  IMPORT_ORIGIN: imported("IMPORT_ORIGIN", ({ presence, origin, act }) => [
    ...presence,
    origin,
    act("plant", origin.id),
  ]),
  IMPORT_NESTED: imported("IMPORT_NESTED", nested),
  RECORD_DIFFERS: changed,
  RELEASE_DENIED: withheld({ classes: ["public"] }),
  RELEASE_FULL: withheld({ most: 1 }),
  RELEASE_ORIGIN: withheld({}, "office"),
  EXCHANGE_UNSIGNED: unsigned,
  EXCHANGE_ADDRESS: exported({ sequence: "1", for: "depot" }),
  EXCHANGE_ALTERED: altered,
  AUTHORITY_FULL: () => {
    const brought = newlyBrought(
      { statements: [Uint8Array.of(1), Uint8Array.of(2)], by: "acme of plant" },
      { holds: () => false, broughtBy: () => AUTHORITY_STATEMENTS_MAX - 1 },
    );
    return brought.ok ? undefined : brought.fault;
  },
  EXCHANGE_UNREVIEWED: exported({ sequence: "1" }, { reviewers: 1 }),
  EXCHANGE_REPLAYED: replayed,
  SEQUENCE_GAP: exported({ sequence: "2" }),
};
