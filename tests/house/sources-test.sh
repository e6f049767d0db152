#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every file says under which licence it stands, nothing is left to be done, nothing is too long
# to read. usage: sources-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh

# Texts that cannot hold a comment, and the licences themselves.
without_comments() {
	grep -vE '^LICENSES/|^tests/render/golden/|^debian/(changelog|copyright|source/)|\.(png|mpt)$'
}

licence_of() {
	case $1 in
	lib/* | man/*.3) echo LGPL-2.1-or-later ;;
	*) echo GPL-2.0-or-later ;;
	esac
}

wrong_licences() {
	sources | without_comments | while read -r file; do
		line=$(head -n 5 "$file" | grep -m 1 'SPDX-License-''Identifier: ')
		licence=$(echo "${line##*: }" | sed 's, *\(\*/\|-->\)$,,')
		[ "$licence" = "$(licence_of "$file")" ] || echo "$file: '$licence'"
	done
}

missing_texts() {
	for licence in LGPL-2.1-or-later GPL-2.0-or-later; do
		grep -q 'GENERAL PUBLIC LICENSE' "LICENSES/$licence.txt" || echo "$licence"
	done
	ls LICENSES | grep -vxE '(LGPL-2\.1|GPL-2\.0)-or-later\.txt'
}

# What has no place in the product: work that is left, and the workplace it was made in. The
# tests may name such words, to try what a program with such a name can do.
left_to_do() {
	# shellcheck disable=SC2046 # names without blanks
	grep -nE '\b(TO''DO|FIX''ME|X''XX|HA''CK)\b' /dev/null \
		$(sources 'lib/*' 'bpf/*' 'tools/*' 'man/*') | grep -vE '`# TO''DO`'
}

workplace() {
	# shellcheck disable=SC2046 # names without blanks
	grep -nE '(^|[^a-z])/wor''k/|\.\./shar''ed|/tm''p/(brief|build-)|iss''ue #?[0-9]' /dev/null \
		$(sources | grep -v '^LICENSES/')
}

strange_names() {
	sources | grep -vE '^[A-Za-z0-9._/-]+$'
}

binary() {
	sources | grep -v '\.png$' | while read -r file; do
		[ ! -s "$file" ] || grep -qI . "$file" || echo "$file"
	done
}

# The header of the library is its manual, and grows with each object.
long_files() {
	sources '*.c' '*.h' '*.sh' '*.py' | grep -vx lib/mproc.h | while read -r file; do
		lines=$(wc -l <"$file")
		[ "$lines" -lt 700 ] || echo "$file: $lines lines"
	done
}

long_functions() {
	sources 'lib/*.c' 'bpf/*.[ch]' 'tools/*.c' 'tests/*.c' | while read -r file; do
		awk -v file="$file" '
			/^\{/ { start = NR }
			/^\}/ && start { if (NR - start > 61) print file ":" start ": " NR - start - 1
					 start = 0 }' "$file"
	done
}

# What is to be read with `.` says so to shellcheck, and is no script.
scripts_that_cannot_run() {
	for file in try check $(sources '.ci/*' 'tests/*-test.sh' 'tests/distro/*.sh'); do
		sh -n "$file" || echo "$file"
		head -n 2 "$file" | grep -qx '# shellcheck shell=sh' && continue
		[ -x "$file" ] && head -n 1 "$file" | grep -qx '#!/bin/sh' || echo "$file"
	done
}

ok "there are sources to look at" test "$(sources | wc -l)" -gt 50
empty "every file names its licence, the library and its pages their own" wrong_licences
empty "the texts of these licences are here, and no other" missing_texts
empty "nothing is left to be done" left_to_do
empty "nothing names the place where it was made" workplace
empty "file names need no quotes" strange_names
empty "nothing that was generated is kept, but pictures" binary
empty "every file has less than 700 lines" long_files
empty "every function has 60 lines or less" long_functions
empty "the scripts can be run by any sh" scripts_that_cannot_run
tap_done
