// The platform's SHA-256 as it is lent to the core: the short way where workerd has it, the documented one wherever there is any doubt.
import { sha256 } from "@noble/hashes/sha2.js";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { published, quickest } from "../../durable/native-hash.ts";
import { toHex } from "../../shared/bytes.ts";
import { bundleWorker } from "../support/bundle-worker.ts";
import { messageOf } from "./messages.ts";

const LENGTHS = [0, 1, 31, 32, 55, 56, 63, 64, 65, 119, 120, 319, 320, 950, 4_096, 100_000];
const expected = LENGTHS.map((length) => toHex(sha256(messageOf(length))));

type Handle = { copy: () => Handle; update: (bytes: Uint8Array) => boolean; digest: () => unknown };

/** A handle whose copies take in one message, up to so many bytes, and answer `digest` of it. */
function handleThat(digest: (bytes: Uint8Array) => unknown, most = Number.POSITIVE_INFINITY): Handle {
  let message = new Uint8Array();
  return {
    copy: () => handleThat(digest, most),
    update: (bytes) => {
      message = bytes.slice();
      return bytes.length <= most;
    },
    digest: () => digest(message),
  };
}

function overOneBuffer(): (bytes: Uint8Array) => unknown {
  const digest = new Uint8Array(32);
  return (bytes) => {
    digest.set(sha256(bytes));
    return digest;
  };
}

function handleOfWhole(): Handle {
  const handle = handleThat(sha256);
  return { ...handle, update: ({ buffer }) => handle.update(new Uint8Array(buffer)) };
}

const behind = (handle: unknown) => quickest({ [Symbol("handle")]: handle });
const refuse = () => {
  throw new TypeError("Illegal invocation");
};

describe("in workerd", () => {
  let miniflare: Miniflare;

  beforeAll(async () => {
    const script = await bundleWorker('export { default } from "./hash-worker.ts";', import.meta.dirname);
    const compatibility = { compatibilityDate: "2026-07-30", compatibilityFlags: ["nodejs_compat"] };
    miniflare = new Miniflare({ modules: true, script, ...compatibility });
    await miniflare.ready;
  });

  afterAll(() => miniflare.dispose());

  it("it goes the short way, and hashes messages of every length as SHA-256 does", async () => {
    const url = await miniflare.ready;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(LENGTHS) });
    expect(await response.json()).toEqual({ short: true, digests: expected });
  });
});

describe("the short way", () => {
  it("is gone by a handle that hashes as what is documented does", () => {
    const hash = behind(handleThat(sha256));
    expect(hash).not.toBe(published);
    expect(LENGTHS.map((length) => toHex(hash(messageOf(length))))).toEqual(expected);
  });

  it.each([
    ["there is no handle", undefined],
    ["the handle has no copy", { update: () => true, digest: () => new Uint8Array(32) }],
    ["the handle answers another digest", handleThat(() => new Uint8Array(32))],
    ["the handle answers a list of numbers", handleThat((bytes) => [...sha256(bytes)])],
    ["the handle may not be called", { ...handleThat(sha256), copy: refuse }],
    ["the digest may not be asked for", handleThat(refuse)],
    ["all copies are one", sharedHandle()],
    ["a digest is written over by the next", handleThat(overOneBuffer())],
    ["of a view all that is behind it is hashed", { ...handleThat(sha256), copy: () => handleOfWhole() }],
    ["what is long is not taken in", handleThat(sha256, 60_000)],
  ])("is not gone where %s", (_, handle) => {
    const hash = behind(handle);
    expect(hash).toBe(published);
    expect(LENGTHS.map((length) => toHex(hash(messageOf(length))))).toEqual(expected);
  });
});

it("what throws when it is looked at is let be", () => {
  const shy = Object.defineProperty({}, Symbol("handle"), { get: refuse });
  expect(quickest(shy)).toBe(published);
});

/** Takes in one message behind the other. */
function sharedHandle(): Handle {
  const state = sha256.create();
  const handle: Handle = {
    copy: () => handle,
    update: (bytes) => {
      state.update(bytes);
      return true;
    },
    digest: () => state.clone().digest(),
  };
  return handle;
}
