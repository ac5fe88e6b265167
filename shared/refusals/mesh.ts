// Refusals between meshes: agreements, translators, alignments and the facts that may not cross (SPEC §20).
export const MESH_REFUSALS = {
  AGREEMENT_MESH: {
    what: "the agreement {agreement} does not bind {mesh} to another mesh",
    why: "it binds {meshes}",
    do: "use the agreement between these two meshes",
  },
  AGREEMENT_NOT_YET: {
    what: "the agreement {agreement} is not in force yet",
    why: "it begins at {from:instant}; this is judged at {at:instant}",
    do: "wait, or sign an amendment",
  },
  AGREEMENT_EXPIRED: {
    what: "the agreement {agreement} is no longer in force",
    why: "it ended at {until:instant}; this is judged at {at:instant}",
    do: "have every side sign a successor",
  },
  AGREEMENT_SUSPENDED: {
    what: "the agreement {agreement} is suspended by {by}",
    why: "nothing crosses between {by} and the others while it is",
    do: "ask {by} to lift the suspension",
  },
  AGREEMENT_TERMINATED: {
    what: "the agreement {agreement} was terminated by {by}",
    why: "nothing crosses any more; facts that did have the fate that it declares",
    do: "sign a new agreement",
  },
  AGREEMENT_UNSIGNED: {
    what: "no agreement that every side has signed is at hand",
    why: "of {agreement} the signature of {missing} is missing",
    do: "have the federation authority of each side sign the same terms",
  },
  AGREEMENT_AWAITED: {
    what: "no agreement of this mesh names {mesh} yet",
    why: "a partner carried a statement of {mesh} here, and nothing says which roots speak for it",
    do: "nothing, if the agreement is on its way; else have the federation authority of this mesh sign it",
  },
  AGREEMENT_CONTRADICTORY: {
    what: "two agreements are in force at once",
    why: "every side signed {one} and {other}, and neither replaces the other",
    do: "have every side sign one that replaces both",
  },
  CLASS_EXCLUDED: {
    what: "the fact {fact} does not cross",
    why: "the agreement {agreement} excludes its class {class}, or does not mention it",
    do: "have both sides agree on the class, or leave the fact where it is",
  },
  IMPORT_PROHIBITED: {
    what: "the fact {fact} may not be taken in",
    why: "the clause {clause} of {from} prohibits {matter} in the effective policy of {home} ({policy})",
    do: "leave it where it is, or have {from} sign another policy",
  },
  DIRECTION_DENIED: {
    what: "the fact {fact} does not cross",
    why: "facts of class {class} do not leave {from} under the agreement",
    do: "have both sides agree on the direction",
  },
  ONWARD_DENIED: {
    what: "the fact {fact} of {origin} is not passed on by {from}",
    why: "onward sharing of class {class} is not agreed",
    do: "agree with {origin} itself, or have onward sharing declared",
  },
  TRANSLATION_LOSS_REFUSED: {
    what: "the fact {fact} loses too much in translation",
    why: "{element} is {loss}, which the agreement does not bear for this class",
    do: "use a translator with less loss, or agree to bear it",
  },
  TRANSLATION_LOSS_UNDECLARED: {
    what: "the translator {translator} loses something that it does not declare",
    why: "the {kind} {element} becomes {as}, and the way back leads to {back}",
    do: "declare the loss, or map it so that the way back is the identity",
  },
  TRANSLATOR_TWICE: {
    what: "two translators are called {translator}",
    why: "a name must tell which of them was used",
    do: "remove one, or name them apart",
  },
  TRANSLATOR_TAXONOMY: {
    what: "the translator {translator} does not fit the vocabulary of {mesh}",
    why: "it translates version {need}, and {mesh} speaks {found}",
    do: "have a translator for {found} signed",
  },
  TRANSLATOR_UNRECOGNISED: {
    what: "the translator {translator} is not recognised by {mesh}",
    why: "no authority of {mesh} has signed it, and nobody recognises on its behalf",
    do: "have an authority of {mesh} with the role translator sign it, or do without",
  },
  ALIGNMENT_UNWITNESSED: {
    what: "the alignment {alignment} is not witnessed by both meshes",
    why: "no witness of {missing} has signed it",
    do: "have one sign the same readings",
  },
  ALIGNMENT_FRAMES: {
    what: "the alignment {alignment} is of other clocks",
    why: "it aligns {found}; these histories need {need}",
    do: "use an alignment of these frames",
  },
  ALIGNMENT_EXPIRED: {
    what: "the alignment {alignment} has expired",
    why: "it ended at {until:instant}; this is judged at {at:instant}",
    do: "exchange stamps again",
  },
  ALIGNMENT_INSUFFICIENT: {
    what: "the alignment {alignment} does not fix the clocks' rate",
    why: "{found} shared events are told apart; {need} are needed, or a bound on the drift",
    do: "add shared events, or reconcile without it: then only lineage orders facts of different frames",
  },
  ALIGNMENT_CONTRADICTORY: {
    what: "the witnesses of the alignment {alignment} contradict each other",
    why: "no clock could have read its shared events so; see event {event}",
    do: "find the wrong reading and have the alignment replaced",
  },
  FACT_CORRUPT: {
    what: "the statement {fact} exists in two versions",
    why: "one id has one body",
    do: "find out who changed it; neither version is taken",
  },
  LINEAGE_CYCLE: {
    what: "the statement {fact} leads back to itself",
    why: "what is cited comes before what cites it",
    do: "find out who forged the citations",
  },
  AGENT_UNPROVEN: {
    what: "the agent {agent} may not carry facts here",
    why: "it is not proven in {missing}",
    do: "have it declare itself there, under a credential of that mesh with the role boundary-agent",
  },
  AGENT_CLASS: {
    what: "the agent {agent} may not carry facts of class {class}",
    why: "its credential in {mesh} does not grant the class",
    do: "use another agent, or have the class granted",
  },
  IMPORT_MISSING: {
    what: "the fact {fact} of {origin} is held by {mesh} without an import",
    why: "no boundary agent of {mesh} answers for it",
    do: "import it there, or get it from {origin}",
  },
  IMPORT_HOLLOW: {
    what: "the import {import} holds nothing",
    why: "{inner}, which it is about, is not at hand or is no fact",
    do: "send the statements that it names with it",
  },
  IMPORT_ORIGIN: {
    what: "the import {import} misstates where it comes from",
    why: "it says {said}, and what it holds is of {found}",
    do: "do not trust its agent; get the fact from {found}",
  },
  IMPORT_NESTED: {
    what: "the import {import} is of an import of an import, and so on",
    why: "{limit} are the most",
    do: "get the fact from a mesh nearer to its origin",
  },
  DIVERGENCE_OVER_LIMIT: {
    what: "{conflicts} of {comparable} comparable subjects are in conflict",
    why: "the agreement stops automatic merging at {limit}",
    do: "resolve them in a merge ceremony; nothing was written",
  },
  DIVERGENCE_INCOMPARABLE: {
    what: "the two histories cannot be compared",
    why: "there is no subject of which both speak",
    do: "decide in a merge ceremony whether to take them; nothing was written",
  },
  RECORD_DIFFERS: {
    what: "the inputs do not give the recorded result",
    why: "they give {found}; {need} is recorded",
    do: "look for the input that was changed since",
  },
  RELEASE_DENIED: {
    what: "the gateway does not let it out",
    why: "its class {class} is not on the list",
    do: "have the class put on the list, or leave it here",
  },
  RELEASE_FULL: {
    what: "the gateway does not let it out in this file",
    why: "{limit} statement(s) are the most in one file",
    do: "send it with the next",
  },
  RELEASE_ORIGIN: {
    what: "it is not sent back to where it came from",
    why: "it is {mesh}'s own, or the act of taking that in",
    do: "nothing: {mesh} has the original",
  },
  EXCHANGE_UNSIGNED: {
    what: "no gateway has signed for the file",
    why: "its manifest is not an exchange declared in the role gateway",
    do: "have an authorised gateway export it",
  },
  EXCHANGE_ADDRESS: {
    what: "the file is for {found}",
    why: "this is {need}",
    do: "carry it there",
  },
  EXCHANGE_ALTERED: {
    what: "the file is not what its gateway signed for",
    why: "it holds {found} statement(s) and its manifest counts {need}; or they, or its lists, are other ones",
    do: "have it exported again; nothing of it was taken",
  },
  AUTHORITY_FULL: {
    what: "no further statements about keys and revocations are taken from {by}",
    why: "with these it would have brought {found}, and {limit} are the most of each who brings any",
    do: "nothing of what they came with was taken: have it come without them, and put those that count into the trust statement",
  },
  EXCHANGE_UNREVIEWED: {
    what: "the file lacks a second signature",
    why: "{found} of {need} persons besides the gateway have signed",
    do: "have a reviewer of the sending side sign",
  },
  EXCHANGE_REPLAYED: {
    what: "the file was taken before",
    why: "its number is {sequence}, and {last} is the last that was taken",
    do: "nothing: what it holds is here",
  },
  SEQUENCE_GAP: {
    what: "a file before this one is missing",
    why: "its number is {sequence}, and {last} is the last that came",
    do: "import the missing ones first",
  },
  MESH_STATEMENT: {
    what: "a {kind} belongs to no ceremony",
    why: "it came under a ceremony's subject",
    do: "send it under {topic}, or over HTTP",
  },
  MESH_ABSENT: {
    what: "this party does not stand in {mesh}",
    why: "it stands in {need}",
    do: "ask a party that does, or give this one a credential there and put the mesh into its configuration",
  },
  MESH_APART: {
    what: "{mesh} is apart from {with} on purpose",
    why: "{by} declared it ({reason}); {operation} waits until the return is signed",
    do: "nothing is lost: what goes out is queued and what comes in is deferred; sign the return to merge",
  },
  DISCONNECTION_DECLINED: {
    what: "the declaration about {with} changes nothing",
    why: "{reason}",
    do: "look at how the two meshes stand to each other, and at who may declare what",
  },
  MERGE_NOT_PENDING: {
    what: "no merge with {with} waits for a decision",
    why: "the last reconciliation with it stayed within the limit, or there was none",
    do: "reconcile first",
  },
  MERGE_UNDECIDED: {
    what: "the ceremony {ceremony} does not decide this merge",
    why: "it would have to be {need}; the record is {digest}",
    do: 'open a ceremony with the subject {"reconciliation":"{digest}"}, and have it approved',
  },
  SET_MESSAGE_MALFORMED: {
    what: "a message about a set of ids cannot be read",
    why: "it does not answer the ranges that were left open, one by one",
    do: "begin again with a fresh salt",
  },
  MESH_DOCUMENT_INVALID: {
    what: "the {document} cannot be read",
    why: "{path} must be {need}",
    do: "correct that field",
  },
  MESH_DOCUMENT_UNSIGNED: {
    what: "the {document} is a plain document",
    why: "only signed ones are believed",
    do: "give the signed file, or try rules without keys by --scenario",
  },
} as const;
