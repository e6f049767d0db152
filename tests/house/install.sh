# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: $build, a folder that is built. Gives: what `meson install` makes of it below another root.
# Never: leaves a log of root's in the folder, which its owner could not write the next time.

# install_below ROOT
install_below() {
	meson install -C "$build" --no-rebuild --quiet --destdir "$1" &&
		chown --reference="$build" "$build/meson-logs/install-log.txt"
}
