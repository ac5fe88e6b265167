// A device is known by a chain of countersigned hashes: continuous, broken, or with a gap, always with the last verified hash; and two
// copies of one device give themselves away to whoever sees both.
import { describe, expect, it } from "vitest";
import { type DeviceLinkBody, deviceForks, deviceHash, issueDeviceLink } from "../../../shared/authority/continuity.ts";
import type { DeviceNeed } from "../../../shared/authority/taxonomy.ts";
import { toHex } from "../../../shared/bytes.ts";
import type { Signer } from "../../../shared/cose/sign1.ts";
import { idBytes, sha256 } from "../../../shared/hash.ts";
import { DEVICE_EPOCHS_MISSED_MAX, DEVICE_LINKS_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { Observation } from "../../../shared/observation/observation.ts";
import { MESH, testParty } from "../../support/parties.ts";
import {
  AGENT,
  BOARD,
  flipBit,
  frameOf,
  type Recipe,
  ROOT,
  signerNamed,
  soundRecipe,
  trustOf,
  withField,
  withInner,
} from "../../support/recipes.ts";
import { draftOf, HOUR, idOf, START } from "../../support/statements.ts";

const LENGTH = HOUR;
const schedule = { start: START - 100 * LENGTH, length: LENGTH };
/** START lies in epoch 100. */
const NOW = 100;

type Step = Partial<Omit<DeviceLinkBody, "kind" | "version">> & { readonly epoch: number; readonly by?: Signer };

/** Links from an enrolment on, each following the one before it unless it says otherwise. */
function chain(steps: readonly Step[]): readonly { readonly frame: Uint8Array; readonly hash: Uint8Array }[] {
  const links: { frame: Uint8Array; hash: Uint8Array }[] = [];
  for (const { by = BOARD, ...step } of steps) {
    const body = {
      mesh: MESH,
      device: AGENT.key,
      schedule,
      prev: links.at(-1)?.hash ?? null,
      state: sha256(new TextEncoder().encode(`state in epoch ${step.epoch}`)),
      nonce: sha256(new TextEncoder().encode(`nonce of epoch ${step.epoch}`)).slice(0, 16),
      holder: "hardware",
      ...step,
    } as const;
    links.push({ frame: issueDeviceLink(body, by), hash: deviceHash(body.prev, body.state, body.nonce) });
  }
  return links;
}

function presenting(links: readonly { readonly frame: Uint8Array; readonly hash: Uint8Array }[], at = START): Recipe {
  const hash = links.at(-1)?.hash as Uint8Array;
  const recipe = withInner(soundRecipe(), "temporal_reference", "at", [at, at]);
  return withField(
    recipe,
    "device_hash",
    new Map<string, never>([
      ["hash", hash as never],
      ["links", links.map(({ frame }) => frame) as never],
    ]),
  );
}

async function judge(recipe: Recipe, device: DeviceNeed = "continuous") {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe, undefined, { device }));
  return admitted.ok
    ? { code: "ok", lastVerified: undefined }
    : { code: admitted.fault.code, ...admitted.fault.detail };
}

const sound = chain([{ epoch: NOW - 2 }, { epoch: NOW - 1 }, { epoch: NOW }]);
const [first, second, third] = sound as readonly [
  (typeof sound)[number],
  (typeof sound)[number],
  (typeof sound)[number],
];

describe("a device's continuity", () => {
  it("is verified from its enrolment to the presented hash", async () => {
    expect((await judge(presenting(sound))).code).toBe("ok");
    expect((await judge(presenting(sound), "hardware")).code).toBe("ok");
    expect((await judge(presenting(sound.slice(0, 1)))).code).toBe("ok");
  });

  it("is asked for only where trust says so, and then a bare hash is not enough", async () => {
    expect((await judge(soundRecipe(), "any")).code).toBe("ok");
    expect((await judge(soundRecipe(), "continuous")).code).toBe("DEVICE_UNPROVED");
  });

  it("kept in software is said, and refused where hardware is asked for: one link is enough", async () => {
    const soft = chain([{ epoch: NOW - 1, holder: "software" }, { epoch: NOW }]);
    expect((await judge(presenting(soft))).code).toBe("ok");
    expect((await judge(presenting(soft), "hardware")).code).toBe("DEVICE_SOFTWARE");
  });

  const broken: readonly (readonly [string, string, Recipe, Uint8Array | null])[] = [
    ["a link is left out", "DEVICE_GAP", presenting([first, third]), first.hash],
    ["the enrolment is left out", "DEVICE_GAP", presenting([second, third]), null],
    [
      "no link leads to the presented hash",
      "DEVICE_GAP",
      withInner(presenting(sound), "device_hash", "hash", second.hash),
      third.hash,
    ],
    [
      "another state gives the hash",
      "DEVICE_GAP",
      presenting([first, ...chain([{ epoch: NOW, prev: sha256(first.hash) }])]),
      first.hash,
    ],
    [
      "a countersignature is bad",
      "DEVICE_BROKEN",
      presenting([first, { ...second, frame: flipBit(second.frame, -1) }, third]),
      first.hash,
    ],
    [
      "a stranger countersigned",
      "DEVICE_BROKEN",
      presenting(chain([{ epoch: NOW - 1 }, { epoch: NOW, by: signerNamed("stranger") }])),
      chain([{ epoch: NOW - 1 }])[0]?.hash as Uint8Array,
    ],
    ["the device countersigned for itself", "DEVICE_BROKEN", presenting(chain([{ epoch: NOW, by: AGENT }])), null],
    [
      "a link is another device's",
      "DEVICE_BROKEN",
      presenting(chain([{ epoch: NOW - 1, device: BOARD.key }, { epoch: NOW }])),
      null,
    ],
    [
      "an epoch comes twice",
      "DEVICE_BROKEN",
      presenting(chain([{ epoch: NOW }, { epoch: NOW }])),
      chain([{ epoch: NOW }])[0]?.hash as Uint8Array,
    ],
    [
      "an epoch goes back",
      "DEVICE_BROKEN",
      presenting(chain([{ epoch: NOW }, { epoch: NOW - 1 }])),
      chain([{ epoch: NOW }])[0]?.hash as Uint8Array,
    ],
    [
      "the schedule changes",
      "DEVICE_BROKEN",
      presenting(chain([{ epoch: NOW - 1 }, { epoch: NOW, schedule: { ...schedule, length: 2 * LENGTH } }])),
      chain([{ epoch: NOW - 1 }])[0]?.hash as Uint8Array,
    ],
    ["the hash is presented before its epoch", "DEVICE_BROKEN", presenting(sound, START - 1), third.hash],
  ];

  it.each(broken)("where %s is refused as %s, with the last verified hash", async (_name, code, recipe, last) => {
    const expected = { code, lastVerified: last === null ? null : toHex(last) };
    expect(await judge(recipe)).toMatchObject(expected);
    // Links that are shown must hold, whether they were asked for or not.
    expect(await judge(recipe, "any")).toMatchObject(expected);
  });

  it("may miss some epochs and no more, between links and after the last", async () => {
    const most = DEVICE_EPOCHS_MISSED_MAX;
    const between = (missed: number) => presenting(chain([{ epoch: NOW - missed - 1 }, { epoch: NOW }]));
    expect((await judge(between(most))).code).toBe("ok");
    expect((await judge(between(most + 1))).code).toBe("DEVICE_GAP");
    expect((await judge(presenting(sound, START + (most + 1) * LENGTH - 1))).code).toBe("ok");
    expect((await judge(presenting(sound, START + (most + 1) * LENGTH))).code).toBe("DEVICE_GAP");
  });

  it("may begin anew: an authority enrols a lost device again", async () => {
    const again = chain([{ epoch: NOW - 50 }, { epoch: NOW, prev: null }]).slice(1);
    expect((await judge(presenting(again))).code).toBe("ok");
  });

  it("may be countersigned by any issuer of its chain", async () => {
    expect((await judge(presenting(chain([{ epoch: NOW, by: ROOT }])))).code).toBe("ok");
  });

  it("carries a bounded number of links", async () => {
    const long = chain(Array.from({ length: DEVICE_LINKS_MAX + 1 }, (_, n) => ({ epoch: NOW - DEVICE_LINKS_MAX + n })));
    expect((await judge(presenting(long.slice(1)))).code).toBe("DEVICE_GAP");
    expect((await judge(presenting(long))).code).toBe("FIELD_INVALID");
    expect((await judge(presenting(long.slice(0, DEVICE_LINKS_MAX), START))).code).toBe("ok");
  });
});

describe("two copies of one device", () => {
  const party = testParty("acme");
  const enrolment = {
    mesh: MESH,
    device: party.identity.signer.key,
    epoch: NOW - 1,
    schedule,
    prev: null,
    state: sha256(new Uint8Array()),
    nonce: new Uint8Array(16),
    holder: "software",
  } as const;
  const hash = deviceHash(null, enrolment.state, enrolment.nonce);
  const next = (state: string) =>
    issueDeviceLink({ ...enrolment, epoch: NOW, prev: hash, state: idBytes(idOf(state)) }, party.root);
  const copy = (state: string) =>
    authorFor({ ...party.identity, deviceLinks: [issueDeviceLink(enrolment, party.root), next(state)] });
  const presentation = ({ id, key, ceremony, lineage, deviceLinks }: Observation) => ({
    id,
    key,
    ceremony,
    sequence: lineage.sequence,
    links: deviceLinks,
  });
  const draft = (sequence: number, item: string) => {
    const base = draftOf("contribution");
    return { ...base, slot: { ...base.slot, item }, lineage: { ...base.lineage, sequence } };
  };

  it("that went on to different states show two successors of one hash, and both observations are named", async () => {
    const one = copy("here")(draft(1, "a"));
    const other = copy("there")(draft(2, "b"));
    const expected = [{ device: one.key, after: `hash ${toHex(hash)}`, about: [one.id, other.id].sort() }];
    expect(deviceForks([one, other].map(presentation))).toEqual(expected);
    expect(deviceForks([other, one, other].map(presentation))).toEqual(expected);
    const trust = await trustOf(soundRecipe(), undefined, {
      device: "continuous",
      pins: new Map([[toHex(party.root.key), "acme"]]),
    });
    for (const { frame } of [one, other]) expect((await admit(frame, trust)).ok).toBe(true);
  });

  it("that stayed in one epoch show two statements at one place of their sequence", () => {
    const [one, other, innocent] = [
      copy("here")(draft(1, "a")),
      copy("here")(draft(1, "b")),
      copy("here")(draft(2, "c")),
    ];
    const [fork, ...more] = deviceForks([one, other, innocent].map(presentation));
    expect(fork).toMatchObject({ device: one.key, about: [one.id, other.id].sort() });
    expect(more).toEqual([]);
  });

  it("are not seen where there is one: repeats, later enrolments and many calls are no fork", () => {
    const one = copy("here")(draft(1, "a"));
    const again = issueDeviceLink({ ...enrolment, epoch: NOW + 9 }, party.root);
    const later = authorFor({ ...party.identity, deviceLinks: [again] })(draft(2, "b"));
    const calls = [1, 2].map((nonce) => {
      const call = draftOf("call");
      return copy("here")({ ...call, body: { ...call.body, nonce: new Uint8Array(16).fill(nonce) } as never });
    });
    expect(deviceForks([one, one, later, ...calls].map(presentation))).toEqual([]);
  });

  it("are seen however much each says under its links, and whatever else shows the same hash in another epoch", () => {
    const much = Array.from({ length: 50 }, (_, index) =>
      copy(index < 25 ? "here" : "there")(draft(index, `${index}`)),
    );
    const [first, second] = [much.slice(0, 25), much.slice(25)].map((half) => half.map(({ id }) => id).sort()[0]);
    expect(deviceForks(much.map(presentation)).map(({ about }) => about)).toEqual([[first, second].sort()]);
    const enrolled = (epoch: number, state: string) =>
      authorFor({
        ...party.identity,
        deviceLinks: [issueDeviceLink({ ...enrolment, epoch, state: idBytes(idOf(state)) }, party.root)],
      })(draft(epoch, state));
    const [early, late, rival] = [enrolled(1, "a"), enrolled(2, "a"), enrolled(2, "b")];
    for (const all of [
      [early, late, rival],
      [rival, late, early],
    ])
      expect(deviceForks(all.map(presentation)).map(({ after, about }) => [after, about])).toEqual([
        ["enrolment 2", [late.id, rival.id].sort()],
        [`sequence 2 of ${late.ceremony}`, [late.id, rival.id].sort()],
      ]);
  });

  it("enrolled twice for one epoch compete", () => {
    const rival = issueDeviceLink({ ...enrolment, state: idBytes(idOf("elsewhere")) }, party.root);
    const one = copy("here")(draft(1, "a"));
    const other = authorFor({ ...party.identity, deviceLinks: [rival] })(draft(2, "b"));
    expect(deviceForks([one, other].map(presentation))).toMatchObject([{ after: `enrolment ${NOW - 1}` }]);
  });
});
