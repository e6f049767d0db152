/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rounds of lib/barrier.c: three parties that meet twice, or fewer that meet more often. The
 * first of them may run out of time at any moment that it sleeps, and with ABORTS somebody else
 * aborts the barrier at any moment, or never. A sleeper's nap may end at any moment; but nobody
 * finishes a round for somebody who died, and who was counted asleep waits for his wake without a
 * time limit, so whoever is not let go by the protocol itself is stuck here.
 *
 * Proved: the assertions (nobody passes before all have come; all of a round are told the same; who
 * slept when the last one counted was woken by him), and that no state exists in which somebody
 * sleeps for ever. Each step between two semicolons is one access to shared memory.
 */
#ifndef PARTIES
#define PARTIES 3
#define ROUNDS	2
#endif
#define NOBODY 99

/* `state`, changed by compare-and-swap of all four. */
byte round, come, breaks;
bit broken;

/* words[2]: the round that sleeps on it, and whether the one before was broken. */
byte holds[2] = {0, 1};
bit was_broken[2];

/* The kernel's queue: on which word a party sleeps. */
byte sleeps_on[PARTIES] = NOBODY;
bit was_woken[PARTIES];

/* Only for the assertions. */
byte waits[PARTIES];		/* how often each has begun to wait */
byte seen[ROUNDS + 1];		/* 1: the last one saw all of the round asleep */
byte told_passed[ROUNDS + 1], told_broken[ROUNDS + 1];

#define WORD(r)	      ((r) % 2)
#define IS_OVER(r)    (holds[WORD(r)] > (r))
#define IS_DECIDED(r) (round != (r) || broken)
#if PARTIES == 3
#define ASLEEP(w)    ((sleeps_on[0] == (w)) + (sleeps_on[1] == (w)) + (sleeps_on[2] == (w)))
#define ALL_BEGUN(n) (waits[0] >= (n) && waits[1] >= (n) && waits[2] >= (n))
#else
#define ASLEEP(w)    ((sleeps_on[0] == (w)) + (sleeps_on[1] == (w)))
#define ALL_BEGUN(n) (waits[0] >= (n) && waits[1] >= (n))
#endif

#define WAKE_ONE(w, p)                                                                             \
	if                                                                                         \
	:: sleeps_on[p] == (w) -> sleeps_on[p] = NOBODY; was_woken[p] = 1; number++                \
	:: else -> skip                                                                            \
	fi

/* mp_futex_wake(): all that sleep on the word. */
inline wake(w, number)
{
	d_step {
		number = 0;
		WAKE_ONE(w, 0);
		WAKE_ONE(w, 1);
#if PARTIES == 3
		WAKE_ONE(w, 2)
#endif
	}
}

/* finish(): changes the word, then wakes; whoever comes second does nothing. */
inline finish(r, is_broken, number)
{
	d_step {
		number = 0;
		if
		:: IS_OVER(r) -> first = 0
		:: else ->
			holds[WORD(r)] = (r) + 2;
			was_broken[WORD(r)] = is_broken;
			first = 1
		fi
	};
	if
	:: first -> wake(WORD(r), number)
	:: else -> skip
	fi
}

/* break_round() */
inline break_round(r, did)
{
	atomic {
		if
		:: IS_DECIDED(r) -> did = 0
		:: else -> broken = 1; come = 0; breaks++; did = 1
		fi
	};
	if
	:: did -> finish(r, 1, woke)
	:: else -> skip
	fi
}

/* mp_futex_wait(): looks at the word and goes to sleep in one step, or returns at once (EAGAIN).
 * Sleep ends by a wake; by the end of a nap; or, if `timed`, because the time is up. */
inline futex_wait(w, value, value_broken, timed)
{
	if
	:: atomic { holds[w] == value && was_broken[w] == value_broken ->
			sleeps_on[me] = w; was_woken[me] = 0; slept = 1 }
		if
		:: was_woken[me] -> skip
#ifndef NO_NAPS
		:: atomic { sleeps_on[me] == w -> sleeps_on[me] = NOBODY; was_woken[me] = 0 }
#endif
		:: atomic { timed && sleeps_on[me] == w ->
				sleeps_on[me] = NOBODY; was_woken[me] = 0; time_is_up = 1 }
		fi
	:: else -> was_woken[me] = 0
	fi
}

/* be_woken(): no nap ends it, so that a wake that does not come is noticed here. */
inline be_woken(r)
{
	if
	:: atomic { holds[WORD(r)] == (r) + 2 && !was_broken[WORD(r)] ->
			sleeps_on[me] = WORD(r) }
		was_woken[me] -> skip
	:: else -> skip
	fi
}

/* sleep_through() */
inline sleep_through(r, timed)
{
	was_woken[me] = 0;
	do
	:: time_is_up || IS_OVER(r) -> break
	:: else ->
		atomic { value = holds[WORD(r)]; value_broken = was_broken[WORD(r)] };
		if
		:: value > (r) -> break
		:: else -> futex_wait(WORD(r), value, value_broken, timed)
		fi
	od;
	if
	:: !time_is_up && slept && !was_woken[me] && seen[r] -> be_woken(r)
	:: else -> skip
	fi
}

/* outcome() */
inline outcome(r, k, result)
{
	atomic {
		if
		:: holds[WORD(r)] == (r) + 2 -> result = was_broken[WORD(r)]
		:: else -> result = (breaks != k)
		fi
	}
}

/* gather(): until all the others sleep, or somebody else has decided, or patience ends. */
inline gather(r, all)
{
	if
	:: atomic { ASLEEP(WORD(r)) == PARTIES - 1 -> all = 1 }
	:: IS_DECIDED(r) -> all = 0
	:: all = 0
	fi
}

inline wake_missing(r, missing)
{
	do
	:: missing == 0 -> break
	:: else -> wake(WORD(r), woke); missing = missing - woke
	od
}

/* mp_barrier_wait_index(): fails is 1 when the barrier is broken. */
inline barrier_wait()
{
	do
	:: atomic { mine = round; my_breaks = breaks; my_come = come; is_last = broken };
		if
		:: is_last -> fails = 1; break
		:: else -> skip
		fi;
		if
		:: my_come + 1 == PARTIES ->
			gather(mine, all);
			/* The census and the flag belong to the assertions; the swap decides. */
			atomic {
				if
				:: round == mine && come == my_come && !broken && breaks == my_breaks ->
					round++; come = 0; seen[mine] = all; is_last = 1
				:: else -> is_last = 0
				fi
			};
			if
			:: is_last ->
				finish(mine, 0, woke);
				missing = PARTIES - 1 - woke;
				if
				:: all -> wake_missing(mine, missing)
				:: else -> skip
				fi;
				fails = 0;
				break
			:: else -> skip
			fi
		:: else ->
			atomic {
				if
				:: round == mine && come == my_come && !broken && breaks == my_breaks ->
					come++; is_last = 1
				:: else -> is_last = 0
				fi
			};
			if
			:: is_last ->
				slept = 0;
				sleep_through(mine, me == 0);
				if
				:: time_is_up ->
					/* give_up() */
					break_round(mine, fails);
					time_is_up = 0;
					if
					:: !fails ->
						sleep_through(mine, 0);
						outcome(mine, my_breaks, fails)
					:: else -> skip
					fi
				:: else -> outcome(mine, my_breaks, fails)
				fi;
				/* All that slept at the census were woken by the last one. */
				assert(fails || !seen[mine] || was_woken[me]);
				break
			:: else -> skip
			fi
		fi
	od
}

active [PARTIES] proctype party()
{
	byte me = _pid, mine, my_breaks, my_come, value, woke, missing;
	bit is_last, all, fails, first, slept, time_is_up, value_broken;

	do
	:: waits[me] < ROUNDS && !fails ->
		waits[me]++;
		barrier_wait();
		atomic {
			if
			:: fails -> told_broken[mine] = 1
			:: else ->
				assert(ALL_BEGUN(waits[me]));
				told_passed[mine] = 1
			fi;
			assert(!told_passed[mine] || !told_broken[mine]);
			/* What is not needed any more makes no difference. */
			mine = 0; my_breaks = 0; my_come = 0; value = 0; value_broken = 0;
			woke = 0; missing = 0; is_last = 0; all = 0; first = 0; slept = 0;
			time_is_up = 0; was_woken[me] = 0
		}
	:: else -> break
	od
}

#ifdef ABORTS
/* mp_barrier_abort() */
active proctype aborter()
{
	byte mine, woke;
	bit did, first;

	if
	:: skip
	:: do
		:: atomic { mine = round; did = broken };
			if
			:: did -> finish(mine, 1, woke); break
			:: else -> break_round(mine, did)
			fi;
			if
			:: did -> break
			:: else -> skip
			fi
		od
	fi
}
#endif
