// Rules about what a file may import: room directions, homes of packages, the white list of the pure room.
import { type Import, importsOf, isRelative, targetPath, targetRoom } from "../imports.ts";
import {
  FOLDER_BANS,
  FORBIDDEN_SPECIFIERS,
  MAY_IMPORT,
  PACKAGE_HOMES,
  ROOT_FILES_IMPORTABLE,
  SHARED_PACKAGES,
} from "../lists.ts";
import type { Complaint, Rule, Source } from "../source.ts";

type Judge = (source: Source, specifier: string, statement: Import) => string | null;

function everyImport(name: string, judge: Judge): Rule {
  return {
    name,
    check: (source) =>
      importsOf(source).flatMap((statement): Complaint[] => {
        const message = statement.specifier === null ? null : judge(source, statement.specifier, statement);
        return message === null ? [] : [{ at: statement.at, message }];
      }),
  };
}

const directions = everyImport("room-direction", (source, specifier) => {
  const allowed = MAY_IMPORT[source.room];
  if (allowed === undefined || !isRelative(specifier)) return null;
  const path = targetPath(source, specifier);
  if (source.room !== "shared" && ROOT_FILES_IMPORTABLE.includes(path)) return null;
  const room = targetRoom(source, specifier);
  return allowed.includes(room) ? null : `${source.room} may not import from ${room} (${specifier})`;
});

const folders = everyImport("folder-direction", (source, specifier) => {
  const ban = FOLDER_BANS.find(({ folder }) => source.path.startsWith(folder));
  if (ban === undefined || !isRelative(specifier)) return null;
  const target = targetPath(source, specifier);
  const banned = ban.mayNotImport.find((folder) => target.startsWith(folder));
  return banned === undefined ? null : `${ban.folder} may not import ${banned}: ${ban.reason}`;
});

const patterns = everyImport("patterns-are-data", (source, specifier, statement) => {
  const home = "shared/policy/patterns/";
  if (!source.path.startsWith(home) || statement.typeOnly) return null;
  const sibling = isRelative(specifier) && targetPath(source, specifier).startsWith(home);
  return sibling ? null : `a pattern is a literal: only types may be imported (${specifier})`;
});

const packages = everyImport("package-home", (source, specifier) => {
  const forbidden = FORBIDDEN_SPECIFIERS[specifier];
  if (forbidden !== undefined) return `${specifier} may not be imported: ${forbidden}`;
  const entry = PACKAGE_HOMES.find((candidate) => isOf(candidate.specifier, specifier));
  if (entry === undefined || source.room === "test") return null;
  const home = entry.homes.some((place) =>
    place.endsWith("/") ? source.path.startsWith(place) : source.path === place,
  );
  return home ? null : `${specifier} belongs to ${entry.homes.join(", ")}: ${entry.reason}`;
});

function isOf(packageName: string, specifier: string): boolean {
  if (packageName.endsWith(":")) return specifier.startsWith(packageName);
  return specifier === packageName || specifier.startsWith(`${packageName}/`);
}

const sharedPackages = everyImport("shared-packages", (source, specifier) => {
  if (source.room !== "shared" || isRelative(specifier)) return null;
  const listed = SHARED_PACKAGES.some((name) => (name.endsWith("/") ? specifier.startsWith(name) : specifier === name));
  return listed ? null : `shared may not import ${specifier}: it runs in a browser and a simulator too`;
});

const extensions = everyImport("import-extension", (_source, specifier) =>
  !isRelative(specifier) || /\.(ts|tsx|json)$/.test(specifier)
    ? null
    : `${specifier} needs its extension: Node runs the files as they are`,
);

/** A target computed at run time would escape every rule above. */
const computed: Rule = {
  name: "import-computed",
  check: (source) =>
    source.room === "test" || source.room === "cli"
      ? []
      : importsOf(source)
          .filter(({ specifier }) => specifier === null)
          .map(({ at }) => ({ at, message: "an import's target must be a literal" })),
};

export const importRules: readonly Rule[] = [
  directions,
  folders,
  patterns,
  packages,
  sharedPackages,
  extensions,
  computed,
];
