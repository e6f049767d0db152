#compdef @TOOL@
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion of @TOOL@ for zsh; the tool itself says what to offer.

local -a answer head
answer=("${(@f)$(_call_program options ${(q)${~words[1]}} --complete \
	"${(@q)${(@Q)words[2,CURRENT-1]}}" "${(q)${(Q)PREFIX}}")}")
head=(${=answer[1]})
shift answer
case $head[2] in
(words)
	compset -p $head[1]
	answer=("${(@)answer//:/\\:}")
	answer=("${(@)answer/$'\t'/:}")
	_describe @TOOL@ answer
	;;
(users)
	compset -p $head[1]
	_users
	;;
(files)
	compset -p $head[1]
	_files -g $head[3]
	;;
(command)
	shift $head[3] words
	(( CURRENT -= head[3] ))
	if (( CURRENT > 1 )); then
		_normal -p @TOOL@
	else
		compadd -V contracts -a answer
		_command_names -e -F answer
	fi
	;;
esac
