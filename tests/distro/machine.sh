# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: $arch (amd64 or arm64), $kernels (a folder in which kernels are kept for the next time),
# and root.sh, read before. Gives: Debian's kernels, and a machine that runs a command under one.
# Never: uses KVM or looks at a clock, so that it is the same machine everywhere, and how busy this
# one is makes no difference; has a network; writes elsewhere; leaves an emulator.
# To be read with `.`. Where words come back they are printed; what is told besides is on standard
# error.
#
#   describe_arch            sets what depends on $arch: $qemu, $machine (its options), $console
#   fetch_kernel SUITE KIND  prints the file of that suite's kernel, vmlinuz-RELEASE, from where
#                            apt of this machine has Debian, verified as apt does. One that is
#                            there is used again, without a network. Fails with one line. The kind
#                            is what Debian calls it, default cloud-$arch.
#   pack ROOT FILE LINE      makes an initramfs of a folder, which runs the line of shell as root
#                            when it is booted. The root needs what the line needs, and bin/busybox
#                            (static), whose applets it has behind its own programs. /proc, /sys,
#                            /dev and an empty /tmp are there, and it is called guest.
#   boot VMLINUZ FILE LOG    boots both in a machine with $memory MB (1024), which powers itself
#                            off, or is stopped after $patience seconds of a processor (1800), or
#                            with the shell. LOG: all that came over the console. The status is
#                            that of the line; 125 when it did not come to an end. To be called
#                            in a shell of its own, which ends with it on SIGTERM.
#   came_to_end LOG          succeeds if the machine did
#   status_of LOG            prints the status of the line; nothing when it did not come to its end
#   output LOG               prints what the line printed
#   kernel_log LOG           prints what the kernel logged, until after the line
#   complaints LOG           prints the lines in which the kernel complains; fails if there is none

# The machine's time is the number of its instructions, two nanoseconds each, and what it sleeps is
# skipped: with a clock of this world, a kernel whose emulator waits for a processor finds itself
# stalled. Two processors QEMU 7.2 cannot have then: one that waits for the other keeps its turn.
# For amd64 it is a simple model, since pages of five levels and large registers take twice as long.
# There cmpxchg16b may come to its end with any flags: kernels that use it for every small piece of
# memory panic in one boot out of five. Before 7.0 they do, unless they check these pieces. There has
# to be one: MPI and, from 7.0, BPF's task storage use it.
describe_arch() {
	machine='-accel tcg,thread=single -icount shift=1,sleep=off -smp 1'
	case ${arch:?} in
	amd64)
		qemu=qemu-system-x86_64 console=ttyS0
		cpu=qemu64 until_6=slub_debug=F
		;;
	arm64)
		qemu=qemu-system-aarch64 console=ttyAMA0
		machine="-machine virt $machine"
		cpu=max,pauth-impdef=on,sve=off,lpa2=off until_6=
		;;
	*) fail "no machine is described for $arch" ;;
	esac
}

# ---------------------------------------------------------------------------------------------
# Kernels

# apt_in PLACE PROGRAM WORDS…: with the keys and proxies of this machine's apt, but for $arch, from
# PLACE/sources, and knowing nothing of what is installed.
apt_in() {
	apt_place=$1 program=$2
	shift 2
	"$program" -qq -o Dir::State="$apt_place" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$apt_place" -o Dir::Etc::SourceList="$apt_place/sources" \
		-o Dir::Etc::SourceParts=/dev/null -o APT::Architecture="$arch" \
		-o APT::Architectures="$arch" -o Acquire::Languages=none \
		-o Acquire::Retries=5 -o APT::Sandbox::User=root "$@"
}

# kernel_packages PLACE KIND: those with the files; the one with the name that stays only leads there.
kernel_packages() {
	apt_in "$1" apt-cache depends --recurse --no-recommends --no-suggests --no-breaks \
		--no-conflicts --no-replaces "linux-image-$2" |
		grep -E '^linux-(image|binary)-[0-9]'
}

# unpack_kernel PLACE: from /boot, or since 7.2 from beside its modules.
unpack_kernel() {
	for package in "$1"/linux-*.deb; do
		dpkg-deb --fsys-tarfile "$package" |
			tar -x -C "$1" --wildcards './boot/vmlinuz-*' './usr/lib/modules/*/vmlinuz' \
				2>/dev/null || : # each has one of them, or none
	done
	for file in "$1"/usr/lib/modules/*/vmlinuz; do
		[ ! -e "$file" ] || mv "$file" "$1/vmlinuz-$(basename "$(dirname "$file")")"
	done
	[ ! -e "$1/boot" ] || mv "$1"/boot/vmlinuz-* "$1"
	(cd "$1" && rm -rf boot usr linux-*.deb)
}

# download_kernel PLACE KIND: into a place that is empty, so that what is there is whole.
download_kernel() {
	mkdir -p "$1/lists/partial" "$1/archives/partial"
	apt_sources >"$1/sources" || return
	apt_in "$1" apt-get update >&2 || return
	packages=$(kernel_packages "$1" "$2") || return
	# shellcheck disable=SC2086 # words
	(cd "$1" && apt_in "$1" apt-get download $packages >&2) || return
	unpack_kernel "$1"
	rm -rf "$1/lists" "$1/archives" "$1"/*.bin
	ls "$1"/vmlinuz-* >/dev/null
}

fetch_kernel() {
	suite=$1 kind=${2:-cloud-$arch} place=${kernels:?}/$arch-$1${2:+-$2}
	if ! ls "$place"/vmlinuz-* 2>/dev/null; then
		rm -rf "$place" "$place.part"
		download_kernel "$place.part" "$kind" >&2 || {
			say "the kernel $kind of Debian $suite cannot be fetched (see above):" \
				"is the mirror of this machine's apt there?" >&2
			return 1
		}
		mv "$place.part" "$place"
		ls "$place"/vmlinuz-*
	fi
}

# ---------------------------------------------------------------------------------------------
# The machine

write_init() {
	cat <<END
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /var/tmp /applets
/bin/busybox --install -s /applets
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/applets
export PATH HOME=/root LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
chmod 1777 /tmp /var/tmp
hostname guest
ip link set lo up
exec </dev/null
echo
echo '@ output'
$1
echo "@ status \$?"
dmesg
echo "@ tainted \$(cat /proc/sys/kernel/tainted)"
echo '@ end'
poweroff -f
END
}

pack() {
	write_init "$3" >"$1/init"
	chmod 755 "$1/init"
	(cd "$1" && find . | cpio --quiet -o -H newc -R 0:0) >"$2"
}

came_to_end() {
	tr -d '\r' <"$1" | grep -qx '@ end'
}

# between LOG FIRST LAST: the lines between those that begin so.
between() {
	tr -d '\r' <"$1" | sed -n "/^$2/,/^$3/p" | sed "/^$2/d;/^$3/d"
}

status_of() {
	tr -d '\r' <"$1" | sed -n 's/^@ status //p' | tail -n 1
}

output() {
	between "$1" '@ output' '@ status'
}

kernel_log() {
	between "$1" '@ status' '@ tainted'
}

# What broke may never have reached its own log: then the console has it. Nothing is ignored, and
# what has no words here mostly leaves a taint.
complaints() {
	tr -d '\r' <"$1" | grep -aE '@ tainted [^0]|cut here|WARNING: |BUG: |BUG at|Oops|UBSAN: |Call Trace|general protection|Unable to handle|Kernel panic|soft lockup|hard LOCKUP|rcu: INFO|rcu.*(stall|starved)|blocked for more than|Tainted: '
}

# Two limits, because one that is stuck either does something all the time, or nothing any more.
emulate() {
	# shellcheck disable=SC2086 # words
	exec timeout $((10 * ${patience:-1800})) prlimit --cpu="${patience:-1800}" \
		"$qemu" $machine -cpu "$cpu" -m "${memory:-1024}" \
		-nographic -no-reboot -nic none -kernel "$1" -initrd "$2" \
		-append "console=$console quiet panic=-1 log_buf_len=4M $more" </dev/null >"$3" 2>&1
}

boot() {
	case ${1##*/vmlinuz-} in
	[1-6].*) more=$until_6 ;;
	*) more= ;;
	esac
	trap 'kill "$!"; wait "$!"; exit 143' TERM
	emulate "$@" &
	wait "$!" || echo "QEMU ended with $?" >>"$3"
	trap - TERM
	came_to_end "$3" || return 125
	return "$(status_of "$3")"
}
