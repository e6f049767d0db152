/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the few words that the collector and the hooks share in mapped memory,
 * so that nothing needs bpf(2) once privileges are dropped. Never: part of a record.
 */
#ifndef MP_CONTROL_H
#define MP_CONTROL_H

#include "event.h"

struct mp_control {
	/* written by the collector */
	__u64 wake_at; /* bytes in the ring from which the collector is woken at once */
	__u64 bulk_to; /* bytes in the ring from which only births, ends and the like have room */
	__u64 page;    /* bytes in a page of memory */
	__u64 closing; /* the run is over: only ends and signals are recorded from now on */
	/* written by the hooks */
	__u64 shares;	      /* somebody has mapped memory that can be shared */
	__u64 lost[MP_KINDS]; /* no room in the ring */
	__u64 unmarked;	      /* children for which there was no memory to mark them as traced */
};

/* What is kept for every traced thread. The collector writes one, for the command. */
struct mp_task {
	__u64 start;	   /* of its thread group */
	__u64 image;	   /* its memory at the last exec that was told */
	__u64 blocked;	   /* went to sleep in the current call; 0: it has not */
	__u64 almost;	   /* was preempted on its way to sleep */
	__s32 blocked_nr;  /* the call in which it did */
	__u32 gated;	   /* has not become the command yet: nothing counts but its end */
	__u32 blind;	   /* causes of blindness that were reported already, a bit each */
	__s32 cut_nr;	   /* the last call was interrupted while asleep: which, */
	__u64 ended;	   /* its end was told; 2: that of the process, too, by another thread */
	__u64 cut_begin;   /* since when it slept (0: none), */
	__u64 cut_place;   /* where its caller was to go on, */
	__u64 cut_args[6]; /* and its arguments */
};

#endif
