// Every maximum, each with the reason for its number (SPEC §13). Enforced by us, since local runtimes are looser than production.

/** One signed frame. A queue message has 128,000 bytes, and what names the frame's road takes some of them; NATS' 1 MiB is never near. */
export const FRAME_BYTES_MAX = 98_304;
/** Frames that a door has read and keeps for whoever opens them next: a few turns of a burst. */
export const FRAMES_HANDED_BYTES_MAX = 2 * 1_048_576;
/** Contributions in one batch, and their bytes unpacked: what one call of a ceremony's object bears, many times over. */
export const BATCH_MEMBERS_MAX = 256;
/** As many are not kept waiting for more while an elector has signed less than a quarter of its batches: packing gains little beyond. */
export const BATCH_MEMBERS_ENOUGH = 64;
export const BATCH_UNPACKED_BYTES_MAX = 327_680;
/** The largest contribution that a batch takes: two fit into a frame even where packing gains nothing. */
export const BATCH_MEMBER_BYTES_MAX = 24_576;
/** Contributions that one seat without an agent may have in a round: more lots than any sale. */
export const BATCHED_PER_SEAT_MAX = 1_024;
/**
 * What an object keeps of such contributions in one round, of its 128 MB: 200,000 bids. Every such seat has an equal share, and every elector one of
 * half of it, so that a flood is at the cost of whoever floods; the other half is for whoever needs it first, so that one elector can bring 100,000.
 */
export const KEPT_BYTES_MAX = 56 * 1_048_576;
/** Of that half, what electors leave to batches that are on their way to them. */
export const KEPT_ON_THE_WAY_BYTES = 7 * 1_048_576;
/** Of each, besides its content: id, row, slot, and a place in the indexes. */
export const KEPT_EACH_BYTES = 240;
/** Batches of all electors of one round together: of ten each may bring 100,000 bids. */
export const BATCHES_MAX = 4_000;
/** As many are aimed at where bids are few: a long round need not be one of small batches. Beyond these each counts for what it takes up itself. */
export const BATCHES_PACED = 2_100;
export const KEPT_BATCH_BYTES = 8_192;
/** Ids that a witness of such a round has left for contributions that are in no batch. */
export const UNBATCHED_IDS = 300;
/** Objects over which one party spreads its intake of one round: each is an isolate's processor more. */
export const SHARDS_MAX = 64;
/**
 * Contributions a second from which an intake that nobody asked to be spread goes over 4 and 16 objects: half of what one takes in by itself, at
 * some 30 µs each, and of what four do. Below that each more is only a call more.
 */
export const BATCHED_ARRIVALS_MANY = 16_000;
export const BATCHED_ARRIVALS_MOST = 64_000;
/** Bytes that wait at one shard before it takes in nothing more: two seconds of handing over. */
export const SHARD_WAITING_BYTES_MAX = 1_048_576;
/** How long a witness waits at most for shards that do not answer, in microseconds; never more than half of what the policy gives the others. */
export const SEAL_MICROS_MAX = 1_000_000;
/** Shortest time that a contribution waits for others to fill its batch. */
export const BATCH_WAIT_MICROS_MIN = 250_000;
/** Frames that are judged, and handed to an object, together: as batches they hold some 1,500 bids, which take 10 MB while they are read. */
export const RUN_BYTES_MAX = 524_288;
/** Nesting of arrays and maps: the deepest of our documents needs 7. */
export const CBOR_DEPTH_MAX = 16;
/** Items of one document: bounds the work of a scan to about a millisecond. */
export const CBOR_ITEMS_MAX = 16_384;
/** Integer map keys are labels of COSE headers; ours end at 4. */
export const CBOR_UINT_KEY_MAX = 255;
/** Credentials in one chain, root first. */
export const CHAIN_LENGTH_MAX = 8;
/** Credentials and the rotations between them in one chain: every link may have been rotated once, or one of them often. */
export const CHAIN_FRAMES_MAX = 16;
/** Paths of a cross-signed credential that travel together. */
export const CHAIN_PATHS_MAX = 4;
/** Chains that a door remembers; one is about 4 KiB with its frames, so this stays below 20 MiB. */
export const CHAINS_REMEMBERED_MAX = 4_096;
/** Batches whose signatures a door remembers to have verified: about 300 bytes each. */
export const BATCHES_REMEMBERED_MAX = 4_096;
/** Names of a taxonomy that one credential combines, and tiers that one taxonomy defines. */
export const TIER_NAMES_MAX = 4;
export const TIERS_MAX = 64;
export const TAXONOMY_VERSION_MAX = 65_535;
/** Vocabularies that one policy weighs by: with its own text they must fit into one call. */
export const TAXONOMIES_MAX = 8;
/** Statements about authority (roots, rotations, taxonomies, revocations) that a trust statement or a bundle carries. */
export const AUTHORITY_STATEMENTS_MAX = 1_024;
/** Revocations of one authority that an agent goes by besides those of its trust statement: more than one incident needs. */
export const REVOCATIONS_LIVE_MAX = 64;
/** Statements of a revoked holder that a revocation stands by. */
export const REVOCATION_CUT_MAX = 256;
/** Revocations that one statement of the revocation state lists. */
export const REVOCATIONS_LISTED_MAX = 1_024;
/** Links of a device's continuity that travel with one observation: two weeks of daily epochs, and some. */
export const DEVICE_LINKS_MAX = 16;
/** Epochs a device may miss before it must be enrolled again: a week of daily ones. */
export const DEVICE_EPOCHS_MISSED_MAX = 7;
/** Parents and sources an observation may name. */
export const LINEAGE_REFERENCES_MAX = 256;
/** Seats in one roster: a call that names so many, each with its root, still fits into one frame beside its policy. */
export const SEATS_MAX = 512;
export const ELECTORS_MAX = 31;
/** Holders of a role that a policy may speak of: more than a roster has, since policies are also tried on whole elections. */
export const HOLDERS_MAX = 1_000_000;
/** Rounds of one ceremony: each costs a close, and a ceremony that needs more is several. */
export const ROUNDS_MAX = 64;
/** Candidates of an election: Schulze's method takes the cube of it, 17 million steps. */
export const CANDIDATES_MAX = 256;
/** Parties, and contributions of one round, in a plain document: beyond any election that one file should carry. */
export const PLAIN_ENTRIES_MAX = 500_000;
/** Largest power of one seat; 31 of them stay exact in 53 bits when multiplied by a ratio's terms. */
export const POWER_MAX = 1_000_000;
/** Terms of a ratio such as a threshold or a fault fraction. */
export const RATIO_TERM_MAX = 1_000_000;
/** Short texts such as names, titles and reasons, in UTF-16 units. */
export const NAME_LENGTH_MAX = 128;
export const TEXT_LENGTH_MAX = 4_096;
/** Contributions whose ids fit into one witness frame beside its credential chain; a longer list is paged. */
export const WITNESS_IDS_MAX = 2_400;
/** Ids of one page of such a list: a power of two, so that the page's root is part of the tree over the whole list. */
export const PAGE_IDS = 2_048;
/** Pages of one list. Of what a status names of each id, eight bytes, as many as this still fit into one frame. */
export const WITNESS_PAGES_MAX = 4;
/**
 * Ids on all lists of a round's electors that are kept in memory, at some 130 bytes each: ten lists of four pages. What more electors have is shared
 * among them, but each has one frame.
 */
export const LISTED_IDS_MAX = 81_920;
/** Bytes of a round's contributions in no batch that are kept beyond what one frame lists, whatever their size: as frames, of which each takes twice as much. */
export const GATHERED_BYTES_MAX = 24 * 1_048_576;
/** First bytes of ids in one status, beside what it asks for. */
export const PREFIXES_MAX = 10_000;
/** Attempts further ahead than this are noted for the skip rule and not stored (closing under flood). */
export const ATTEMPTS_AHEAD_MAX = 40;
/** Ceremonies with unknown calls that statements of one authority may open here at a time; repair brings what found no room. */
export const WAITING_MAX = 64;
/** Observations kept while their ceremony's call is unknown. */
export const PARKED_MAX = 256;
/** Messages one party asks for, or re-sends, in one answer. */
export const WANTS_MAX = 64;
export const RESENDS_MAX = 64;
/** Shortest interval at which a policy may have agents speak up, and shortest pause it may ask for: a call must not make them spin. */
export const INTERVAL_MICROS_MIN = 250_000;
export const PAUSE_MICROS_MIN = 50_000;
/** Largest validity of one observation: 400 days in microseconds. */
export const TTL_MICROS_MAX = 400 * 86_400 * 1_000_000;
/** Longest life of a ceremony: what is said in it must be valid for a day more than it lives, and for the clocks that differ. */
export const LIFETIME_MICROS_MAX = 398 * 86_400 * 1_000_000;
/** Largest content of one contribution: what parties re-send to one another must stay small. */
export const CONTENT_BYTES_MAX = 16_384;
/** Largest evidence bundle a verifier reads. */
export const BUNDLE_BYTES_MAX = 64 * 1_048_576;
/** A bundle that an agent itself reads: decoded and parsed it takes some four times as much, beside all else that is in memory. */
export const BUNDLE_READ_MAX = 12 * 1_048_576;
/** Largest webhook or API body: GitHub's own limit is 25 MB, but what opens a ceremony is far smaller. */
export const BODY_BYTES_MAX = 262_144;
/** Frames, and bytes, of one batch over HTTP: one call of a ceremony's object, which may bring them on as one batch of its own. */
export const BATCH_FRAMES_MAX = BATCH_MEMBERS_MAX;
export const BATCH_BYTES_MAX = 2 * 1_048_576;
/** A file of a mesh's statements over HTTP: some thousands of frames in base64, well below what a Worker's memory bears. */
export const STATEMENTS_BYTES_MAX = 8 * 1_048_576;
/** Statements of one page of such a file: about a megabyte and a half as they usually are. */
export const STATEMENTS_PAGE_MAX = 1_000;
/** Items (lots, legs, positions) that one seat may contribute to in one round. */
export const ITEMS_PER_SEAT_MAX = 64;
/** Millimetres from a frame's origin: a million kilometres, past every satellite, and exact in 53 bits. */
export const COORDINATE_MAX = 1_000_000_000_000;
/** Ranges that one observation carries: one to each elector and then some. */
export const RANGES_MAX = 64;
/** Corners of a geofence: its check for crossing edges is quadratic. */
export const CORNERS_MAX = 256;
/** Constraints and transforms of one proximity profile. */
export const CONSTRAINTS_MAX = 32;
/** Microseconds between two clocks or two moments: over a century, and sums of a few stay exact. */
export const MICROS_APART_MAX = 4_000_000_000_000_000;
/** Offsets or events of one alignment. */
export const READINGS_MAX = 1_024;
/** Clocks of one mesh: its paths are cubic in their number. */
export const CLOCKS_MAX = 64;
/** Facts of one history that a reconciliation reads: a few hundred megabytes as JSON, some seconds of work. */
export const FACTS_MAX = 200_000;
/** Numbers of an authority that may be missing before a statement; beyond it nobody lost letters, and a key is in other hands. */
export const NUMBERS_AHEAD_MAX = 4_096;
/** Handling labels of one statement. */
export const LABELS_MAX = 16;
/** Terms, units or authorities of one translator. */
export const TERMS_MAX = 16_384;
/** Shared events of one alignment: each further one narrows the fit less than the one before. */
export const SHARED_EVENTS_MAX = 1_024;
/** Meshes that a chain of translators may pass through: trust and meaning thin out with each. */
export const HOPS_MAX = 4;
/** Matters of one operation's ceremony; roads by which one authority is recognised; authorities, translators or clauses that a call pins. */
export const MATTERS_MAX = 16;
export const ROADS_MAX = 8;
export const PINNED_MAX = 256;
/** Imports of imports: each is one more mesh that a fact has come through. */
export const NESTING_MAX = 4;
/** Persons who may have to sign for one exchange file besides its gateway. */
export const REVIEWERS_MAX = 8;
/** Parts, meetings and bundles of one composition. */
export const PARTS_MAX = 64;
/** Ceremonies within ceremonies: each is one more certificate between a voice and the outcome. */
export const NESTING_DEPTH_MAX = 4;
/** Factors of one admission rule. */
export const FACTORS_MAX = 32;
/** One expression of a policy, in characters and in parts, and the items it is given: together about 100,000 small steps at most. */
export const EXPRESSION_LENGTH_MAX = 1_024;
export const EXPRESSION_NODES_MAX = 128;
export const EXPRESSION_ITEMS_MAX = 1_024;
/** Schemas within one attestation schema. */
export const SCHEMA_NODES_MAX = 256;
/** Ways that one dry run of a policy tries: each is a whole decision. */
export const DRY_RUNS_MAX = 2_000;
/** Requests of webhooks that an agent lists: months of a busy source; forgeries are bounded apart, so that they push out nothing else. */
export const REQUESTS_KEPT_MAX = 10_000;
export const REQUESTS_REJECTED_KEPT_MAX = 1_000;
/** Verified bodies that are kept for a replay, and for how long: longer than an outage, shorter than anyone need worry about. */
export const BODIES_KEPT_MAX = 2_000;
export const BODY_KEPT_MS = 86_400_000;
/** Deliveries whose time is signed are known again for so many days; any other for ever. */
export const DELIVERY_KNOWN_DAYS = 30;
/** Messages that wait for partners before the edge takes in nothing that adds to them: half a minute of sending to one partner. */
export const OUTBOX_BACKLOG_MAX = 20_000;
/** Entries of one page of a ceremony's lineage: about half a megabyte. */
export const LINEAGE_PAGE_MAX = 1_000;
