// What a deployment would change: the difference between what the last one left and what this checkout describes. Pure; secrets are
// names here, never values.
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { fault, ok, type Result } from "../../shared/result.ts";

/** What an agent consists of at the platform. */
export type Described = {
  readonly worker: string;
  readonly compatibilityDate: string;
  /** SHA-256 of the whole configuration: limits of queues, flags and bindings too. */
  readonly config: string;
  /** SHA-256 of the script that is uploaded. */
  readonly script: string;
  /** Of the PARTY document; null where none was given. */
  readonly party: string | null;
  readonly objects: readonly string[];
  /** In order: what was applied once is never changed or taken away. */
  readonly migrations: readonly { readonly tag: string; readonly classes: readonly string[] }[];
  readonly queues: readonly string[];
  readonly crons: readonly string[];
  readonly secrets: readonly string[];
  /** By name, what changes when its value does, and tells nothing of it to whoever lacks the signing key. */
  readonly marks: Readonly<Record<string, string>>;
  /** Versions of what is written: the engine of ceremonies, and the formats of files. */
  readonly engine: number;
  readonly formats: readonly string[];
};

export type Change = {
  readonly sign: "+" | "~" | "-";
  readonly kind: "worker" | "config" | "party" | "migration" | "durable object" | "queue" | "cron" | "secret";
  readonly name: string;
  readonly note: string;
};

/** Null stands for a first deployment. */
export function changesBetween(applied: Described | null, wanted: Described): readonly Change[] {
  return [
    ...workerChanges(applied, wanted),
    ...named("migration", applied?.migrations.map(migrationText) ?? [], wanted.migrations.map(migrationText)),
    ...named("durable object", applied?.objects ?? [], wanted.objects),
    ...named("queue", applied?.queues ?? [], wanted.queues),
    ...named("cron", applied?.crons ?? [], wanted.crons),
    ...named("secret", applied?.secrets ?? [], wanted.secrets),
    ...newValues(applied, wanted),
  ];
}

function workerChanges(applied: Described | null, wanted: Described): readonly Change[] {
  const { worker, script, party, config, compatibilityDate } = wanted;
  if (applied === null) {
    const first: Change = { sign: "+", kind: "worker", name: worker, note: `script ${script.slice(0, 12)}` };
    return party === null ? [first] : [first, { sign: "+", kind: "party", name: "PARTY", note: party.slice(0, 12) }];
  }
  const from = (before: string | null, now: string | null) =>
    `${before?.slice(0, 12) ?? "none"} → ${now?.slice(0, 12) ?? "none"}`;
  const isNew = applied.script !== script || applied.compatibilityDate !== compatibilityDate;
  const isSet = applied.config === config;
  return [
    ...(isNew ? [{ sign: "~", kind: "worker", name: worker, note: from(applied.script, script) } as const] : []),
    ...(isSet
      ? []
      : [{ sign: "~", kind: "config", name: "wrangler.toml", note: from(applied.config, config) } as const]),
    ...(applied.party === party
      ? []
      : [{ sign: "~", kind: "party", name: "PARTY", note: from(applied.party, party) } as const]),
  ];
}

/** Secrets that were deployed under the same name with another value. */
function newValues(applied: Described | null, { secrets, marks }: Described): readonly Change[] {
  const changed = secrets.filter((name) => applied?.secrets.includes(name) && applied.marks?.[name] !== marks[name]);
  return changed.map((name) => ({ sign: "~", kind: "secret", name, note: "a new value" }));
}

const migrationText = ({ tag, classes }: Described["migrations"][number]) => `${tag}: ${classes.join(", ")}`;

function named(kind: Change["kind"], before: readonly string[], now: readonly string[]): readonly Change[] {
  const added = now.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !now.includes(name));
  return [
    ...added.map((name): Change => ({ sign: "+", kind, name, note: "" })),
    // What holds data is never taken away by a deployment.
    ...gone.map(
      (name): Change => ({
        sign: "-",
        kind,
        name,
        note: "stays where it is: remove it yourself once nothing needs it",
      }),
    ),
  ];
}

/** Whether agents that are not deployed anew yet, here or at partners, read what this one writes. */
export function upgradeNotes(applied: Described | null, wanted: Described): readonly string[] {
  if (applied === null) return ["a first deployment: there are no old agents"];
  const sameEngine = applied.engine === wanted.engine;
  const newFormats = wanted.formats.filter((format) => !applied.formats.includes(format));
  const edited = applied.migrations.filter(
    (old, index) => migrationText(old) !== migrationText(wanted.migrations[index] ?? { tag: "", classes: [] }),
  );
  return [
    sameEngine
      ? `old agents can read the new records: yes (engine ${wanted.engine}, as before)`
      : `old agents can read the new records: no (engine ${applied.engine} → ${wanted.engine}): ceremonies that run end under the old one, so let them end first`,
    ...(newFormats.length === 0 ? [] : [`files are written in ${newFormats.join(", ")}: readers need this version`]),
    ...(edited.length === 0
      ? []
      : [
          `a migration that was applied has changed (${edited.map(({ tag }) => tag).join(", ")}): the platform refuses that`,
        ]),
  ];
}

/** The digest by which a plan knows what it was made for. */
export function digestOf(described: Described): string {
  const { migrations, ...rest } = described;
  return sha256Hex(encodeCanonical({ ...rest, migrations: migrations.map(migrationText) }));
}

/** Refuses a plan that was made for something else. */
export function refuseStale(digest: string, now: Described, path: string): Result<Described> {
  return digestOf(now) === digest ? ok(now) : fault("PLAN_STALE", { path });
}
