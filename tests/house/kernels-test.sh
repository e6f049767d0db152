#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tests/distro/kernels.sh makes of what comes over a console: nothing that is wrong there is
# taken for a pass. usage: kernels-test.sh TOP
# The emulator is one that prints its kernel, which is what would come over the console.
cd -- "$1" || exit 1
. tests/house/tap.sh

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
mkdir -p "$fake/bin" "$fake/root/bin" "$fake/root/guest" "$fake/keep/amd64-bookworm"
cp "$0" "$fake/root/guest/verified"
vmlinuz=$fake/keep/amd64-bookworm/vmlinuz-6.1.0-fake
cat >"$fake/bin/qemu-system-x86_64" <<'END'
#!/bin/sh
while [ "$1" != -kernel ]; do
	shift
done
cat "$2"
grep -q '^@ stuck' "$2" || exit 0
echo $$ >"${0%/*}/pid"
exec sleep 600
END
cat >"$fake/bin/apt-get" <<'END'
#!/bin/sh
exit 100
END
chmod 755 "$fake/bin/"*
PATH=$fake/bin:$PATH

# A console with the output and the words of the kernel $1; $2 is its taint.
console() {
	printf '[    0.1] Run /init\r\n\r\n@ output\r\n%s\r\n@ status 0\r\n' "$1"
	printf '[    0.0] Linux version 6.1\r\n@ tainted %s\r\n@ end\r\n' "${2:-0}"
}

not() {
	! "$@"
}

demos='@ blocks 1
@ test demos
ok 1 - mp-pipe keeps its contract
ok 2 - mp-pool keeps its contract
1..2
@ ended 0'

kernels() {
	tests/distro/kernels.sh --root "$fake/root" --keep "$fake/keep" 6.1 2>"$fake/errors"
	echo "exit $?"
}

# told TEXT LINE…: of what came over the console these points failed.
told() {
	title=$1
	shift
	kernels >"$fake/points"
	is "$title" "$(grep -E '^(not ok|exit)' "$fake/points" | sed 's/^not ok [0-9]* - //')" \
		"$(printf '%s\n' "$@" "exit 1")"
}

console "$demos" >"$vmlinuz"
is "what ran well passes" "$(kernels)" "ok 1 - 6.1 / demos: mp-pipe keeps its contract
ok 2 - 6.1 / demos: mp-pool keeps its contract
ok 3 - 6.1 / machine: came to its end
ok 4 - 6.1 / machine: the kernel complains of nothing
ok 5 - 6.1 / machine: ran all that it was given
1..5
exit 0"

while read -r words; do
	console "$demos" | sed "/^@ tainted/i $words" >"$vmlinuz"
	told "the kernel's complaint is told: $words" \
		"6.1 / machine: the kernel complains of nothing"
	ok "word for word" grep -qF "$words" "$fake/points"
done <<'END'
[    5.0] ------------[ cut here ]------------
[    5.0] WARNING: CPU: 0 PID: 1 at kernel/bpf/verifier.c:99 check+0x1/0x2
[    5.0] kernel BUG at mm/slub.c:1!
[    5.0] BUG: unable to handle page fault for address: ffff888003e00000
[    5.0] BUG: scheduling while atomic: mp-trace/71/0x00000002
[    5.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [mp-trace:71]
[    5.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
[    5.0] INFO: task mp-trace:71 blocked for more than 120 seconds.
[    5.0] general protection fault, probably for non-canonical address: 0000 [#1]
[    5.0] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[    5.0] Kernel panic - not syncing: IO-APIC + timer doesn't work!
END
console "$demos" 512 >"$vmlinuz"
told "and so is a taint" "6.1 / machine: the kernel complains of nothing"

console "$(echo "$demos" | sed 's/^ok 2/not ok 2/; s/ed 0/ed 1/')" >"$vmlinuz"
told "a contract that is broken there" "6.1 / demos: mp-pool keeps its contract"
console "$(echo "$demos" | sed '/^ok 2/d')" >"$vmlinuz"
told "a point that is missing" "6.1 / demos: 1 points of 2, exit status 0"
console "$(echo "$demos" | sed 's/ed 0/ed 139/')" >"$vmlinuz"
told "a crash behind the last point" "6.1 / demos: 2 points of 2, exit status 139"
console "$(echo "$demos" | sed '/^ok/d; s/^1..2/1..0/')" >"$vmlinuz"
told "a test without points" "6.1 / demos: 0 points of 0, exit status 0"
console "$(echo "$demos" | sed 's/^1..2/Bail out!/')" >"$vmlinuz"
told "a test that gave up" "6.1 / demos: 2 points of -1, exit status 0"
console "$(echo "$demos" | sed '/^@ ended/d')" >"$vmlinuz"
told "a test without an end" "6.1 / demos: it did not come to its end"
console "$demos" | sed '/^@ status/,$d' >"$vmlinuz"
told "a machine without an end" "6.1 / machine: came to its end" \
	"6.1 / machine: ran all that it was given"
: >"$vmlinuz"
told "a machine that says nothing" "6.1 / machine: came to its end" \
	"6.1 / machine: ran all that it was given"
console "$(echo "$demos" | sed 's/blocks 1/blocks 2/')" >"$vmlinuz"
told "a test that did not run" "6.1 / machine: ran all that it was given"
console "$demos" | sed 's/^@ status 0/@ status 127/' >"$vmlinuz"
told "a program that was not there" "6.1 / machine: ran all that it was given"

# One that is ended ends its machine.
echo '@ stuck' >"$vmlinuz"
tests/distro/kernels.sh --root "$fake/root" --keep "$fake/keep" 6.1 >"$fake/points" 2>&1 &
while [ ! -s "$fake/bin/pid" ] && kill -0 "$!"; do
	sleep 0.1
done
kill "$!"
wait "$!"
is "one that is ended says so" "exit $?" "exit 143"
ok "and its machine has ended with it" not kill -0 "$(cat "$fake/bin/pid")"
is "and what it made is not there" "$(ls "$fake/keep")" "6.1.log
amd64-bookworm"

rm -r "$fake/keep/amd64-bookworm"
is "a kernel that cannot be fetched is said in a line, and nothing passes" "$(kernels
	tail -n 1 "$fake/errors")" "exit 2
kernels.sh: the kernel cloud-amd64 of Debian bookworm cannot be fetched (see above): is the \
mirror of this machine's apt there?"
tap_done
