/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring and the bells of lib/comm_ring.c, as lib/comm_shared.c uses them: one writer, one
 * reader, a ring of two, and nobody who looks again by himself after a nap. Each step between two
 * semicolons is one access to shared memory, in the one order that seq_cst gives all of them.
 *
 * Proved: the assertions (nothing is lost, overtaken or overwritten), and that no state exists in
 * which both are stuck: no wake-up is lost.
 */
#define SIZE 2
#define MESSAGES 5

byte head, tail, ring[SIZE];
bit wanted, writer_bell, reader_bell;
bit writer_wakes, reader_wakes; /* FUTEX_WAKE has come to one that sleeps */
bit writer_sleeps, reader_sleeps;

/* FUTEX_WAIT looks at the word and goes to sleep in one step; or returns at once. */
inline futex_wait(bell, sleeps, wakes)
{
	if
	:: atomic { bell == 1 -> sleeps = 1; wakes = 0 }
	   atomic { wakes == 1 -> sleeps = 0; wakes = 0 }
	:: else -> skip
	fi;
	bell = 0
}

/* A look, an exchange, and a wake that may come late, or to somebody else's sleep. */
inline ring_bell(bell, sleeps, wakes)
{
	if
	:: bell == 1 ->
		atomic { was = bell; bell = 0 }
		if
		:: was == 1 ->
			atomic {
				if
				:: sleeps -> wakes = 1
				:: else -> skip
				fi
			}
		:: else -> skip
		fi
	:: else -> skip
	fi
}

active proctype writer()
{
	byte own, seen;
	bit was, armed;

	do
	:: own < MESSAGES ->
		seen = tail;
		if
		:: own - seen < SIZE ->
			if
			:: armed -> writer_bell = 0; armed = 0
			:: else -> skip
			fi;
			ring[own % SIZE] = own;
			own++;
			head = own;
			ring_bell(reader_bell, reader_sleeps, reader_wakes)
		:: else ->
			/* look_for_room(): wants it, and looks again. */
			wanted = 1;
			seen = tail;
			if
			:: own - seen < SIZE -> skip
			:: else ->
				if
				:: !armed -> writer_bell = 1; armed = 1
				:: else ->
					futex_wait(writer_bell, writer_sleeps, writer_wakes);
					armed = 0
				fi
			fi
		fi
	:: else -> break
	od
}

active proctype reader()
{
	byte own, seen, got;
	bit was, armed, want;

	do
	:: own < MESSAGES ->
		seen = head;
		assert(seen - own <= SIZE);
		if
		:: seen != own ->
			if
			:: armed -> reader_bell = 0; armed = 0
			:: else -> skip
			fi;
			got = ring[own % SIZE];
			assert(got == own);
			own++;
			tail = own;
			if
			:: wanted == 1 ->
				atomic { want = wanted; wanted = 0 }
				if
				:: want -> ring_bell(writer_bell, writer_sleeps, writer_wakes)
				:: else -> skip
				fi
			:: else -> skip
			fi
		:: else ->
			if
			:: !armed -> reader_bell = 1; armed = 1
			:: else ->
				futex_wait(reader_bell, reader_sleeps, reader_wakes);
				armed = 0
			fi
		fi
	:: else -> break
	od
}
