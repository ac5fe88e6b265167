// Nations of a coalition with real keys: each numbers and signs its own statements.
import type { Party } from "../../cli/stack/party.ts";
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { type CoalitionType, coalitionContent } from "../../shared/coalition/signed.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { START } from "./network.ts";

export class Nation {
  readonly party: Party;
  number = 0;
  #said = 0;

  constructor(party: Party) {
    this.party = party;
  }

  /** Signs a document under the next number, or under one that is given. */
  sign(type: CoalitionType, document: Json, number = ++this.number): VerifiedObservation {
    const read = fromJson(document);
    if (!read.ok) throw new Error(JSON.stringify(read.fault));
    const content = coalitionContent(number, read.value as CborMap);
    const saying = { at: [START, START] as const, head: { sequence: this.#said++, prev: null } };
    return authorFor(this.party.identity)(declarationDraft(type, content, saying));
  }

  policy(clauses: Json, admits: readonly string[], more: { readonly [name: string]: Json } = {}, number?: number) {
    return this.sign("coalition-policy", { authority: this.party.name, clauses, admits, ...more }, number);
  }

  translator(name: string, from: string, to: string, more: { readonly [name: string]: Json } = {}) {
    const signer = this.party.name;
    return this.sign("coalition-translator", { id: `${signer}/${name}`, from, to, signer, terms: {}, ...more });
  }

  revoke(id: string, after: number, more: { readonly [name: string]: Json } = {}) {
    return this.sign("coalition-revocation", { revokes: id, by: this.party.name, after, ...more });
  }
}
