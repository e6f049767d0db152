#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data flows kernel -> record -> model -> verdict -> picture and never back: who may include
# whom. usage: rooms-test.sh TOP
cd -- "$1" || exit 1
here=tests/house
. $here/tap.sh
. $here/sources.sh

# room            may include files of (a file by name, or a whole room)
direction='
lib               lib
lib/mpi           lib/mpi lib
bpf               bpf
tools             tools lib/mproc.h
tools/trace/show     tools/trace/show
tools/trace/record   tools/trace/record bpf/event.h
tools/trace/collect  tools/trace/collect tools/trace/record bpf/event.h bpf/control.h trace.skel.h
tools/trace/resolve  tools/trace/resolve tools/trace/record bpf/event.h
tools/trace/judge    tools/trace/judge tools/trace/show tools/trace/resolve tools/trace/record bpf/event.h
tools/trace/render   tools/trace/render tools/trace/show tools/trace/judge tools/trace/resolve tools/trace/record bpf/event.h
tools/trace       tools/trace tools/trace/show tools/trace/collect tools/trace/record tools/trace/resolve tools/trace/judge tools/trace/render tools/cli.h
'

# header of the system     the only room that may know it
known_by='
bpf/bpf.h          tools/trace/collect
bpf/libbpf.h       tools/trace/collect
bpf/skel_internal.h  tools/trace/collect
bpf/bpf_helpers.h  bpf
bpf/bpf_core_read.h  bpf
bpf/bpf_tracing.h  bpf
libelf.h           tools/trace/judge
gelf.h             tools/trace/judge
zlib.h             tools/trace/record
mpi.h              lib/mpi
'

files_of() {
	sources "$1/*.c" "$1/*.h" | grep -E "^$1/[^/]*$"
}

# The file of ours that a quoted include means, as ROOM/NAME: beside the includer, else the only
# one of that name.
meant() {
	if [ -e "$1/$2" ]; then
		echo "$1/$2"
	else
		sources | grep -E "^(lib|bpf|tools)/(.*/)?$2$" | head -n 1
	fi
}

may_include() {
	for allowed in $2; do
		case $1 in
		"$allowed") return 0 ;;
		"$allowed"/*/*) ;;
		"$allowed"/*) return 0 ;;
		esac
	done
	return 1
}

wrong_includes() {
	room=$1
	shift
	[ -n "$(files_of "$room")" ] || echo "$room has no sources"
	files_of "$room" | while read -r file; do
		sed -n 's/^#[[:space:]]*include "\(.*\)".*/\1/p' "$file" | while read -r name; do
			target=$(meant "$room" "$name")
			may_include "${target:-$name}" "$*" || echo "$file includes ${target:-$name}"
		done
	done
}

strangers() {
	sources 'lib/*.[ch]' 'tools/*.[ch]' 'bpf/*.[ch]' | while read -r file; do
		room=$(dirname "$file")
		sed -n 's/^#[[:space:]]*include <\(.*\)>.*/\1/p' "$file" | while read -r name; do
			owner=$(echo "$known_by" | awk -v name="$name" '$1 == name { print $2 }')
			[ -z "$owner" ] || [ "$owner" = "$room" ] ||
				echo "$file includes <$name>, which only $owner may know"
		done
	done
}

# In comments and in the examples of --help a demo may be named.
no_demo_by_name() {
	# shellcheck disable=SC2046 # names without blanks
	grep -nE 'mp-(pipe|kill|barrier|queue|pool|name|func|spawn|p2p)\b' /dev/null \
		$(sources 'tools/trace/*.[ch]' 'bpf/*.[ch]' | grep -vx tools/trace/options.c) |
		grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)'
}

while read -r room allowed; do
	[ -n "$room" ] || continue
	empty "$room includes only what it may" wrong_includes "$room" "$allowed"
done <<END
$direction
END
empty "only their own rooms know libbpf, libelf, zlib and MPI" strangers
empty "the tracer knows no demo by name" no_demo_by_name


headless() {
	for header; do
		for word in Takes Gives Never; do
			head -n 25 "$header" | grep -q "$word: *[^ ]" || echo "$header: $word?"
		done
	done
}
empty "every room's header says what it takes, gives and never does" headless \
	lib/mproc.h tools/cli.h tests/tap.h bpf/event.h tools/trace/record/record.h \
	tools/trace/collect/collect.h tools/trace/resolve/model.h tools/trace/judge/contract.h \
	tools/trace/judge/judge.h tools/trace/render/render.h tools/trace/show/show.h
tap_done
