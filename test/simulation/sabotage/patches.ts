// Rules broken on purpose. Each is an exact edit of a source file, made while the module is loaded and nowhere else, so that the
// product holds no switches; an edit that no longer fits the source stops the run. A checker that cannot fail is worth nothing.

export type Edit = { readonly file: string; readonly find: string; readonly put: string };
export type Sabotage = { readonly name: string; readonly breaks: string; readonly edits: readonly Edit[] };

const RULES = "shared/closing/rules.ts";
const DERIVE = "shared/closing/derive.ts";
const POWER = "shared/closing/power.ts";
const RECEIVE = "shared/closing/receive.ts";
const ABSORB = "shared/ceremony/absorb.ts";
const RESTORE = "shared/ceremony/restore.ts";
const REPORT = "shared/ceremony/report.ts";
const GATHER = "shared/ceremony/gather.ts";
const SETTLE = "shared/ceremony/settle.ts";
const STATUS = "shared/ceremony/status.ts";

const one = (name: string, breaks: string, file: string, find: string, put: string): Sabotage => ({
  name,
  breaks,
  edits: [{ file, find, put }],
});

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: "fast-path-at-q",
    breaks: "a unanimous close needs witnesses of power q only",
    edits: [
      {
        file: RULES,
        find: "if (alike.includes(undefined) || !holdsAll(around, body.ids)) continue;",
        put: "if (powerOf(electorate, alike.flatMap((one) => (one === undefined ? [] : [seatOf(one)]))) < electorate.quorum || !holdsAll(around, body.ids)) continue;",
      },
      {
        file: RULES,
        find: "const ids = (alike as readonly Witness[]).map(({ id }) => id).sort();",
        put: "const ids = alike.flatMap((one) => (one === undefined ? [] : [one.id])).sort();",
      },
    ],
  },
  one(
    "inclusion-at-f",
    "a derived set holds what witnesses of power f list",
    DERIVE,
    "if (power > electorate.tolerated) set.push(id);",
    "if (power >= electorate.tolerated) set.push(id);",
  ),
  one(
    "no-lock",
    "a prevote ignores the elector's own precommits",
    RULES,
    'if (body.validAttempt < lockAgainst(closing, body.root)) return "bad";',
    "",
  ),
  one(
    "lock-lost-on-restart",
    "own precommits are forgotten in a restart",
    RESTORE,
    "const taken = takeIn(start, stored);",
    'const taken = takeIn(start, stored.filter((one) => one.key !== self.key || one.body.kind !== "precommit"));',
  ),
  one(
    "witness-lost-on-restart",
    "the own witness is forgotten in a restart, and a second one signed",
    RESTORE,
    "const taken = takeIn(start, stored);",
    'const taken = takeIn(start, stored.filter((one) => one.key !== self.key || one.body.kind !== "witness"));',
  ),
  {
    name: "ack-before-write",
    breaks: "messages leave, and inputs are acknowledged, before the turn is durable",
    edits: [
      {
        file: "test/simulation/agent.ts",
        find: 'fate.ends === "lost" ? [] : leaving.slice(0, fate.sent)',
        put: 'fate.ends === "lost" ? leaving : leaving.slice(0, fate.sent)',
      },
      { file: "test/simulation/world.ts", find: 'if (fate.ends === "lost" &&', put: "if (fate === null &&" },
    ],
  },
  one(
    "votes-per-message",
    "power is counted by message, not by elector",
    POWER,
    "for (const seat of new Set(seats)) sum",
    "for (const seat of seats) sum",
  ),
  one("quorum-less-one", "a quorum is one short", POWER, "(total + tolerated) / 2) + 1,", "(total + tolerated) / 2),"),
  one(
    "equivocator-twice",
    "a justification may name two witnesses of one elector",
    DERIVE,
    "seats.size !== found.length || ",
    "",
  ),
  one(
    "ceremony-unbound",
    "statements of other ceremonies count",
    ABSORB,
    "if (observation.ceremony !== state.ceremony)",
    "if (state.ceremony === null)",
  ),
  one(
    "round-unbound",
    "statements of other rounds count",
    ABSORB,
    "const round = turn.state.rounds[observation.round as number];",
    "const round = turn.state.rounds[0];",
  ),
  one(
    "decide-without-contributions",
    "a contested close does not wait for the contributions",
    RULES,
    "if (justification === undefined || !holdsAll(around, justification.set)) continue;",
    "if (justification === undefined) continue;",
  ),
  one(
    "witness-root-unchecked",
    "a witness may name another set's root than its own",
    RECEIVE,
    'if (body.kind === "witness" && body.ids !== undefined && !hasRoot(closing, body.ids, body.root))',
    'if (body.kind === "witness" && body.root === null)',
  ),
  one(
    "evidence-lost",
    "the second half of an equivocation is not kept as proof",
    RECEIVE,
    "const rival = rivals[0] ?? brokenLock(closing, message);",
    "const rival = rivals[2] ?? brokenLock(closing, message);",
  ),
  one(
    "no-mute",
    "a party that meets its own forgotten past signs on",
    ABSORB,
    "if (state.mute) return ahead;",
    "if (!state.mute) return ahead;",
  ),
  one(
    "mute-in-silence",
    "a mute party does not say what it lacks",
    REPORT,
    "if (seat === undefined && !isFollower(turn)) return planned;",
    "if ((seat === undefined && !isFollower(turn)) || state.mute) return planned;",
  ),
  one(
    "early-unsettled",
    "a round closes early on what one party holds by itself",
    GATHER,
    "[...holders, own]) < need) return null;",
    "[...holders, own]) < 0) return null;",
  ),
  one(
    "no-third-witness",
    "a third witness of one elector is never kept",
    RECEIVE,
    "return isNamed(closing, message.id, rivals) || completes(closing, message as Witness | PagedWitness);",
    "return isNamed(closing, message.id, rivals);",
  ),
  one(
    "signs-after-expiry",
    "a party goes on voting past the hard expiry",
    SETTLE,
    "return state.expired || state.mute || replaying",
    "return state.mute || replaying",
  ),
  one(
    "no-repair",
    "a status is not answered",
    STATUS,
    "if (recently) return noted;",
    "if (!recently || recently) return noted;",
  ),
  one(
    "contributions-dropped",
    "a proposal may derive what its witnesses do not list",
    RULES,
    "if (!hasRoot(closing, justification.set, body.root) || body.validAttempt",
    "if (body.validAttempt",
  ),
  one(
    "late-reports",
    "an elector reports as held what came after its witness",
    STATUS,
    "const listed = witness === undefined ? held : witness.body.ids;",
    "const listed = witness === undefined ? held : held;",
  ),
  one(
    "polka-of-many",
    "prevotes that name different valid attempts make one polka",
    DERIVE,
    'const name = vote.body.root === null ? "nil" :',
    'const name = vote.body.root !== null ? vote.body.root : vote.body.root === null ? "nil" :',
  ),
];
