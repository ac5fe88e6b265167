import { describe, expect, it } from "vitest";
import { Alarm, LATE_MS } from "../../durable/alarm.ts";

describe("an alarm", () => {
  it("is moved only to be earlier, and set anew once it has fired, is past or is lost", async () => {
    const set: number[] = [];
    const alarm = new Alarm({ setAlarm: async (at) => void set.push(Number(at)), getAlarm: async () => null });
    const now = Date.now();
    alarm.set(now + 5_000);
    alarm.set(now + 9_000);
    alarm.set(now + 4_000);
    alarm.set(now + 4_000);
    alarm.forget();
    alarm.set(now - 1);
    alarm.set(now + 7_000);
    expect(await alarm.isSet()).toBe(false);
    alarm.set(now + 8_000);
    expect(set.map((at) => at - now)).toEqual([5_000, 4_000, -1, 7_000, 8_000]);
  });

  it("is left where it is due and may be on its way, and set anew once it is late", async () => {
    const set: number[] = [];
    const alarm = new Alarm({ setAlarm: async (at) => void set.push(Number(at)), getAlarm: async () => null }, LATE_MS);
    const now = Date.now();
    alarm.set(now);
    alarm.set(now + 7_000);
    alarm.set(now - 1);
    alarm.set(Date.now());
    alarm.forget();
    alarm.set(now - LATE_MS - 1_000);
    alarm.set(now + 7_000);
    expect(set.map((at) => at - now)).toEqual([0, -LATE_MS - 1_000, 7_000]);
  });

  it("is left where an instance before this one has set it", async () => {
    const set: number[] = [];
    const now = Date.now();
    const alarm = new Alarm({ setAlarm: async (at) => void set.push(Number(at)), getAlarm: async () => now + 1_000 });
    await alarm.begin();
    alarm.set(now + 5_000);
    alarm.set(now + 500);
    expect(set.map((at) => at - now)).toEqual([500]);
  });
});
