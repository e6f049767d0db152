#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `meson install` puts where, and that it works there: the tools answer, and a program of
# another project finds the library through pkg-config.
# usage: install-test.sh TOP BUILD PREFIX LIBDIR TRACER(true|false) [MPI…]
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh
. tests/house/install.sh
build=$2 prefix=$3 libdir=$4 tracer=$5
shift 5
mpis=$*
version=$(version)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root$prefix

# Everything that is to be there, one a line, below the prefix.
expected() {
	tools=
	for contract in tools/contracts/*.contract; do
		tools="$tools $(basename "$contract" .contract)"
		echo "share/mp-tools/contracts/$(basename "$contract")"
	done
	[ "$tracer" = false ] || tools="$tools mp-trace"
	for tool in $tools; do
		echo "bin/$tool"
		echo "share/man/man1/$tool.1"
		echo "share/bash-completion/completions/$tool"
		echo "share/fish/vendor_completions.d/$tool.fish"
		echo "share/zsh/site-functions/_$tool"
	done
	[ "$tracer" = false ] || printf 'share/man/man5/%s\n' mp-contract.5 mp-record.5
	for page in man/*.3; do
		echo "share/man/man3/$(basename "$page")"
	done
	echo share/man/man7/mp-tools.7
	echo include/mproc.h
	echo "$libdir/pkgconfig/mproc.pc"
	printf "$libdir/libmproc.so%s\n" '' .0 ".$version"
	echo "$libdir/mp-tools/myFunc.so"
	for mpi in $mpis; do
		echo "$libdir/mproc/comm-$mpi.so"
	done
}

installed() {
	(cd "$root" && find . ! -type d | sed 's,^\./,,' | sort)
}

# What was given to the compiler or the linker for the build folder only.
traces_of_the_build() {
	for file in "$root"/bin/* "$root/$libdir/libmproc.so.$version"; do
		readelf -d "$file" | grep -E 'R(UN)?PATH' | sed "s,^,$(basename "$file"): ,"
	done
	grep -F "$build" "$root/$libdir/pkgconfig/mproc.pc"
}

silent_tools() {
	for tool in "$root"/bin/*; do
		for option in --help --version; do
			LD_LIBRARY_PATH="$root/$libdir" "$tool" $option >"$work/said" 2>"$work/err" ||
				echo "$(basename "$tool") $option: exit $?"
			[ -s "$work/said" ] || echo "$(basename "$tool") $option says nothing"
			[ ! -s "$work/err" ] || echo "$(basename "$tool") $option complains"
		done
	done
}

# It needs a module, which is not where the build has it.
with_module() {
	LD_LIBRARY_PATH=$root/$libdir "$root/bin/mp-namespace" -n 2
}

# In a folder of its own, with nothing but pkg-config to lead it.
other_project() {
	cp -r tests/consumer "$work/consumer" &&
		PKG_CONFIG_PATH=$root/$libdir/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work/root \
			make -s -C "$work/consumer" clean primes
}

other_project_runs() {
	LD_LIBRARY_PATH=$root/$libdir timeout -k 5 60 "$work/consumer/primes" 100000
}

ok "meson install works" install_below "$work/root"
is "everything is installed where it is expected, and nothing else" \
	"$(installed)" "$(expected | sort)"
empty "nothing that is installed leads back to the build folder" traces_of_the_build
empty "every tool answers --help and --version" silent_tools
is "mp-namespace finds its module" "$(with_module 2>&1 | tail -n 1)" "namespace: 0=0 1=1"
rm "$root/$libdir/mp-tools/myFunc.so"
is "without it, that is said in one line" "$(with_module 2>&1 | sed 's/: [^:]*myFunc/: myFunc/')" \
	"mp-namespace: dlopen: myFunc.so: cannot open shared object file: No such file or directory"
ok "a program of another project is built with pkg-config" other_project
is "and runs" "$(other_project_runs 2>&1)" "20 ranges were counted
9592 primes below 100000; 1 worker crashed"
tap_done
