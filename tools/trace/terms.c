/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract: where it comes from, what is wrong with it, and what it says of a run. */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "show.h"

/* ---- finding it ---- */

struct text {
	char *name;
	char *bytes;
	size_t length;
};

static int read_named(const char *path, struct text *text)
{
	int error = mp_contract_read(path, &text->bytes, &text->length);

	if (error == -EFBIG)
		return mp_complain("the contract %s is larger than %d bytes", path,
				   MP_CONTRACT_BYTES);
	if (error < 0)
		return mp_complain_file("read the contract", path, -error);
	text->name = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
	return text->name != NULL ? 0 : mp_complain("there is not enough memory");
}

/* Lines are counted inside of the section: nobody finds line 22 in the file of a program. */
static int name_section(const char *program, struct text *text)
{
	char *name;

	if (strcmp(text->name, program) != 0)
		return 0;
	if (asprintf(&name, "%s(.mp_contract)", program) < 0)
		return mp_complain("there is not enough memory");
	free(text->name);
	text->name = name;
	return 0;
}

/* A contract that is there and cannot be read is not the same as none. */
static int look_for(const char *program, struct text *text)
{
	struct text found;
	int error = mp_contract_find(program, MP_CONTRACTS_DIR, &found.name, &found.bytes,
				     &found.length);

	if (error == -ENOENT)
		return 0;
	if (error == 0) {
		*text = found;
		return name_section(program, text);
	}
	return mp_complain("cannot read the contract of %s: %s (--no-contract only observes)",
			   program, error == -EBADMSG ? "the file is damaged" : strerror(-error));
}

/* ---- what is wrong with it ---- */

static void say(const struct mp_contract *contract, const struct mp_diagnostic *diagnostic)
{
	char *text = mp_diagnostic_text(contract, diagnostic);

	if (text == NULL) {
		mp_complain("there is not enough memory to say what is wrong in line %u",
			    diagnostic->place.line);
		return;
	}
	fputs(text, stderr);
	if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
		putc('\n', stderr);
	free(text);
}

static int check(const struct mp_session *session)
{
	const struct mp_contract *contract = session->contract;
	size_t mistakes = contract->diagnostic_count;

	for (size_t i = 0; i < mistakes; i++)
		say(contract, &contract->diagnostics[i]);
	for (size_t i = 0; session->options.verbose > 0 && i < contract->note_count; i++)
		say(contract, &contract->notes[i]);
	/* The last diagnostic of a hopeless text only says that there are more. */
	if (mistakes > MP_CONTRACT_DIAGNOSTICS)
		return mp_complain("more than %d mistakes in the contract %s",
				   MP_CONTRACT_DIAGNOSTICS, contract->name);
	if (mistakes > 0)
		return mp_complain("%zu %s in the contract %s", mistakes,
				   mistakes == 1 ? "mistake" : "mistakes", contract->name);
	return MP_GO_ON;
}

static int parse(struct mp_session *session, const struct text *text)
{
	int error = mp_contract_parse(text->name, text->bytes, text->length, &session->contract);

	if (error < 0)
		return mp_complain("cannot read the contract %s: %s", text->name, strerror(-error));
	return check(session);
}

/* ---- the steps ---- */

int mp_choose_contract(struct mp_session *session)
{
	const struct mp_options *options = &session->options;
	struct text text = {0};
	int status = 0;

	if (options->no_contract)
		return MP_GO_ON;
	if (options->contract != NULL)
		status = read_named(options->contract, &text);
	else
		status = look_for(session->program, &text);
	if (status == 0)
		status = text.bytes != NULL ? parse(session, &text) : MP_GO_ON;
	free(text.bytes);
	free(text.name);
	if (status != MP_GO_ON || session->contract != NULL)
		return status;
	if (options->explain || strcmp(options->format, "tap") == 0)
		return mp_complain("%s has no contract: name one with --contract FILE",
				   session->program != NULL ? session->program : "the record");
	return MP_GO_ON;
}

static void print_clause(const struct mp_contract *contract, const struct mp_clause *clause)
{
	size_t length;
	const char *line = mp_contract_line(contract, clause->place.line, &length);

	while (length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	fputs("    ", stdout);
	mp_print_shown(stdout, line, length, MP_ESCAPE_BACKSLASH);
	putchar('\n');
}

static void print_claim(const struct mp_session *session, const struct mp_claim *claim)
{
	mp_print_shown(stdout, claim->title, strlen(claim->title), MP_ESCAPE_BACKSLASH);
	putchar('\n');
	for (size_t i = 0; session->options.verbose > 0 && i < claim->clause_count; i++)
		print_clause(session->contract, claim->clauses[i]);
}

int mp_explain(struct mp_session *session)
{
	if (!session->options.explain)
		return MP_GO_ON;
	for (size_t i = 0; i < session->contract->claim_count; i++)
		print_claim(session, session->contract->claims[i]);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return mp_complain("cannot write to standard output: %s", strerror(errno));
}

int mp_resolve_and_judge(struct mp_session *session)
{
	char *why = NULL;
	int error = mp_model_build(session->record, &session->model);

	if (error == -EBADMSG)
		return mp_complain("the record makes no sense: it holds no command");
	if (error < 0)
		return mp_complain("cannot make sense of the record: %s", strerror(-error));
	if (session->contract == NULL)
		return MP_GO_ON;
	error = mp_judge(session->contract, session->model, &session->verdict, &why);
	if (error < 0)
		mp_complain("cannot judge: %s", why != NULL ? why : strerror(-error));
	free(why);
	return error < 0 ? MP_CANNOT : MP_GO_ON;
}
