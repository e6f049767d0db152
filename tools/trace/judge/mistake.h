/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: every sentence that can be said of a contract that is wrong, by number.
 * %1, %2 and %3 are the words that the parser puts in. Never: says anything without a test that
 * pins it.
 */
#ifndef MP_MISTAKE_H
#define MP_MISTAKE_H

/* clang-format off */
#define MP_MISTAKES(X)                                                                             \
	/* the text as a whole */                                                                  \
	X(TOO_LARGE, "the contract is larger than %1 bytes")                                       \
	X(TOO_MANY_LINES, "the contract has more than %1 lines")                                   \
	X(TOO_MANY_MISTAKES, "there are more mistakes from here on; they are not shown")           \
	X(NO_CLAIM, "expected a claim, saw none in the whole contract")                            \
	/* a line */                                                                               \
	X(LONG_LINE, "the line is longer than %1 bytes")                                           \
	X(MANY_WORDS, "the line has more than %1 words")                                           \
	X(ZERO_BYTE, "expected text, saw a zero byte")                                             \
	X(CONTROL, "expected text, saw a control character; in quotes, write it as \\xNN")         \
	X(NOT_UTF8, "expected UTF-8 text, saw the byte 0x%1; in quotes, write it as \\x%1")        \
	X(OPEN_TEXT, "the text has no closing \"")                                                 \
	X(FIRST_COLUMN, "%1 starts in the first column")                                           \
	X(NOT_INDENTED, "a clause is indented under its claim; \"%1\" stands in the first column") \
	X(EXPECTED, "expected %1, saw %2")                                                         \
	X(QUOTED_NAME, "expected %1, saw %2: a name stands without quotes")                        \
	X(NO_QUOTES, "expected %1, saw %2: put \" around it")                                \
	X(OTHER_QUOTES, "expected %1, saw %2: the quotation mark is \"")                           \
	X(EARLY_NEVER, "\"never\" stands behind who does it, in front of the verb")               \
	/* names */                                                                                \
	X(UNDECLARED, "expected %1, saw \"%2\", which is not declared")                            \
	X(WRONG_KIND, "expected %1, saw \"%2\", which is a %3")                                    \
	X(LATER, "\"%2\" is declared only in line %3: the declaration must stand before its use")  \
	X(ITSELF, "\"%2\" cannot be used in its own declaration")                                  \
	X(DUPLICATE, "\"%1\" is declared already, in line %2")                                     \
	X(RESERVED, "\"%1\" cannot be a name: it is a word of the language, as are %2")             \
	X(SIGNAL_NAME, "\"%1\" cannot be a parameter: it is the name of a signal")                 \
	X(MANY_NAMES, "more than %1 names are declared")                                           \
	X(UNUSED, "\"%1\" is declared and never used")                                             \
	/* declarations */                                                                         \
	X(BAD_OPTION, "expected an option such as -n or --items, saw %1")                          \
	X(SELF_CHANNEL, "a channel leads from one process to another; \"%1\" is at both ends")     \
	X(TWICE_LISTED, "\"%1\" stands in the list twice")                                         \
	X(CHILD_NUMBER, "children are counted from 1, saw %1")                                     \
	X(BACKWARD, "expected a range that goes up, saw %1 to %2")                                 \
	X(PLAIN_NAME, "a name after \"named\" is text and \"*\" only, saw %1")                     \
	/* numbers, times, signals */                                                              \
	X(DIVISION, "there is no division: numbers know +, - and *")                               \
	X(BIG_NUMBER, "%1 is too large for a number")                                              \
	X(SPACES, "\"%1\" is read as one word: put spaces around the \"-\"")                       \
	X(RANGE, "\"%1-%2\" is a difference: for a range write \"%1 to %2\", else spaces around the \"-\"") \
	X(BAD_DEFAULT, "\"%1\" must be %2 here, but its default is \"%3\"")                        \
	X(LONG_TIME, "%1 is too long a time")                                                      \
	X(NEGATIVE_TIME, "expected a time of 0 or more, saw %1")                                   \
	X(LOWER_BOUND, "a time can only be \"at least\": a busy machine makes everything late")     \
	X(EXIT_CODE, "an exit code is a number from 0 to 255, saw %1")                             \
	X(BELOW_ZERO, "expected a count of 0 or more, saw %1")                                     \
	X(MANY_ROUNDS, "\"for each\" goes through more than %1 numbers")                           \
	/* texts */                                                                                \
	X(ESCAPE, "expected \\\" \\\\ \\* \\{ \\} \\t or \\xNN, saw %1")                           \
	X(ZERO_TITLE, "a title cannot hold a zero byte")                                           \
	X(OPEN_BRACE, "\"{\" has no \"}\" after it; for the sign itself write \"\\{\"")            \
	X(LONE_BRACE, "\"}\" has no \"{\" before it; for the sign itself write \"\\}\"")           \
	X(MANY_PIECES, "the pattern has more than %1 pieces")                                      \
	X(LONG_LIST, "the list has more than %1 values")                                           \
	X(COUNTS_ALREADY, "\"%1\" counts already in this line: give the counter of the list another name") \
	X(NO_CAPTURE,                                                                              \
	  "\"{%1}\" cannot take a value here: who is meant must not depend on a clause")           \
	X(CAPTURE_NAME, "\"{%1}\" cannot take a value: \"%1\" is a %2")                            \
	/* claims and clauses */                                                                   \
	X(EMPTY_TITLE, "expected a title, saw an empty text")                                      \
	X(SAME_TITLE, "the claim in line %1 has the same title")                                   \
	X(NO_CLAUSE, "the claim has no clause")                                                    \
	X(NO_CLAIM_YET, "a clause stands under a claim, and no claim has begun yet")               \
	X(EACH_OF_ONE, "\"%1\" is one process: leave out \"each of\"")                             \
	X(AS_A_WHOLE, "\"%1\" is said of a group as a whole: leave out \"each of\"")               \
	X(SAY_EACH, "\"%1\" is a group: say \"each of %1\"")                                       \
	X(SELF_OUTLIVES, "\"%1\" cannot outlive itself")                                           \
	X(PICK_ALONE, "\"%1\" selects in an order, and here is no \"before\" or \"after\"")        \
	X(ORDER_COUNT, "an order takes no count: put \"%1\" into a clause of its own")             \
	X(COMPARED_NEVER, "\"as often as\" compares two counts: leave out \"never\"")             \
	X(NO_MOMENT, "expected something that happens, saw \"%1\", which is true for a time")      \
	X(STATE_COUNT, "\"%1\" takes no \"%2\"")                                                   \
	X(TWO_COUNTS, "the clause has two counts: \"never\" and \"%1\"")                           \
	X(MEET_PLACE, "\"meet\" stands alone or in front of \"before\"")                           \
	X(NOTHING_SHARED, "both sides of \"in the order of\" must capture the same name, as {x}")   \
	X(MANY_COUNTERS, "a clause has at most %1 counters")                                       \
	X(LATE_FOR, "\"for each\" stands in front of \"when\"")                                   \
	X(SAME_COUNTER, "\"%1\" is a counter of this clause already")                              \
	X(ONE_THING, "a line says one thing: \"%1\" begins another, for a line of its own")         \
	X(NO_OR, "there is no \"or\": write a clause for each case")                               \
	X(NEVER_SO, "%1 is %2, saw %3")                                                            \
	X(NO_ORDER, "only what is counted can be \"in order\"")                                    \
	X(SHADOW, "the counter \"%1\" has the name of a %2, declared in line %3")
/* clang-format on */

#define MP_MISTAKE_NAME(name, text) MP_MISTAKE_##name,
enum mp_mistake { MP_MISTAKES(MP_MISTAKE_NAME) MP_MISTAKE_COUNT };
#undef MP_MISTAKE_NAME

extern const char *const mp_mistakes[MP_MISTAKE_COUNT];

#endif
