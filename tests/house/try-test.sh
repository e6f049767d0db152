#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What ./try shows of all demos: to whom, in which order, and how it ends. usage: try-test.sh TOP
# BUILD. Needs root.
cd -- "$1" || exit 1
. tests/house/tap.sh
build=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# What is built, under the name that ./try knows.
mkdir -p "$work/real/tools"
cp -R try setup "$work/real"
cp -R tools/contracts "$work/real/tools"
ln -s "$build" "$work/real/build"

# The same with a judge who says what the test wants, and nothing to build.
mkdir -p "$work/fake/tools/contracts" "$work/fake/build/tools/trace" "$work/bin"
cp -R try setup "$work/fake"
for demo in mp-spawn mp-name mp-kill mp-pipe; do
	: >"$work/fake/tools/contracts/$demo.contract"
done
: >"$work/fake/build/build.ninja"
cat >"$work/bin/ninja" <<'END'
#!/bin/sh
echo "ninja: no work to do."
END
cat >"$work/fake/build/tools/trace/mp-trace" <<'END'
#!/bin/sh
[ "$1" != --color ] || shift 2
case $1 in
mp-name) status=1 sum='1 of 2 claims holds, 1 broken' sign='x broken' ;;
mp-kill) status=3 sum='0 of 2 claims hold, 2 inconclusive' sign='? inconclusive' ;;
mp-pipe) status=0 sum='2 of 2 claims hold' sign='v holds' ;;
mp-spawn) echo "mp-trace: no memory" >&2 && exit 2 ;;
esac
echo "output of $*"
printf "$1\n  exit 0 after 12.5 ms · 2 processes · 34 events · $((status * 7)) lost\n
Processes\n  $1 77\n\nClaims\n  $sign  a claim of $1\n  it is long\n\n$sum\n" >&2
exit $status
END
sed -i 's/· 0 lost/· none lost/' "$work/fake/build/tools/trace/mp-trace"
chmod 755 "$work/bin/ninja" "$work/fake/build/tools/trace/mp-trace"

# Called by root itself.
unset SUDO_UID SUDO_GID SUDO_USER
fake() {
	(cd "$work/fake" && PATH=$work/bin:$PATH "$@" 2>&1 </dev/null)
}
real() {
	(cd "$work/real" && "$@" 2>&1 </dev/null)
}
# What a terminal is sent.
on_terminal() {
	script -qec "$*" /dev/null | tr -d '\r' | sed "s/$(printf '\033')\[K/<clear>/g"
}

table='demo               claims held   events   lost        time
mp-spawn                     -        -      -           -
mp-name                 1 of 2       34      7     12.5 ms
mp-kill                 0 of 2       34     21     12.5 ms
mp-pipe                 2 of 2       34      0     12.5 ms'
report() {
	printf 'output of %s\n%s\n  exit 0 after 12.5 ms · 2 processes · 34 events · %s lost\n' \
		"$2" "$1" "$3"
	printf '\nProcesses\n  %s 77\n\nClaims\n  %s  a claim of %s\n  it is long\n\n%s\n' \
		"$1" "$4" "$1" "$5"
}
shown="4 demos. They take about 3 s, because some pause to be watched (mp-name 3 s);
they do not with --quick. With -v, what they print is shown.

[1/4] mp-spawn
mp-trace: no memory
[2/4] mp-name
$(report mp-name mp-name 7 'x broken' '1 of 2 claims holds, 1 broken')
[3/4] mp-kill
$(report mp-kill mp-kill 21 '? inconclusive' '0 of 2 claims hold, 2 inconclusive')
[4/4] mp-pipe
  v holds  a claim of mp-pipe
  it is long

$table"

is "the claims of who keeps them, all of who does not, and the table" "$(fake ./try)" "$shown"
fake ./try >/dev/null
is "the exit status is the largest" $? 3
is "with -v everything is shown of everybody" "$(fake ./try -v | grep '^output of')" \
	"output of mp-name
output of mp-kill
output of mp-pipe"
is "--quick gives options to who has some" "$(fake ./try --quick -v | grep '^output of')" \
	"output of mp-name --delay 0.1
output of mp-kill
output of mp-pipe"
is "--quick gives them to a single demo, too, before its own" \
	"$(cd "$work/fake" && PATH=$work/bin:$PATH ./try --quick mp-name -x 2>/dev/null)" \
	"output of mp-name --delay 0.1 -x"
is "a terminal sees which one runs" "$(fake on_terminal ./try | grep -o '^\[2/4\].*<clear>')" \
	"[2/4] mp-name (about 3 s) ...<clear>"

# The table as the demos really fill it: one row a demo, in the order of setup/demos, all claims.
expected() {
	sed -n 's/^\(mp-[a-z0-9-]*\).*/\1/p' setup/demos | while read -r demo; do
		claims=$(grep -c '^claim ' "tools/contracts/$demo.contract") &&
			echo "$demo $claims of $claims"
	done 2>/dev/null
}
measured() {
	real ./try --quick | sed -n '/^demo  /,$p' | awk 'NR > 1 { print $1, $2, $3, $4 }'
}
is "every demo keeps its whole contract with --quick" "$(measured)" "$(expected)"
tap_done
