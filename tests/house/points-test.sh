#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./check can fail: what counts as failed when points are counted. usage: points-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
good='TAP version 13\n1..2\nok 1 - one\nok 2 - two\n'

# entry NAME RESULT STATUS STDOUT: as meson logs a test.
entry() {
	printf '{"name": "mp:%s", "stdout": "%s", "result": "%s", "returncode": %s}\n' \
		"$1" "$4" "$2" "$3" >>"$work/log"
}

# counts TITLE EXPECTED: the last line, and the exit status, for what was entered so far.
counts() {
	[ -e "$work/skips" ] || : >"$work/skips"
	got=$(python3 setup/points.py --skips "$work/skips" "$work/log")
	status=$?
	is "$1" "$(echo "$got" | tail -n 1); $status" "$2"
	rm -f "$work/log" "$work/skips"
}

# With every run goes one point for the comparison of the skips.
entry "unit / a" OK 0 "$good"
counts "all is well" "3 passed, 0 failed; 0"
entry "unit / a" OK 0 "$good"
entry "unit / b" ERROR 1 '1..1\nnot ok 1 - three\n# why\n'
counts "a point failed" "3 passed, 1 failed; 1"
entry "unit / a" ERROR -11 "$good"
counts "all points passed, then it crashed" "3 passed, 1 failed; 1"
entry "unit / a" TIMEOUT -15 "$good"
counts "it did not end" "3 passed, 1 failed; 1"
entry "unit / a" OK 0 '1..3\nok 1\nok 2\n'
counts "a point is missing" "3 passed, 1 failed; 1"
entry "unit / a" OK 0 'ok 1\nok 2\n'
counts "there is no plan" "3 passed, 1 failed; 1"
entry "unit / a" TIMEOUT -15 'ok 1 - one\nok 2 - two\n'
counts "it hangs" "3 passed, 1 failed; 1"
is "and where is told" "$(echo "$got" | grep ^failed)" \
	"failed: unit / a: no plan after 'two'; ended as TIMEOUT, exit status -15"
entry "unit / a" OK 0 "$good"
entry "unit / b" SKIP 0 '1..0\n'
counts "a test without a point" "3 passed, 1 failed; 1"
entry "unit / a" OK 0 "$good"
entry "unit / b" OK 0 '1..1\nok 1 - three # SKIP no reason\n'
counts "a skip that nobody expects" "2 passed, 1 failed, 1 skipped; 1"
entry "unit / a" OK 0 "$good"
entry "unit / b" OK 0 '1..1\nok 1 - three # SKIP a reason\n'
echo "unit / b: three" >"$work/skips"
counts "a skip that is expected" "3 passed, 0 failed, 1 skipped; 0"
entry "unit / a" OK 0 "$good"
echo "unit / b: three" >"$work/skips"
counts "an expected skip did not come" "2 passed, 1 failed; 1"
entry "unit / b" OK 0 '1..1\nok 1 - three # SKIP a reason\n'
echo "unit / b: three" >"$work/skips"
counts "everything was skipped" "1 passed, 1 failed, 1 skipped; 1"
: >"$work/log"
counts "nothing was run" "1 passed, 1 failed; 1"
counts "there is no log" "1 passed, 1 failed; 1"
entry "unit / a" OK 0 '1..2\nok 1\nnot ok 2 - later # TO''DO\n'
counts "a point that is put off" "2 passed, 1 failed; 1"
entry "unit / a" ERROR 1 '1..2\nok 1\nBail out! no memory\n'
counts "it gave up" "2 passed, 1 failed; 1"
tap_done
