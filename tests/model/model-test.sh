#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every model here is searched through, completely; and one that lacks what matters must fail.
# usage: model-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# search FILE OPTION…: no state in which all are stuck, no assertion that fails, nothing left
# unvisited.
search() {
	(
		file=$1
		shift
		cd "$work" && spin -a "$@" "$file" && cc -O1 -DSAFETY -o pan pan.c && ./pan -m1000000 >log
	) >"$work/made" 2>&1 || return
	grep -q 'errors: 0$' "$work/log" && ! grep -q 'max search depth too small' "$work/log"
}

# broken TITLE FILE SED: the model with that change must not pass, and must be a model.
broken() {
	sed "$3" "$top/$2" >"$work/broken.pml"
	! cmp -s "$top/$2" "$work/broken.pml" && ! search "$work/broken.pml" &&
		grep -q 'errors: 1$' "$work/log"
}

ok "the ring and the bells: nothing lost, nobody stuck" search "$top/tests/model/ring.pml"
ok "without the reader's look after arming, a wake-up is lost" \
	broken reader tests/model/ring.pml 's/:: !armed -> reader_bell = 1; armed = 1/:: !armed -> reader_bell = 1; armed = 1; futex_wait(reader_bell, reader_sleeps, reader_wakes); armed = 0/'
ok "without the writer's second look, one is lost" \
	broken writer tests/model/ring.pml 's/^\t\t\twanted = 1;$/\t\t\tskip;/'
ok "a bell that is not rung is noticed" \
	broken bell tests/model/ring.pml 's/:: sleeps -> wakes = 1/:: sleeps -> skip/'
ok "a ring that is written too far is noticed" \
	broken room tests/model/ring.pml 's/:: own - seen < SIZE ->$/:: own - seen < SIZE + 1 ->/'

barrier=tests/model/barrier.pml
ok "the rounds of a barrier: nobody passes early, nobody is stuck" search "$top/$barrier"
ok "with somebody who aborts it, too" \
	search "$top/$barrier" -DPARTIES=2 -DROUNDS=3 -DABORTS
ok "it does not rest on naps" search "$top/$barrier" -DNO_NAPS
ok "a last one who comes too early is noticed" \
	broken early $barrier 's/my_come + 1 == PARTIES ->/my_come + 2 == PARTIES ->/'
ok "without a second wake, one that was up for a moment misses it" \
	broken missing $barrier 's/:: all -> wake_missing(mine, missing)/:: all -> skip/'
ok "so does one that was up because its time was over" \
	broken slept $barrier 's/:: !fails ->$/:: !fails -> slept = 0;/'
ok "a timeout that breaks a round which was decided is noticed" \
	broken decided $barrier 's/:: IS_DECIDED(r) -> did = 0/:: broken -> did = 0/'
ok "with one word for all rounds, they mix" \
	broken word $barrier 's/^#define WORD(r).*/#define WORD(r) 0/'
tap_done
