// `dossier join|verify|custodian|members`: evidence of several ceremonies that rest on one another, offline.
import { toBase64 } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { toJson } from "../../shared/cbor/json.ts";
import { custodyLine, lastOf } from "../../shared/composition/custody-line.ts";
import { parseDossier, writeDossier } from "../../shared/composition/dossier.ts";
import { type DossierVerification, type Examined, verifyDossier } from "../../shared/composition/verify.ts";
import { walkBack } from "../../shared/composition/walk.ts";
import { parseJson } from "../../shared/evidence/bundle.ts";
import { custodianAt } from "../../shared/handoff/custody.ts";
import { membersAt, membership, type Period } from "../../shared/membership/history.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { argument, instant, readBytes, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { type Call, type Command, EXIT, Refused, VERDICT_EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";

export const dossierJoin: Command = {
  name: "dossier join",
  usage: "dossier join FILE… [--composition FILE] [--declaration FILE]… [--file FILE]",
  about: "put the evidence of ceremonies that rest on one another into one file",
  input: ["FILE: an evidence bundle, or a dossier", "--declaration: the signed frame that declares the composition"],
  example: "dossier join leg-1.json leg-2.json --file chain.json",
  flags: {
    composition: { type: "string" },
    declaration: { type: "string", multiple: true },
    file: { type: "string" },
  },
  run: async (call) => {
    argument(call, 0, "FILE");
    const parts = call.args.map(readDossier);
    const bundles = new Map<string, Json>();
    for (const bundle of parts.flatMap((part) => part.bundles)) {
      const document = parseJson(bundle) as { readonly ceremony?: unknown };
      bundles.set(String(document.ceremony), document as Json);
    }
    const { composition, declaration = [], file } = call.flags;
    const own = typeof composition === "string" ? readJsonFile(composition) : null;
    const frames = [...parts.flatMap(({ declarations }) => declarations), ...(declaration as string[]).map(readBytes)];
    const document = own ?? parts.map((part) => part.document).find((one) => one !== null) ?? null;
    const unique = new Map(frames.map((frame) => [toBase64(frame), frame]));
    const dossier = writeDossier([...bundles.values()], document as Json, [...unique.values()]);
    if (typeof file !== "string") return { exit: EXIT.yes, data: dossier };
    writeNamed(file, JSON.stringify(dossier));
    return { exit: EXIT.yes, data: { file, ceremonies: [...bundles.keys()] }, text: file };
  },
};

function readDossier(path: string) {
  const bytes = readBytes(path);
  const parsed = parseDossier(bytes);
  if (!parsed.ok) throw new Refused(parsed.fault, EXIT.no);
  const document = (parseJson(bytes) as { readonly composition?: Json }).composition ?? null;
  return { ...parsed.value, document };
}

export const dossierVerify: Command = {
  name: "dossier verify",
  usage: "dossier verify FILE --trust TRUST",
  about: "check ceremonies, what each rests on, and what the whole has come to, offline",
  example: "dossier verify chain.json --trust trust.json",
  flags: { trust: { type: "string" } },
  run: async (call) => {
    const verification = await verified(call);
    return { exit: VERDICT_EXIT[verification.verdict], data: shown(verification), text: told(verification) };
  },
};

function verified(call: Call): Promise<DossierVerification> {
  return verifyDossier(readBytes(argument(call, 0, "FILE")), readTrust(required(call, "trust")));
}

function shown({ verdict, firstFailing, ceremonies, progress, network }: DossierVerification): object {
  const last = lastOf(ceremonies);
  const whole = progress?.whole ?? null;
  return {
    verdict,
    ...(firstFailing === undefined ? {} : { firstFailing: { ...firstFailing, ...describeRefusal(firstFailing) } }),
    ceremonies: ceremonies.map(({ ceremony, part, verification }) => ({
      ceremony,
      part,
      verdict: verification.verdict,
      outcome: verification.outcome,
    })),
    walk: last === null ? [] : walkBack(ceremonies, last),
    parts: progress === null ? null : Object.fromEntries(progress.parts),
    whole: whole === null ? null : { ...whole, value: toJson(whole.value) },
    network,
  };
}

function told({ verdict, firstFailing, ceremonies, progress }: DossierVerification): string {
  const lines = [verdict.toUpperCase()];
  if (firstFailing !== undefined) {
    const { code, what, why, do: remedy } = describeRefusal(firstFailing);
    lines.push(`  ${code} at ${firstFailing.entry}`, `  what  ${what}`, `  why   ${why}`, `  do    ${remedy}`);
  }
  for (const { ceremony, part, verification } of ceremonies)
    lines.push(
      `  ${(part ?? "").padEnd(12)} ${ceremony.slice(0, 12)}  ${verification.outcome?.status ?? "open"}  ${JSON.stringify(verification.outcome?.value ?? null)}`,
    );
  if (progress !== null) lines.push(`  whole        ${progress.whole.is}  sha256:${progress.whole.digest ?? "open"}`);
  return [...lines, "  network  0 requests made"].join("\n");
}

export const dossierCustodian: Command = {
  name: "dossier custodian",
  usage: "dossier custodian FILE --trust TRUST [--object NAME] [--at TIME]",
  about: "who had custody at an instant, by verified evidence",
  input: ["FILE: an evidence bundle, or a dossier"],
  example: "dossier custodian chain.json --trust trust.json --object 'MSKU 7' --at 2027-01-15T09:00:00Z",
  flags: { trust: { type: "string" }, object: { type: "string" }, at: { type: "string" } },
  run: async (call) => {
    const { object } = call.flags;
    if (object === "") throw usage("--object needs a name");
    const verification = await verified(call);
    if (verification.verdict !== "passed")
      return { exit: VERDICT_EXIT[verification.verdict], data: shown(verification), text: told(verification) };
    const last = lastOf(verification.ceremonies) as string;
    const line = custodyLine(verification.ceremonies, last, typeof object === "string" ? object : null);
    if (!line.ok) throw new Refused(line.fault);
    const { first, transfers } = line.value;
    const at = instant(call, "at");
    const { custodian, since, by } = custodianAt(first, transfers, at ?? Number.MAX_SAFE_INTEGER);
    const legs = transfers.map(
      ({ from, to, ...one }) => `${from} -> ${to}  ${one.at}  ceremony ${one.ceremony.slice(0, 12)}`,
    );
    return {
      exit: EXIT.yes,
      data: { custodian, since, by, at, object: object ?? null, first, line: transfers },
      text: [custodian, `  first ${first}`, ...legs.map((leg) => `  ${leg}`)].join("\n"),
    };
  },
};

export const dossierMembers: Command = {
  name: "dossier members",
  usage: "dossier members FILE --trust TRUST [--at TIME]",
  about: "who was in the last ceremony of a file, at an instant or round by round, by verified evidence",
  input: ["FILE: an evidence bundle, or a dossier"],
  example: "dossier members vote.evidence.json --trust trust.json --at 2027-01-15T09:00:00Z",
  flags: { trust: { type: "string" }, at: { type: "string" } },
  run: async (call) => {
    const verification = await verified(call);
    if (verification.verdict !== "passed")
      return { exit: VERDICT_EXIT[verification.verdict], data: shown(verification), text: told(verification) };
    const last = lastOf(verification.ceremonies);
    const { state } = verification.ceremonies.find(({ ceremony }) => ceremony === last) as Examined;
    const at = instant(call, "at");
    const named = ({ seats }: Pick<Period, "seats">) =>
      seats.map(({ authority, role, power }) => ({ authority, role, power }));
    const periods = membership(state).map((period) => ({ ...period, seats: named(period) }));
    const members = named({ seats: membersAt(state, at ?? Number.MAX_SAFE_INTEGER) });
    const lines = periods.map(
      ({ round, seats }) => `round ${round}  ${seats.map(({ authority }) => authority).join(" ")}`,
    );
    const text = at === null ? lines.join("\n") : members.map(({ authority }) => authority).join("\n");
    return { exit: EXIT.yes, data: { at, members, periods }, text };
  },
};
