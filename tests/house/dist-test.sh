#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What `meson dist` makes of the last commit is all of it but the packaging, builds far from any
# git, and answers there to the commands of the README. usage: dist-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh
version=$(version)
release=mp-tools-$version

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# The sources may be another user's: root asks git here, and git would refuse.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

# A build folder of its own: that of the caller may be another user's. What is not committed yet is
# no part of a release, and no reason to make none.
dist() {
	meson setup -Dtracer=disabled -Dmpi=disabled "$work/build" &&
		meson dist -C "$work/build" --no-tests --allow-dirty
}

committed() {
	git ls-tree -r --name-only HEAD | grep -vE '^(debian|rpm|\.ci)/' | sort
}

released() {
	(cd "$work/$release" && find . ! -type d | sed 's,^\./,,' | sort)
}

# In the folder of the release, where no git is and none is asked.
there() {
	(cd "$work/$release" && PATH="$work/no-git:$PATH" "$@")
}

no_git() {
	mkdir "$work/no-git"
	printf '#!/bin/sh\necho "git is not here" >&2\nexit 127\n' >"$work/no-git/git"
	chmod 755 "$work/no-git/git"
}

builds() {
	there meson setup -Doptimization=0 build && there ninja -C build
}

# Those that read files of the sources; all the others have been built like them.
tests() {
	there meson test -C build --no-rebuild --list 2>/dev/null | sed -n 's,.* / ,,p' |
		grep -E '^(parse_manual|judge_contracts|house-(rooms|sources|format|pages|setup|points|reuse))'
}

# shellcheck disable=SC2046 # words
tests_pass() {
	there meson test -C build --no-rebuild --print-errorlogs $(tests)
}

same_version() {
	"$work/$release/build/tools/mp-pipe" --version
}

ok "meson dist works" dist
ok "its tarball can be unpacked" tar xf "$work/build/meson-dist/$release.tar.xz" -C "$work"
no_git
is "it has every file but the packaging" "$(released)" "$(committed)"
ok "it builds where no git is" builds
is "and has its version" "$(same_version)" "mp-pipe (mp-tools) $version"
ok "there are tests that read its sources" test "$(tests | wc -l)" -gt 5
ok "they pass there" tests_pass
for me in try check; do
	ok "./$me --help says there how it is used" there sh -c "./$me --help | grep -q '^usage: sudo ./$me'"
done
tap_done
