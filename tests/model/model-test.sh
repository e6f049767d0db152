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

# search FILE: no state in which all are stuck, no assertion that fails, nothing left unvisited.
search() {
	(
		cd "$work" && spin -a "$1" && cc -O1 -DSAFETY -o pan pan.c && ./pan -m1000000 >log
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
tap_done
