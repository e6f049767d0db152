# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion of @TOOL@ for bash; the tool itself says what to offer.

# The names in front first, then all other commands.
_@FUNCTION@_commands() {
	local name
	local -A seen=()
	compopt -o nosort
	mapfile -t COMPREPLY < <(for name in "$@" "${COMPREPLY[@]}"; do
		[[ $name != "${COMP_WORDS[COMP_CWORD]}"* || ${seen[$name]} ]] || echo "$name"
		seen[$name]=1
	done)
}

# The command that begins with word $1, as if it stood alone.
_@FUNCTION@_command() {
	if declare -F _comp_command_offset >/dev/null; then
		_comp_command_offset "$1"
	else
		_command_offset "$1"
	fi
	(($# == 1)) || _@FUNCTION@_commands "${@:2}"
}

_@FUNCTION@() {
	local -a words=("${COMP_WORDS[0]}") starts=(0) answer=()
	local i word current value skip kind rest
	COMPREPLY=()
	# Bash makes words of = and : and what is between them.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $word == [=:]* || ${COMP_WORDS[i - 1]} == *[=:] ]]; then
			words[-1]+=$word
		else
			words+=("$word") starts+=("$i")
		fi
	done
	mapfile -t answer < <("${1/#~\//$HOME/}" --complete "${words[@]:1}" 2>/dev/null)
	((${#answer[@]})) || return
	read -r skip kind rest <<<"${answer[0]}"
	answer=("${answer[@]:1}")
	current=${words[-1]} value=${current:skip}
	case $kind in
	words) mapfile -t COMPREPLY < <(compgen -W "${answer[*]%%$'\t'*}" -- "$value") ;;
	users) mapfile -t COMPREPLY < <(compgen -u -- "$value") ;;
	files)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -X "!$rest" -- "$value"; compgen -d -- "$value")
		;;
	command)
		_@FUNCTION@_command "${starts[rest]}" "${answer[@]}"
		return
		;;
	esac
	# Only what is behind the last = or : is replaced.
	COMPREPLY=("${COMPREPLY[@]/#/${current:0:skip}}")
	COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*[=:]}"}"}")
}

complete -F _@FUNCTION@ @TOOL@
