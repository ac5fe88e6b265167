// What follows a commit: nothing that was committed while a run went on waits for anything but that run.
import { describe, expect, it } from "vitest";
import { HandingOn } from "../../durable/ceremony-handing.ts";

/** Work that takes what there is as it begins, and ends when it is told to. */
function work() {
  const rows: string[] = [];
  const done: string[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const failures: unknown[] = [];
  const once = () => {
    done.push(...rows.splice(0));
    return new Promise<void>((resolve, reject) =>
      ends.push((error) => (error === undefined ? resolve() : reject(error))),
    );
  };
  return { rows, done, ends, failures, handing: new HandingOn(once, (error) => failures.push(error)) };
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("handing on", () => {
  it("goes on with what came meanwhile, in one run at a time", async () => {
    const { rows, done, ends, handing } = work();
    rows.push("first");
    const settled = handing.start();
    rows.push("second");
    void handing.start();
    void handing.start();
    await turns();
    expect([done, ends.length]).toEqual([["first"], 1]);
    ends[0]?.();
    await turns();
    expect([done, ends.length]).toEqual([["first", "second"], 2]);
    ends[1]?.();
    await settled;
    rows.push("third");
    void handing.start();
    expect(done).toEqual(["first", "second", "third"]);
  });

  it("ends with a failure, which is told, and begins again when it is asked to", async () => {
    const { done, rows, ends, failures, handing } = work();
    const settled = handing.start();
    ends[0]?.(new Error("no link"));
    await settled;
    expect(failures).toEqual([new Error("no link")]);
    rows.push("later");
    void handing.start();
    expect(done).toEqual(["later"]);
  });
});
