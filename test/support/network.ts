// The smallest network is a part of the SDK (`quorate/testing` stands on it); the tests know it by this name.
export { type Agent, lineageOf, Network, SECOND, type Sent, START, selfOf, storedBy } from "../../cli/sdk/network.ts";
