// A call with one elector: its ceremony ends at one agent, without a bus. The others look on.
export function approvalBy(approver: string, changes: object = {}) {
  const parties = ["acme", "bolt", "crux"].map((authority) =>
    authority === approver ? { authority, role: "approver", power: 1 } : { authority, role: "observer", power: 1 },
  );
  const call = { pattern: "approval", title: "Release 2.4", parties, closesIn: 2, expiresIn: 60 };
  return { ...call, set: [{ path: "roles.approver.least", value: 1 }], ...changes };
}
