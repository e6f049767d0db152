/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes in lines, claims and declarations. */
#include "parse_bad.h"

/* clang-format off */
const struct parse_bad_whole parse_bad_wholes[] = {
	{"// a comment\n"
	 "process p = first child of main\n"
	 "process q = second child of main\n"
	 "process r = third child of main\n"
	 "group g = all children of main\n"
	 "group h = the children of main\n"
	 "claim 'a'\n"
	 " main prints \xe2\x80\x9cx\xe2\x80\x9d\n"
	 " main exits // so\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"//\"\n"
	 "    // a comment\n"
	 "    ^~\n"
	 "    did you mean \"#\"?\n"
	 "test:2:13: expected \"main\", \"child\" or \"descendant\", saw \"first\"\n"
	 "    process p = first child of main\n"
	 "                ^~~~~\n"
	 "    did you mean \"child 1\"?\n"
	 "test:3:13: expected \"main\", \"child\" or \"descendant\", saw \"second\"\n"
	 "    process q = second child of main\n"
	 "                ^~~~~~\n"
	 "    did you mean \"child 2\"?\n"
	 "test:4:13: expected \"main\", \"child\" or \"descendant\", saw \"third\"\n"
	 "    process r = third child of main\n"
	 "                ^~~~~\n"
	 "    did you mean \"child 3\"?\n"
	 "test:5:11: expected processes, groups, \"children\" or \"descendants\", saw \"all\", which is not declared\n"
	 "    group g = all children of main\n"
	 "              ^~~\n"
	 "    leave it out\n"
	 "test:6:11: expected processes, groups, \"children\" or \"descendants\", saw \"the\"\n"
	 "    group h = the children of main\n"
	 "              ^~~\n"
	 "    leave it out\n"
	 "test:7:7: expected a title in quotes, saw \"'\": the quotation mark is \"\n"
	 "    claim 'a'\n"
	 "          ^\n"
	 "test:8:14: expected a text in quotes, saw \"\\xe2\\x80\\x9c\": the quotation mark is \"\n"
	 "     main prints \\xe2\\x80\\x9cx\\xe2\\x80\\x9d\n"
	 "                 ^~~~~~~~~~~~\n"
	 "test:9:13: expected a count, \"before\", \"after\", \"in the order of\", \"for each\", \"when\" or the end of the line, saw \"//\"\n"
	 "     main exits // so\n"
	 "                ^~\n"
	 "    did you mean \"#\"?\n"},
	{"",
	 "test:1:1: expected a claim, saw none in the whole contract\n"},
	{"# nothing but a comment\n",
	 "test:1:1: expected a claim, saw none in the whole contract\n"},
	{"process p = main\n",
	 "test:1:1: expected a claim, saw none in the whole contract\n"},
	{"claim \"a\"\n",
	 "test:1:7: the claim has no clause\n"
	 "    claim \"a\"\n"
	 "          ^~~\n"},
	{"claim \"a\"\n"
	 "claim \"b\"\n"
	 " main exits\n",
	 "test:1:7: the claim has no clause\n"
	 "    claim \"a\"\n"
	 "          ^~~\n"},
	{"claim \"a\"\n"
	 " main exits\n"
	 "claim \"b\"\n"
	 "process p = main\n",
	 "test:3:7: the claim has no clause\n"
	 "    claim \"b\"\n"
	 "          ^~~\n"},
	{" main exits\n",
	 "test:1:2: a clause stands under a claim, and no claim has begun yet\n"
	 "     main exits\n"
	 "     ^~~~\n"},
	{" main exits\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:2: a clause stands under a claim, and no claim has begun yet\n"
	 "     main exits\n"
	 "     ^~~~\n"},
	{"claim \"a\"\n"
	 "main exits\n",
	 "test:2:1: a clause is indented under its claim; \"main\" stands in the first column\n"
	 "    main exits\n"
	 "    ^~~~\n"},
	{"claim \"a\"\n"
	 " main exits\n"
	 "main exits once\n",
	 "test:3:1: a clause is indented under its claim; \"main\" stands in the first column\n"
	 "    main exits once\n"
	 "    ^~~~\n"},
	{"clame \"a\"\n"
	 " main exits\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"clame\"\n"
	 "    clame \"a\"\n"
	 "    ^~~~~\n"
	 "    did you mean \"claim\"?\n"},
	{"claim \"a\"\n"
	 " main exits\n"
	 "Assert \"b\"\n"
	 " main exits\n",
	 "test:3:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"Assert\"\n"
	 "    Assert \"b\"\n"
	 "    ^~~~~~\n"},
	{"\"a\"\n"
	 " main exits\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"a\"\n"
	 "    \"a\"\n"
	 "    ^~~\n"},
	{"= 3\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"=\"\n"
	 "    = 3\n"
	 "    ^\n"},
	{" claim \"a\"\n"
	 " main exits\n",
	 "test:1:2: a claim starts in the first column\n"
	 "     claim \"a\"\n"
	 "     ^~~~~\n"},
	{"claim \"a\"\n"
	 " main exits\n"
	 " process p = child 1 of main\n"
	 " p exits\n",
	 "test:3:2: a declaration starts in the first column\n"
	 "     process p = child 1 of main\n"
	 "     ^~~~~~~\n"},
	{"claim\n"
	 " main exits\n",
	 "test:1:6: expected a title in quotes, saw the end of the line\n"
	 "    claim\n"
	 "         ^\n"},
	{"claim a\n"
	 " main exits\n",
	 "test:1:7: expected a title in quotes, saw \"a\": put \" around it\n"
	 "    claim a\n"
	 "          ^\n"},
	{"claim \"\"\n"
	 " main exits\n",
	 "test:1:7: expected a title, saw an empty text\n"
	 "    claim \"\"\n"
	 "          ^~\n"},
	{"claim \"a\n"
	 " main exits\n",
	 "test:1:7: the text has no closing \"\n"
	 "    claim \"a\n"
	 "          ^\n"},
	{"claim \"a\" b\n"
	 " main exits\n",
	 "test:1:11: expected the end of the line, saw \"b\"\n"
	 "    claim \"a\" b\n"
	 "              ^\n"},
	{"claim \"a\\x00\"\n"
	 " main exits\n",
	 "test:1:7: a title cannot hold a zero byte\n"
	 "    claim \"a\\x00\"\n"
	 "          ^~~~~~~\n"},
	{"claim \"a\\n\"\n"
	 " main exits\n",
	 "test:1:9: expected \\\" \\\\ \\* \\{ \\} \\t or \\xNN, saw \\n\n"
	 "    claim \"a\\n\"\n"
	 "            ^~\n"},
	{"claim \"a\\xg0\"\n"
	 " main exits\n",
	 "test:1:9: expected \\\" \\\\ \\* \\{ \\} \\t or \\xNN, saw \\x\n"
	 "    claim \"a\\xg0\"\n"
	 "            ^~\n"},
	{"claim \"a\\x0\"\n"
	 " main exits\n",
	 "test:1:9: expected \\\" \\\\ \\* \\{ \\} \\t or \\xNN, saw \\x\n"
	 "    claim \"a\\x0\"\n"
	 "            ^~\n"},
	{"claim \"a\\\"\n"
	 " main exits\n",
	 "test:1:7: the text has no closing \"\n"
	 "    claim \"a\\\"\n"
	 "          ^\n"},
	{"claim \"a\"\n"
	 " main exits\n"
	 " claim \"c\"\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:3:2: a claim starts in the first column\n"
	 "     claim \"c\"\n"
	 "     ^~~~~\n"
	 "test:4:7: the claim in line 1 has the same title\n"
	 "    claim \"a\"\n"
	 "          ^~~\n"},
	{"claim \"a\"\n"
	 " main exits # \033[1m\n",
	 "test:2:15: expected text, saw a control character; in quotes, write it as \\xNN\n"
	 "     main exits # \\x1b[1m\n"
	 "                  ^~~~\n"},
	{"claim \"a\"\n"
	 " main exits \377\n",
	 "test:2:13: expected UTF-8 text, saw the byte 0xff; in quotes, write it as \\xff\n"
	 "     main exits \\xff\n"
	 "                ^~~~\n"},
	{"claim \"\303\"\n"
	 " main exits\n",
	 "test:1:8: expected UTF-8 text, saw the byte 0xc3; in quotes, write it as \\xc3\n"
	 "    claim \"\\xc3\"\n"
	 "           ^~~~\n"},
	{"claim \"a\"\n"
	 " main exits \177\n",
	 "test:2:13: expected text, saw a control character; in quotes, write it as \\xNN\n"
	 "     main exits \\x7f\n"
	 "                ^~~~\n"},
	{"claim \"\355\240\200\"\n"
	 " main exits\n",
	 "test:1:8: expected UTF-8 text, saw the byte 0xed; in quotes, write it as \\xed\n"
	 "    claim \"\\xed\\xa0\\x80\"\n"
	 "           ^~~~\n"},
	{"claim \"a\"\015main exits\n",
	 "test:1:10: expected text, saw a control character; in quotes, write it as \\xNN\n"
	 "    claim \"a\"\\x0dmain exits\n"
	 "             ^~~~\n"},
	{"claim \"a\"\n"
	 " main \302\240exits\n",
	 "test:2:7: expected a verb, saw \"\\xc2\\xa0\"\n"
	 "     main \\xc2\\xa0exits\n"
	 "          ^~~~~~~~\n"},
	{"proces p = child 1 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"proces\"\n"
	 "    proces p = child 1 of main\n"
	 "    ^~~~~~\n"
	 "    did you mean \"process\"?\n"},
	{"thing p = child 1 of main\n"
	 "claim \"a\"\n"
	 " p exits\n"
	 " p outlives main\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"thing\"\n"
	 "    thing p = child 1 of main\n"
	 "    ^~~~~\n"},
	{"thing\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:1: expected \"claim\", \"parameter\", \"process\", \"group\", \"channel\", \"word\" or \"memory\", saw \"thing\"\n"
	 "    thing\n"
	 "    ^~~~~\n"},
	{"process\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:8: expected a name, saw the end of the line\n"
	 "    process\n"
	 "           ^\n"},
	{"process 1 = main\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:9: expected a name, saw \"1\"\n"
	 "    process 1 = main\n"
	 "            ^\n"},
	{"process p\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:10: expected \"=\", saw the end of the line\n"
	 "    process p\n"
	 "             ^\n"},
	{"process p main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:11: expected \"=\", saw \"main\"\n"
	 "    process p main\n"
	 "              ^~~~\n"},
	{"process p =\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:12: expected \"main\", \"child\" or \"descendant\", saw the end of the line\n"
	 "    process p =\n"
	 "               ^\n"},
	{"process p = chidl 1 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:13: expected \"main\", \"child\" or \"descendant\", saw \"chidl\"\n"
	 "    process p = chidl 1 of main\n"
	 "                ^~~~~\n"
	 "    did you mean \"child\"?\n"},
	{"process p = children of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:13: expected \"main\", \"child\" or \"descendant\", saw \"children\"\n"
	 "    process p = children of main\n"
	 "                ^~~~~~~~\n"
	 "    did you mean \"child\"?\n"},
	{"process p = main now\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:18: expected the end of the line, saw \"now\"\n"
	 "    process p = main now\n"
	 "                     ^~~\n"},
	{"process p = child\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:18: expected the number of the child, or \"of\", saw the end of the line\n"
	 "    process p = child\n"
	 "                     ^\n"},
	{"process p = child 1\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:20: expected \"of\", saw the end of the line\n"
	 "    process p = child 1\n"
	 "                       ^\n"},
	{"process p = child 1 off main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:21: expected \"of\", saw \"off\"\n"
	 "    process p = child 1 off main\n"
	 "                        ^~~\n"
	 "    did you mean \"of\"?\n"},
	{"process p = child 1 of\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:23: expected a process, saw the end of the line\n"
	 "    process p = child 1 of\n"
	 "                          ^\n"},
	{"process p = child 1 of mian\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:24: expected a process, saw \"mian\", which is not declared\n"
	 "    process p = child 1 of mian\n"
	 "                           ^~~~\n"
	 "    did you mean \"main\"?\n"},
	{"process p = child 0 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:19: children are counted from 1, saw 0\n"
	 "    process p = child 0 of main\n"
	 "                      ^\n"},
	{"process p = child 1 - 2 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:19: children are counted from 1, saw -1\n"
	 "    process p = child 1 - 2 of main\n"
	 "                      ^~~~~\n"},
	{"process p = child 1.5 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:19: expected the number of the child, or \"of\", saw \"1.5\"\n"
	 "    process p = child 1.5 of main\n"
	 "                      ^~~\n"},
	{"process p = child of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:26: expected \"named\" or \"that prints\", saw the end of the line\n"
	 "    process p = child of main\n"
	 "                             ^\n"
	 "    did you mean \"child 1 of main\"?\n"},
	{"process p = descendant of main thta prints \"x\"\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:32: expected \"named\" or \"that prints\", saw \"thta\"\n"
	 "    process p = descendant of main thta prints \"x\"\n"
	 "                                   ^~~~\n"
	 "    did you mean \"that\"?\n"},
	{"process p = descendant 2 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:24: expected \"of\", saw \"2\"\n"
	 "    process p = descendant 2 of main\n"
	 "                           ^\n"},
	{"process p = descendent of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:13: expected \"main\", \"child\" or \"descendant\", saw \"descendent\"\n"
	 "    process p = descendent of main\n"
	 "                ^~~~~~~~~~\n"
	 "    did you mean \"descendant\"?\n"},
	{"group g = children of main that pirnt \"x\"\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:33: expected \"prints\", saw \"pirnt\"\n"
	 "    group g = children of main that pirnt \"x\"\n"
	 "                                    ^~~~~\n"
	 "    did you mean \"prints\"?\n"},
	{"group g = children of main that print x\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:39: expected a text in quotes, saw \"x\": put \" around it\n"
	 "    group g = children of main that print x\n"
	 "                                          ^\n"},
	{"group g = children of main that print \"rank {r}\"\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:39: \"{r}\" cannot take a value here: who is meant must not depend on a clause\n"
	 "    group g = children of main that print \"rank {r}\"\n"
	 "                                          ^~~~~~~~~~\n"},
	{"process p = child of main named x\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:33: expected a text in quotes, saw \"x\": put \" around it\n"
	 "    process p = child of main named x\n"
	 "                                    ^\n"},
	{"process p = child of main named \"{x}\"\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:33: a name after \"named\" is text and \"*\" only, saw \"{x}\"\n"
	 "    process p = child of main named \"{x}\"\n"
	 "                                    ^~~~~\n"},
	{"process p = child of main named \"{1}\"\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:33: a name after \"named\" is text and \"*\" only, saw \"{1}\"\n"
	 "    process p = child of main named \"{1}\"\n"
	 "                                    ^~~~~\n"},
	{"process p = child 1 of p\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:24: \"p\" cannot be used in its own declaration\n"
	 "    process p = child 1 of p\n"
	 "                           ^\n"},
	{"process p = child 1 of q\n"
	 "process q = child 2 of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:1:24: \"q\" is declared only in line 2: the declaration must stand before its use\n"
	 "    process p = child 1 of q\n"
	 "                           ^\n"},
	{"process main = child 1 of main\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:9: \"main\" cannot be a name: it is a word of the language, as are "
	 RESERVED ", first, last\n"
	 "    process main = child 1 of main\n"
	 "            ^~~~\n"},
	{"process first = child 1 of main\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:9: \"first\" cannot be a name: it is a word of the language, as are "
	 RESERVED ", first, last\n"
	 "    process first = child 1 of main\n"
	 "            ^~~~~\n"},
	{"channel never = from main to main\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:9: \"never\" cannot be a name: it is a word of the language, as are "
	 RESERVED "\n"
	 "    channel never = from main to main\n"
	 "            ^~~~~\n"},
	{"process p = child 1 of main\n"
	 "group p = children of main\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:2:7: \"p\" is declared already, in line 1\n"
	 "    group p = children of main\n"
	 "          ^\n"},
	{"group g =\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:10: expected processes, groups, \"children\" or \"descendants\", saw the end of the line\n"
	 "    group g =\n"
	 "             ^\n"},
	{"group g = childrne of main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:11: expected processes, groups, \"children\" or \"descendants\", saw \"childrne\"\n"
	 "    group g = childrne of main\n"
	 "              ^~~~~~~~\n"
	 "    did you mean \"children\"?\n"},
	{"group g = child 1 of main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:11: expected processes, groups, \"children\" or \"descendants\", saw \"child\"\n"
	 "    group g = child 1 of main\n"
	 "              ^~~~~\n"},
	{"group g = main main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:16: \"main\" stands in the list twice\n"
	 "    group g = main main\n"
	 "                   ^~~~\n"},
	{"group g = main and others\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:16: expected a process or a group, saw \"and\"\n"
	 "    group g = main and others\n"
	 "                   ^~~\n"},
	{"group g = children 3 to 2 of main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:20: expected a range that goes up, saw 3 to 2\n"
	 "    group g = children 3 to 2 of main\n"
	 "                       ^~~~~~\n"},
	{"group g = children 0 to 2 of main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:20: children are counted from 1, saw 0\n"
	 "    group g = children 0 to 2 of main\n"
	 "                       ^\n"},
	{"group g = children 1 of main\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:22: expected \"to\", saw \"of\"\n"
	 "    group g = children 1 of main\n"
	 "                         ^~\n"},
	{"group g = children of main named\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:33: expected a text in quotes, saw the end of the line\n"
	 "    group g = children of main named\n"
	 "                                    ^\n"},
	{"group g = descendants\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:22: expected \"of\", saw the end of the line\n"
	 "    group g = descendants\n"
	 "                         ^\n"},
	{"group g = children of main once\n"
	 "claim \"a\"\n"
	 " g exit\n",
	 "test:1:28: expected \"named\", \"that prints\" or the end of the line, saw \"once\"\n"
	 "    group g = children of main once\n"
	 "                               ^~~~\n"},
	{"group g = children of main\n"
	 "process p = child 1 of g\n"
	 "claim \"a\"\n"
	 " p exits\n",
	 "test:2:24: expected a process, saw \"g\", which is a group\n"
	 "    process p = child 1 of g\n"
	 "                           ^\n"},
	{"channel c = main\n"
	 "claim \"a\"\n"
	 " main reads c\n",
	 "test:1:13: expected \"from\", saw \"main\"\n"
	 "    channel c = main\n"
	 "                ^~~~\n"},
	{"channel c = from main\n"
	 "claim \"a\"\n"
	 " main reads c\n",
	 "test:1:22: expected \"to\", saw the end of the line\n"
	 "    channel c = from main\n"
	 "                         ^\n"},
	{"channel c = from main to main\n"
	 "claim \"a\"\n"
	 " main reads c\n",
	 "test:1:26: a channel leads from one process to another; \"main\" is at both ends\n"
	 "    channel c = from main to main\n"
	 "                             ^~~~\n"},
	{"process p = main\n"
	 "channel c = from p to main\n"
	 "claim \"a\"\n"
	 " main reads c\n",
	 "test:2:23: a channel leads from one process to another; \"main\" is at both ends\n"
	 "    channel c = from p to main\n"
	 "                          ^~~~\n"},
	{"group g = children of main\n"
	 "channel c = from main to g\n"
	 "claim \"a\"\n"
	 " main reads c\n",
	 "test:2:26: expected a process, saw \"g\", which is a group\n"
	 "    channel c = from main to g\n"
	 "                             ^\n"},
	{"word w = main\n"
	 "claim \"a\"\n"
	 " main waits on w\n",
	 "test:1:10: expected \"shared\", saw \"main\"\n"
	 "    word w = main\n"
	 "             ^~~~\n"},
	{"word w = shared main\n"
	 "claim \"a\"\n"
	 " main waits on w\n",
	 "test:1:17: expected \"by\", saw \"main\"\n"
	 "    word w = shared main\n"
	 "                    ^~~~\n"},
	{"word w = shared by\n"
	 "claim \"a\"\n"
	 " main waits on w\n",
	 "test:1:19: expected a process or a group, saw the end of the line\n"
	 "    word w = shared by\n"
	 "                      ^\n"},
	{"parameter n = -n\n"
	 "claim \"a\"\n"
	 " main forks n times\n",
	 "test:1:15: expected \"option\" or \"flag\", saw \"-n\"\n"
	 "    parameter n = -n\n"
	 "                  ^~\n"
	 "test:3:13: expected a process or a group, saw \"n\", which is a parameter\n"
	 "     main forks n times\n"
	 "                ^\n"},
	{"parameter n = option\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:21: expected an option such as -n or --items, saw the end of the line\n"
	 "    parameter n = option\n"
	 "                        ^\n"},
	{"parameter n = option items, default 1\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:22: expected an option such as -n or --items, saw \"items\"\n"
	 "    parameter n = option items, default 1\n"
	 "                         ^~~~~\n"},
	{"parameter n = option -nx, default 1\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:22: expected an option such as -n or --items, saw \"-nx\"\n"
	 "    parameter n = option -nx, default 1\n"
	 "                         ^~~\n"},
	{"parameter n = option --, default 1\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:22: expected an option such as -n or --items, saw \"--\"\n"
	 "    parameter n = option --, default 1\n"
	 "                         ^~\n"},
	{"parameter n = option -n -m, default 1\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:25: expected an option such as -n or --items, saw \"-m\"\n"
	 "    parameter n = option -n -m, default 1\n"
	 "                            ^~\n"},
	{"parameter n = option --n --m, default 1\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:22: expected an option such as -n or --items, saw \"--n\"\n"
	 "    parameter n = option --n --m, default 1\n"
	 "                         ^~~\n"},
	{"parameter n = option -n\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:24: expected \"default\", saw the end of the line\n"
	 "    parameter n = option -n\n"
	 "                           ^\n"},
	{"parameter n = option -n defualt 3\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:25: expected \"default\", saw \"defualt\"\n"
	 "    parameter n = option -n defualt 3\n"
	 "                            ^~~~~~~\n"
	 "    did you mean \"default\"?\n"},
	{"parameter n = option -n default\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:32: expected the value that counts when the option is not given, saw the end of the line\n"
	 "    parameter n = option -n default\n"
	 "                                   ^\n"},
	{"parameter n = option -n default 3 4\n"
	 "claim \"a\"\n"
	 " main exits with n\n",
	 "test:1:35: expected the end of the line, saw \"4\"\n"
	 "    parameter n = option -n default 3 4\n"
	 "                                      ^\n"},
	{"parameter TERM = option -n default 3\n"
	 "claim \"a\"\n"
	 " main exits\n",
	 "test:1:11: \"TERM\" cannot be a parameter: it is the name of a signal\n"
	 "    parameter TERM = option -n default 3\n"
	 "              ^~~~\n"},
	{"parameter r = flag\n"
	 "parameter s = flag -s default 3\n"
	 "parameter t = flg -t\n"
	 "parameter f = flag -f --fast\n"
	 "process p = child 1 of main\n"
	 "claim \"a\"\n"
	 " p exits when f is maybe\n"
	 " p exits when f is yess\n"
	 " p exits when f is at least 1\n"
	 " p lives at least f s\n"
	 " p exits with f\n"
	 " p prints \"x\" when f is yes and f is not no\n",
	 "test:1:19: expected an option such as -n or --items, saw the end of the line\n"
	 "    parameter r = flag\n"
	 "                      ^\n"
	 "test:2:23: expected the end of the line, saw \"default\"\n"
	 "    parameter s = flag -s default 3\n"
	 "                          ^~~~~~~\n"
	 "test:3:15: expected \"option\" or \"flag\", saw \"flg\"\n"
	 "    parameter t = flg -t\n"
	 "                  ^~~\n"
	 "    did you mean \"flag\"?\n"
	 "test:7:20: \"f\" is \"yes\" or \"no\", saw \"maybe\"\n"
	 "     p exits when f is maybe\n"
	 "                       ^~~~~\n"
	 "test:8:20: \"f\" is \"yes\" or \"no\", saw \"yess\"\n"
	 "     p exits when f is yess\n"
	 "                       ^~~~\n"
	 "    did you mean \"yes\"?\n"
	 "test:9:15: \"f\" must be a number here, but its default is \"no\"\n"
	 "     p exits when f is at least 1\n"
	 "                  ^\n"
	 "test:10:19: \"f\" must be a number here, but its default is \"no\"\n"
	 "     p lives at least f s\n"
	 "                      ^\n"
	 "test:11:15: \"f\" must be a whole number here, but its default is \"no\"\n"
	 "     p exits with f\n"
	 "                  ^\n"},
	{"claim \"a\"\n"
	 " main exits for each a from 0 to 1, for each b from 0 to 1, for each c from 0 to 1, for each d from 0 to 1, for each e from 0 to 1\n",
	 "test:2:118: a clause has at most 4 counters\n"
	 "    ...b from 0 to 1, for each c from 0 to 1, for each d from 0 to 1, for each e from 0 to 1\n"
	 "                                                                               ^\n"},
	{0}
};
