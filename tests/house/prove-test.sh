#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# prove reads our TAP as meson test does (which reads this): what passes and what does not.
# usage: prove-test.sh TOP TAP-SAMPLE TEST…
cd -- "$1" || exit 1
. tests/house/tap.sh
sample=$2
shift 2

# Nothing that the caller set for his own runs of prove.
unset HARNESS_OPTIONS PERL_TEST_HARNESS_DUMP_TAP HARNESS_VERBOSE

accepts() {
	prove --norc --exec '' "$1"
}

# It ran, and the result was FAIL: that it could not be run does not count.
refuses() {
	# …and it failed for its points, not because it gave up, unless that is what it is to do.
	said=$(prove --norc --exec "$1" "$2" 2>&1)
	echo "$said"
	echo "$said" | grep -qx 'Result: FAIL' || return
	[ "$2" = bail ] || ! echo "$said" | grep -q 'Bailout'
}

for program; do
	ok "prove accepts $(basename "$program")" accepts "$program"
done
ok "prove accepts a test in sh" prove --norc tests/house/points-test.sh :: "$PWD"
for way in pass child skip; do
	ok "prove accepts a test with the outcome: $way" \
		prove --norc --exec "$sample" "$way"
done
for way in fail heir short long bail; do
	ok "prove refuses a test with the outcome: $way" refuses "$sample" "$way"
done
tap_done
