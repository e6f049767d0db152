#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every program in the section-3 pages, and in the README, compiles as it stands, runs, and prints
# what the page says. A program begins with #include; the display that follows it, if any, is its output.
# usage: examples-test.sh TOP BUILD COMPILER…
cd -- "$1" || exit 1
. tests/house/tap.sh
build=$2
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The displays under EXAMPLES of page $1, as $work/PAGE.N.c (a program) and $work/PAGE.N.out (what
# the program before it prints).
extract() {
	awk -v to="$work/$(basename "$1")" '
		/^\.Sh/ { examples = ($2 == "EXAMPLES") }
		!examples { next }
		/^\.Bd -literal/ { inside = 1; first = 1; next }
		/^\.Ed/ { inside = 0; next }
		!inside { next }
		first {
			first = 0
			if (/^#include/) file = to "." ++count ".c"
			else if (count) file = to "." count ".out"
			else file = "/dev/null"
		}
		{ gsub(/\\&/, ""); gsub(/\\e/, "\\"); gsub(/\\-/, "-"); print > file }
	' "$1"
}

# run COMMAND…: as a user would, but not for ever.
run() {
	LD_LIBRARY_PATH=$build/lib timeout -k 5 60 "$@"
}

compiles() {
	"$@" -std=c99 -Wall -Wextra -Wno-unused-parameter -Werror -Ilib -o "${source%.c}" "$source" \
		-L"$build/lib" -lmproc
}

prints_what_the_page_says() {
	run "${source%.c}" >"$work/printed" || return
	[ -e "${source%.c}.out" ] || return 0
	diff -u "${source%.c}.out" "$work/printed"
}

extract_readme() {
	sed -n '/^```c$/,/^```$/{ /^```/d; p; }' README.md >"$work/README.1.c"
}

page_without_program() {
	for page in man/*.3; do
		extract "$page"
		[ -e "$work/$(basename "$page").1.c" ] || echo "$page has no program"
	done
}

empty "every page has a complete program" page_without_program
extract_readme
for source in "$work"/*.c; do
	name=$(basename "$source" .c)
	ok "the program of $name compiles without a warning" compiles "$@"
	ok "$name runs, and prints what the page says" prints_what_the_page_says
done
tap_done
