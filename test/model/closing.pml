/*
 * The closing of one round (shared/SPEC.md, clause 8) for n = 4 electors of equal power, f = 1, q = 3: three honest ones and one that may
 * send anything to anyone, at any time, and different things to different electors.
 *
 * Bounds: one contribution that each honest elector holds or lacks when it closes, hence two possible sets (0 without it, 1 with it), and
 * ATTEMPTS attempts of the contested close. Within them everything is left open: order, loss and delay of messages, when timeouts end,
 * who proposes. What an honest elector sends is never taken back, so that crashes with durable statements change nothing.
 *
 * No messages are modelled. Whatever an honest elector has sent, another may have received or not: a rule may fire as soon as what it
 * needs has been sent, and need not. The faulty elector's witness, proposal or vote is there for whoever could use it. Every proposer may
 * act as a faulty one and propose any justified set. All of that allows more than the protocol does, so that what holds here holds there.
 *
 * -DNO_LOCK, -DFAST_AT_Q, -DINCLUSION_AT_F, -DQUORUM_LESS_ONE and -DOLD_POLKA (a polka is taken on trust) each break a rule; an assertion must then fail.
 */
#ifndef ATTEMPTS
#define ATTEMPTS 2
#endif
#define HONEST 3

/* Honest electors whose like statements make a quorum together with the faulty one. */
#ifdef QUORUM_LESS_ONE
#define ENOUGH 1
#else
#define ENOUGH 2
#endif

/* Honest witnesses of one set that make a unanimous close together with the faulty one. */
#ifdef FAST_AT_Q
#define ALL 2
#else
#define ALL 3
#endif

#define NONE 0
#define NIL 1
#define SET(v) (2 + (v))
#define IS(b) ((b) -> 1 : 0)

/* Witnesses by set. */
byte listing[2];
/* Votes for a set, by attempt a and set v; a prevote also names the attempt w - 1 of its polka, w = 0 for none. */
#define VOTES(a, v) ((a) * 2 + (v))
#define PREVOTES(a, v, w) ((VOTES(a, v)) * ATTEMPTS + (w))
byte prevotes[ATTEMPTS * 2 * ATTEMPTS];
byte precommits[ATTEMPTS * 2];
bool decided[2];

/* Some J of power q whose derived set is v. The faulty elector's witness says what is needed; of those that list the contribution one
   may stand in a J of set 0, since one is not more than f. */
#ifdef INCLUSION_AT_F
#define JUSTIFIED(v) ((((v) == 1) && listing[0] + listing[1] >= ENOUGH) || (((v) == 0) && listing[0] >= ENOUGH))
#else
#define JUSTIFIED(v) ((((v) == 1) && listing[1] >= 1 && listing[0] + listing[1] >= ENOUGH) || \
  (((v) == 0) && listing[0] + IS(listing[1] > 0) >= ENOUGH))
#endif

#define POLKA1(a, v, w) (prevotes[PREVOTES(a, v, w)] >= ENOUGH)
#if ATTEMPTS == 2
#define POLKA(a, v) (POLKA1(a, v, 0) || POLKA1(a, v, 1))
#else
#define POLKA(a, v) (POLKA1(a, v, 0) || POLKA1(a, v, 1) || POLKA1(a, v, 2))
#endif

/* The polka that a proposal names is there, and the elector's own precommits for the other set are not later. */
#ifdef OLD_POLKA
#define SHOWN(v, w) (true)
#else
#define SHOWN(v, w) (w == 0 || POLKA(w - 1, v))
#endif
#ifdef NO_LOCK
#define UNLOCKED(v, w) (true)
#else
#define UNLOCKED(v, w) (w >= lock[1 - v])
#endif

inline judge() {
  v = 0;
  do
  :: v < 2 ->
     if
     :: listing[v] >= ALL -> decided[v] = true
     :: else
     fi;
     a = 0;
     do
     :: a < ATTEMPTS ->
        if
        :: precommits[VOTES(a, v)] >= ENOUGH && JUSTIFIED(v) -> decided[v] = true
        :: else
        fi;
        a++
     :: else -> break
     od;
     v++
  :: else -> break
  od;
  /* Agreement: by whichever path, never both sets. */
  assert(!(decided[0] && decided[1]));
  /* Inclusion: what all honest electors held is in; exclusion: what none of them held is out. */
  assert(!(decided[0] && listing[1] == HONEST));
  assert(!(decided[1] && listing[0] == HONEST));
  v = 0; a = 0
}

proctype elector() {
  byte at = 0;       /* the attempt that it is in */
  byte prevoted = NONE;
  byte lock[2];      /* by set: one more than the highest attempt at which it precommitted that set */
  byte v = 0, a = 0, w = 0;

  /* Its witness: with the contribution or without. */
  if
  :: d_step { listing[0]++; judge() }
  :: d_step { listing[1]++; judge() }
  fi;

  do
  /* A prevote for a proposed set, with no polka or with one of an earlier attempt. */
  :: atomic { at < ATTEMPTS && prevoted == NONE ->
       if
       :: v = 0
       :: v = 1
       fi;
       w = 0;
       do
       :: w < at -> w++
       :: break
       od;
       if
       :: JUSTIFIED(v) && SHOWN(v, w) && UNLOCKED(v, w) ->
            d_step { prevoted = SET(v); prevotes[PREVOTES(at, v, w)]++; judge() }
       :: else -> prevoted = NIL
       fi;
       v = 0; w = 0
     }
  :: atomic { at < ATTEMPTS && prevoted == NONE -> prevoted = NIL }
  /* A precommit on a polka, which ends its part in the attempt; or nil, at the polka for nil or the timeout. */
  :: atomic { at < ATTEMPTS && prevoted != NONE ->
       if
       :: POLKA(at, 0) -> d_step { precommits[VOTES(at, 0)]++; lock[0] = at + 1; judge() }
       :: POLKA(at, 1) -> d_step { precommits[VOTES(at, 1)]++; lock[1] = at + 1; judge() }
       :: true
       fi;
       v = 0; at++; prevoted = NONE
     }
  :: at == ATTEMPTS -> break
  od
}

init {
  atomic { run elector(); run elector(); run elector() }
}
