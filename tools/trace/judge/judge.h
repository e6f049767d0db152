/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a contract and a model. Gives: one verdict per claim, with the clause, what was
 * expected, what was seen and the few acts that decide it. Never: prints; believes a program;
 * passes a claim whose evidence may be incomplete.
 */
#ifndef MP_JUDGE_H
#define MP_JUDGE_H

#include "contract.h"
#include "model.h"

enum mp_outcome { MP_HOLDS, MP_BROKEN, MP_INCONCLUSIVE };

#define MP_DECIDING_ACTS 6

struct mp_clause_verdict {
	const struct mp_clause *clause;
	enum mp_outcome outcome;
	char *expected; /* NULL when it holds; one line, may hold bytes of the program: escape it */
	char *seen;
	char *cause;				     /* inconclusive: what is missing */
	const struct mp_act *acts[MP_DECIDING_ACTS]; /* in the order of time */
	size_t act_count;
	bool unasked; /* it holds because its conditions are false */
};

struct mp_claim_verdict {
	const struct mp_claim *claim;
	enum mp_outcome outcome; /* broken if any clause is; else inconclusive if any is */
	struct mp_clause_verdict *clauses;
	size_t clause_count;
};

struct mp_verdict {
	enum mp_outcome outcome;
	struct mp_claim_verdict *claims; /* as in the contract */
	size_t claim_count;
	size_t held, broken, inconclusive;
};

/*
 * The contract must have no diagnostics. 0; -ENOMEM; -EINVAL when a parameter of the command has
 * a value that the contract cannot use (*why: one line, malloc'd).
 */
int mp_judge(const struct mp_contract *contract, const struct mp_model *model,
	     struct mp_verdict **out, char **why);
void mp_verdict_free(struct mp_verdict *verdict); /* NULL is fine */

/*
 * Where a command's contract comes from when none was named: the `.mp_contract` section of the
 * ELF file `program`, else DIRECTORY/BASENAME.contract. 0 with *text malloc'd, *name malloc'd
 * (for messages); -ENOENT: there is none, also when `program` is NULL; -EBADMSG: the ELF file is
 * damaged; -EOPNOTSUPP: its section is compressed; -EFBIG: the contract is larger than
 * MP_CONTRACT_BYTES; or another negative errno. Never maps the file, never allocates more than a
 * contract may be long.
 */
int mp_contract_find(const char *program, const char *directory, char **name, char **text,
		     size_t *length);
/* The same for a named file ("-" is standard input). -EFBIG when it is too large. */
int mp_contract_read(const char *path, char **text, size_t *length);

#endif
