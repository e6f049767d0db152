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

# Within the first five lines.
wrong_licences() {
	sources | without_comments | xargs awk '
		function judge() { if (got != wanted) print file ": \047" got "\047" }
		FNR == 1 && NR > 1 { judge() }
		FNR == 1 {
			file = FILENAME
			got = ""
			wanted = (file ~ /^lib\/|^man\/.*\.3$/ ? "LGPL-2.1" : "GPL-2.0") "-or-later"
		}
		FNR <= 5 && !got && sub(/.*SPDX-License-''Identifier: /, "") {
			sub(/ *(\*\/|-->)$/, "")
			got = $0
		}
		END { judge() }'
	sources | without_comments | while read -r file; do
		[ -s "$file" ] || echo "$file is empty"
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

# A folder of a fixed name in /tmp is somebody's own; a test makes one from a template.
workplace() {
	# shellcheck disable=SC2046 # names without blanks
	grep -nE '(^|[^a-z])/wor''k/|(^|[ "=:])/wor''k\b|\.\./shar''ed|iss''ue #?[0-9]'\
'|/tm''p/(s[0-9]+\b|brief|build-|[A-Za-z0-9._-]+/)' /dev/null \
		$(sources | grep -v '^LICENSES/') |
		grep -vE '/tm''p/([a-z-]+-XXXXXX|myFunc\.so)/'
}

strange_names() {
	sources | grep -vE '^[A-Za-z0-9._/-]+$'
}

binary() {
	sources | grep -v '\.png$' | xargs grep -LI . | while read -r file; do
		[ ! -s "$file" ] || echo "$file"
	done
}

# The header of the library is its manual, and grows with each object.
long_files() {
	sources '*.c' '*.h' '*.sh' '*.py' | grep -vx lib/mproc.h | xargs wc -l |
		awk '$1 >= 700 && $2 != "total" { print $2 ": " $1 " lines" }'
}

long_functions() {
	sources 'lib/*.c' 'bpf/*.[ch]' 'tools/*.c' 'tests/*.c' '*.sh' try check | xargs awk '
		FNR == 1 { start = 0 }
		/^\{|^[a-z_0-9]+\(\) *[{(]$/ { start = FNR }
		/^[})]/ && start { if (FNR - start > 61) print FILENAME ":" start ": " FNR - start - 1
				 start = 0 }'
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
