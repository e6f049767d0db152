#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The layout of the C sources is that of .clang-format. usage: format-test.sh TOP
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh

# Versions of clang-format differ in details; the house is written with this one.
version=$(clang-format --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$version" != 14 ]; then
	echo "# clang-format $version may see what 14 does not"
fi

badly_laid_out() {
	# shellcheck disable=SC2046 # names without blanks
	clang-format --dry-run --style=file $(sources '*.c' '*.h') 2>&1 |
		sed -n 's/^\([^:]*:[0-9]*\):.*Wclang-format-violations.*/\1/p' | sort -u | head -n 20
}

ok "clang-format reads .clang-format" clang-format --style=file --dump-config
empty "the C sources are laid out by clang-format" badly_laid_out
tap_done
