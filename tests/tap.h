/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: conditions. Gives: TAP version 13 on standard output (meson test and prove read it).
 * Never: lets a forked child report. Only the process that called tap_plan() prints points and
 * the plan; in any other process a failing check prints a `#` line on standard error and makes
 * that process's tap_done() return 1, so a child ends with `_exit(tap_done())`.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>

/* First of all. `points` > 0: exactly so many will follow. 0: the plan is printed at the end. */
void tap_plan(unsigned points);

/* One test point; the rest is its description, as for printf. They return whether it passed. */
bool tap_ok(bool passed, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
bool tap_is_int(int64_t got, int64_t expected, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* NULL is a value of its own. */
bool tap_is_string(const char *got, const char *expected, const char *file, int line,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

#define ok(condition, ...)	   tap_ok((condition), __FILE__, __LINE__, __VA_ARGS__)
#define is_int(got, expected, ...) tap_is_int((got), (expected), __FILE__, __LINE__, __VA_ARGS__)
#define is_string(got, expected, ...)                                                              \
	tap_is_string((got), (expected), __FILE__, __LINE__, __VA_ARGS__)

/* `points` points that cannot be tried here, and why. */
void tap_skip(unsigned points, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A `#` line. */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The whole run makes no sense: "Bail out!", exit 1. */
void tap_bail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Last of all: `return tap_done();` 0 when every point passed and the plan was kept. */
int tap_done(void);

#endif
