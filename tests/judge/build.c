/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define BEGAN	  UINT64_C(5000000000)
#define PIDS	  1000
#define ARGUMENTS 16

struct story {
	struct mp_model model;
	struct mp_record record;
	char *argv[ARGUMENTS + 1];
	char **texts;
	size_t text_count;
	struct mp_contract *contract; /* of the last opinion */
};

static void *need(void *memory)
{
	if (memory == NULL)
		tap_bail("out of memory");
	return memory;
}

static uint64_t ns(unsigned at)
{
	return BEGAN + (uint64_t)at * 1000;
}

/* Room for one more in lists that grow by doubling. */
static void *grow(void *list, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return list;
	return need(realloc(list, (count == 0 ? 1 : count * 2) * size));
}

static char *keep(struct story *story, const char *text)
{
	story->texts = grow(story->texts, story->text_count, sizeof(char *));
	story->texts[story->text_count] = need(strdup(text));
	return story->texts[story->text_count++];
}

static void add_name(struct story *story, struct mp_process *who, uint64_t at, const char *name)
{
	struct mp_name *slot;

	who->names = grow(who->names, who->name_count, sizeof(*who->names));
	slot = &who->names[who->name_count++];
	memset(slot, 0, sizeof(*slot));
	slot->at = at;
	snprintf(slot->text, sizeof(slot->text), "%s", name);
}

static struct mp_process *new_process(struct story *story, uint64_t at, struct mp_process *parent,
				      const char *name)
{
	struct mp_model *model = &story->model;
	struct mp_process *process = need(calloc(1, sizeof(*process)));

	process->id = model->process_count;
	process->pid = process->vpid = PIDS + (uint32_t)process->id;
	process->start = process->born = at;
	process->ended = process->reaped = MP_NEVER;
	process->threads = 1;
	process->parent = parent;
	add_name(story, process, at, name);
	model->processes = grow(model->processes, model->process_count, sizeof(process));
	model->processes[model->process_count++] = process;
	return process;
}

struct story *story_new(const char *first, ...)
{
	struct story *story = need(calloc(1, sizeof(*story)));
	const char *word = first;
	va_list words;
	int count = 0;

	va_start(words, first);
	for (; word != NULL && count < ARGUMENTS; word = va_arg(words, const char *))
		story->argv[count++] = keep(story, word);
	va_end(words);
	story->record.argc = count;
	story->record.argv = story->argv;
	story->record.began = BEGAN;
	story->record.ended = BEGAN + UINT64_C(100000000000);
	story->model.record = &story->record;
	new_process(story, BEGAN, NULL, first);
	return story;
}

void story_free(struct story *story)
{
	struct mp_model *model = &story->model;

	for (size_t i = 0; i < model->process_count; i++) {
		free(model->processes[i]->children);
		free(model->processes[i]->names);
		free(model->processes[i]->images);
		free(model->processes[i]);
	}
	for (size_t i = 0; i < model->stream_count; i++) {
		free(model->streams[i]->ends);
		free(model->streams[i]);
	}
	for (size_t i = 0; i < model->word_count; i++)
		free(model->words[i]);
	for (size_t i = 0; i < model->act_count; i++)
		free(model->acts[i]);
	for (size_t i = 0; i < story->text_count; i++)
		free(story->texts[i]);
	free(model->processes);
	free(model->streams);
	free(model->words);
	for (size_t i = 0; i < model->memory_count; i++)
		free(model->memories[i]);
	free(model->memories);
	free(model->acts);
	free(story->texts);
	mp_contract_free(story->contract);
	free(story);
}

/* Insertion keeps the order of telling for equal times; stories are told nearly in order. */
static void sort_acts(struct mp_model *model)
{
	for (size_t i = 1; i < model->act_count; i++) {
		struct mp_act *act = model->acts[i];
		size_t j = i;

		for (; j > 0 && model->acts[j - 1]->at > act->at; j--)
			model->acts[j] = model->acts[j - 1];
		model->acts[j] = act;
	}
}

struct mp_model *story_model(struct story *story)
{
	sort_acts(&story->model);
	return &story->model;
}

struct mp_record *story_record(struct story *story)
{
	return &story->record;
}

struct mp_process *command(struct story *story)
{
	return story->model.processes[0];
}

static struct mp_act *act(struct story *story, enum mp_act_kind kind, unsigned at,
			  struct mp_process *who)
{
	struct mp_model *model = &story->model;
	struct mp_act *new = need(calloc(1, sizeof(*new)));

	new->kind = kind;
	new->who = who;
	new->tid = who != NULL ? who->pid : 0;
	new->begin = new->at = ns(at);
	model->acts = grow(model->acts, model->act_count, sizeof(new));
	model->acts[model->act_count++] = new;
	return new;
}

static struct mp_act *text_act(struct story *story, enum mp_act_kind kind, unsigned at,
			       struct mp_process *who, const char *text)
{
	struct mp_act *new = act(story, kind, at, who);

	new->text = keep(story, text);
	new->length = strlen(text);
	return new;
}

/* --- processes ------------------------------------------------------------------------------ */

struct mp_process *forks(struct story *story, unsigned at, struct mp_process *parent,
			 const char *name)
{
	struct mp_process *child = new_process(story, ns(at), parent, name);

	act(story, MP_ACT_FORK, at, parent)->whom = child;
	parent->children = grow(parent->children, parent->child_count, sizeof(child));
	parent->children[parent->child_count++] = child;
	return child;
}

void execs(struct story *story, unsigned at, struct mp_process *who, const char *path)
{
	text_act(story, MP_ACT_EXEC, at, who, path);
}

void is_named(struct story *story, unsigned at, struct mp_process *who, const char *name)
{
	text_act(story, MP_ACT_NAME, at, who, name);
	add_name(story, who, ns(at), name);
}

void exits(struct story *story, unsigned at, struct mp_process *who, int code)
{
	act(story, MP_ACT_EXIT, at, who)->value = code;
	who->ended = ns(at);
	who->status = code << 8;
}

void dies(struct story *story, unsigned at, struct mp_process *who, int signal,
	  struct mp_process *killer)
{
	struct mp_act *new = act(story, MP_ACT_DIE, at, who);

	new->value = signal;
	new->whom = killer;
	who->ended = ns(at);
	who->status = signal;
}

void is_stopped(struct story *story, unsigned at, struct mp_process *who)
{
	dies(story, at, who, SIGKILL, NULL);
	who->killed_by_us = true;
	story->record.stop = MP_STOP_TIMEOUT;
}

static struct mp_act *reap(struct story *story, unsigned at, struct mp_process *who,
			   struct mp_process *child, bool poll)
{
	struct mp_act *new = act(story, MP_ACT_REAP, at, who);

	new->whom = child;
	new->poll = poll;
	child->reaper = who;
	child->reaped = ns(at);
	child->reaped_by_poll = poll;
	return new;
}

void reaps(struct story *story, unsigned at, struct mp_process *who, struct mp_process *child)
{
	reap(story, at, who, child, false);
}

struct mp_act *polls(struct story *story, unsigned at, struct mp_process *who,
		     struct mp_process *child)
{
	return reap(story, at, who, child, true);
}

void sends(struct story *story, unsigned at, struct mp_process *who, struct mp_process *whom,
	   int signal)
{
	struct mp_act *new = act(story, MP_ACT_SIGNAL, at, who);

	new->whom = whom;
	new->value = signal;
}

void receives(struct story *story, unsigned at, struct mp_process *who, int signal)
{
	act(story, MP_ACT_RECEIVE, at, who)->value = signal;
}

void sleeps(struct story *story, unsigned from, unsigned to, struct mp_process *who)
{
	struct mp_act *new = act(story, MP_ACT_SLEEP, to, who);

	new->begin = ns(from);
	new->value = (int64_t)(to - from) * 1000;
}

struct mp_act *prints(struct story *story, unsigned at, struct mp_process *who, const char *line)
{
	return text_act(story, MP_ACT_PRINT, at, who, line);
}

struct mp_act *prints_slowly(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, const char *line)
{
	struct mp_act *new = prints(story, to, who, line);

	new->begin = ns(from);
	return new;
}

struct mp_act *complains(struct story *story, unsigned at, struct mp_process *who, const char *line)
{
	return text_act(story, MP_ACT_COMPLAIN, at, who, line);
}

struct mp_act *opens(struct story *story, unsigned at, struct mp_process *who, const char *path)
{
	return text_act(story, MP_ACT_OPEN, at, who, path);
}

/* --- memory --------------------------------------------------------------------------------- */

struct mp_memory *memories(struct story *story)
{
	struct mp_model *model = &story->model;
	struct mp_memory *memory = need(calloc(1, sizeof(*memory)));

	memory->id = model->memory_count;
	model->memories = grow(model->memories, model->memory_count, sizeof(memory));
	model->memories[model->memory_count++] = memory;
	return memory;
}

struct mp_act *maps(struct story *story, unsigned at, struct mp_process *who,
		    struct mp_memory *memory)
{
	struct mp_act *new = act(story, MP_ACT_MAP, at, who);

	new->memory = memory;
	return new;
}

void inherits(struct story *story, unsigned at, struct mp_process *who, struct mp_process *from,
	      struct mp_memory *memory)
{
	maps(story, at, who, memory)->whom = from;
}

/* --- streams -------------------------------------------------------------------------------- */

static struct mp_end *end_of(struct mp_stream *stream, struct mp_process *who)
{
	for (size_t i = 0; i < stream->end_count; i++)
		if (stream->ends[i].process == who)
			return &stream->ends[i];
	stream->ends = grow(stream->ends, stream->end_count, sizeof(*stream->ends));
	stream->ends[stream->end_count] = (struct mp_end){
		.process = who, .stream = stream, .closed_in = MP_NEVER, .closed_out = MP_NEVER};
	return &stream->ends[stream->end_count++];
}

struct mp_stream *pipes(struct story *story)
{
	struct mp_model *model = &story->model;
	struct mp_stream *stream = need(calloc(1, sizeof(*stream)));

	stream->id = model->stream_count;
	stream->kind = MP_STREAM_PIPE;
	stream->in = stream->out = 100 + stream->id;
	model->streams = grow(model->streams, model->stream_count, sizeof(stream));
	model->streams[model->stream_count++] = stream;
	for (size_t i = 0; i < model->process_count; i++) {
		holds_in(story, stream, model->processes[i]);
		holds_out(story, stream, model->processes[i]);
	}
	return stream;
}

void holds_in(struct story *story, struct mp_stream *stream, struct mp_process *who)
{
	struct mp_end *end = end_of(stream, who);

	end->held_in = end->open_in = true;
}

void holds_out(struct story *story, struct mp_stream *stream, struct mp_process *who)
{
	struct mp_end *end = end_of(stream, who);

	end->held_out = end->open_out = true;
}

static struct mp_act *stream_act(struct story *story, enum mp_act_kind kind, unsigned at,
				 struct mp_process *who, struct mp_stream *stream)
{
	struct mp_act *new = act(story, kind, at, who);

	new->stream = stream;
	return new;
}

void writes(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream,
	    int bytes)
{
	writes_slowly(story, at, at, who, stream, bytes);
}

void writes_slowly(struct story *story, unsigned from, unsigned to, struct mp_process *who,
		   struct mp_stream *stream, int bytes)
{
	struct mp_act *new = stream_act(story, MP_ACT_WRITE, to, who, stream);

	new->begin = ns(from);
	new->value = bytes;
	new->from = stream->bytes_in;
	new->to = stream->bytes_in += (uint64_t)bytes;
	holds_in(story, stream, who);
	end_of(stream, who)->writes++;
}

void reads(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream,
	   int bytes)
{
	struct mp_act *new = stream_act(story, MP_ACT_READ, at, who, stream);

	new->value = bytes;
	new->from = stream->bytes_out;
	new->to = stream->bytes_out += (uint64_t)bytes;
	holds_out(story, stream, who);
	end_of(stream, who)->reads++;
	end_of(stream, who)->attempted_read = true;
}

void reads_end(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream)
{
	stream_act(story, MP_ACT_EOF, at, who, stream);
	end_of(stream, who)->eofs++;
	end_of(stream, who)->attempted_read = true;
}

void closes_in(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream)
{
	struct mp_end *end = end_of(stream, who);

	stream_act(story, MP_ACT_CLOSE_IN, at, who, stream);
	end->open_in = false;
	end->closed_in = ns(at);
}

void closes_out(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream)
{
	struct mp_end *end = end_of(stream, who);

	stream_act(story, MP_ACT_CLOSE_OUT, at, who, stream);
	end->open_out = false;
	end->closed_out = ns(at);
}

/* --- waiting -------------------------------------------------------------------------------- */

struct mp_word_entry *words(struct story *story)
{
	struct mp_model *model = &story->model;
	struct mp_word_entry *word = need(calloc(1, sizeof(*word)));

	word->id = model->word_count;
	model->words = grow(model->words, model->word_count, sizeof(word));
	model->words[model->word_count++] = word;
	return word;
}

static struct mp_act *wait_act(struct story *story, unsigned from, unsigned to,
			       struct mp_process *who, enum mp_wait_on on)
{
	struct mp_act *new = act(story, MP_ACT_WAIT, to, who);

	new->begin = ns(from);
	new->wait = on;
	return new;
}

struct mp_act *waits_on(struct story *story, unsigned from, unsigned to, struct mp_process *who,
			struct mp_word_entry *word)
{
	struct mp_act *new = wait_act(story, from, to, who, MP_ON_WORD);

	new->word = word;
	return new;
}

struct mp_act *wakes(struct story *story, unsigned at, struct mp_process *who,
		     struct mp_process *whom, struct mp_word_entry *word)
{
	struct mp_act *new = act(story, MP_ACT_WAKE, at, who);

	new->whom = whom;
	new->word = word;
	return new;
}

void is_woken(struct story *story, unsigned from, unsigned to, struct mp_process *who,
	      struct mp_process *by, struct mp_word_entry *word)
{
	wakes(story, to, by, who, word);
	waits_on(story, from, to + 1, who, word)->whom = by;
}

struct mp_act *loses_race(struct story *story, unsigned at, struct mp_process *who,
			  struct mp_word_entry *word)
{
	struct mp_act *new = waits_on(story, at, at, who, word);

	new->raced = true;
	return new;
}

struct mp_act *waits_for_end(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, struct mp_process *child)
{
	struct mp_act *new = wait_act(story, from, to, who, MP_ON_CHILD);

	new->whom = child;
	return new;
}

struct mp_act *waits_for_data(struct story *story, unsigned from, unsigned to,
			      struct mp_process *who, struct mp_process *by,
			      struct mp_stream *stream)
{
	struct mp_act *new = wait_act(story, from, to, who, MP_ON_STREAM);

	new->stream = stream;
	new->whom = by;
	end_of(stream, who)->attempted_read = true;
	return new;
}

struct mp_act *hangs_reading(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, struct mp_stream *stream)
{
	struct mp_act *new = waits_for_data(story, from, to, who, NULL, stream);

	new->unfinished = true;
	who->blocked = new;
	return new;
}

/* --- opinions ------------------------------------------------------------------------------- */

struct mp_verdict *opinion(struct story *story, const char *contract, char **why)
{
	struct mp_verdict *verdict;
	int err;

	*why = NULL;
	mp_contract_free(story->contract);
	story->contract = NULL;
	err = mp_contract_parse("test", contract, strlen(contract), &story->contract);
	if (err == 0 && story->contract->diagnostic_count > 0) {
		char *text = mp_diagnostic_text(story->contract, &story->contract->diagnostics[0]);

		ok(false, "the contract of the test: %s", text != NULL ? text : "?");
		free(text);
		return NULL;
	}
	if (err == 0)
		err = mp_judge(story->contract, story_model(story), &verdict, why);
	return err == 0 ? verdict : NULL;
}

static struct mp_verdict *clause_opinion(struct story *story, const char *decls, const char *clause,
					 const struct mp_clause_verdict **shown)
{
	struct mp_verdict *verdict;
	char *contract, *why;

	if (asprintf(&contract, "%s\nclaim \"it\"\n%s\n", decls, clause) < 0)
		tap_bail("out of memory");
	verdict = opinion(story, contract, &why);
	free(contract);
	if (verdict == NULL) {
		ok(false, "%s: not judged: %s", clause, why != NULL ? why : "?");
		free(why);
		return NULL;
	}
	*shown = &verdict->claims[0].clauses[0];
	for (size_t i = 0; i < verdict->claims[0].clause_count; i++)
		if ((*shown)->outcome == MP_HOLDS)
			*shown = &verdict->claims[0].clauses[i];
	return verdict;
}

static const char *const outcomes[] = {"holds", "broken", "inconclusive"};

static void tell(const struct mp_clause_verdict *clause)
{
	tap_note("outcome:  %s", outcomes[clause->outcome]);
	tap_note("expected: %s", clause->expected != NULL ? clause->expected : "-");
	tap_note("seen:     %s", clause->seen != NULL ? clause->seen : "-");
	tap_note("cause:    %s", clause->cause != NULL ? clause->cause : "-");
}

/* What every verdict must be, whatever it says. */
static bool well_formed(const struct mp_clause_verdict *clause)
{
	bool texts = clause->expected != NULL && clause->seen != NULL &&
		     clause->expected[0] != '\0' && clause->seen[0] != '\0';

	for (size_t i = 1; i < clause->act_count; i++)
		if (clause->acts[i - 1]->at > clause->acts[i]->at)
			return false;
	if (clause->outcome == MP_HOLDS)
		return clause->expected == NULL && clause->seen == NULL && clause->cause == NULL;
	return texts && (clause->cause != NULL) == (clause->outcome == MP_INCONCLUSIVE);
}

static void judge_point(struct story *story, const char *decls, const char *clause,
			enum mp_outcome outcome, const char *expected, const char *seen,
			const char *cause)
{
	const struct mp_clause_verdict *shown;
	struct mp_verdict *verdict = clause_opinion(story, decls, clause, &shown);
	bool good;

	if (verdict == NULL)
		return;
	good = shown->outcome == outcome && well_formed(shown);
	if (expected != NULL)
		good &= shown->expected != NULL && strcmp(shown->expected, expected) == 0;
	if (seen != NULL)
		good &= shown->seen != NULL && strcmp(shown->seen, seen) == 0;
	if (cause != NULL)
		good &= shown->cause != NULL && strcmp(shown->cause, cause) == 0;
	ok(good, "%s: %s", clause, outcomes[outcome]);
	if (!good)
		tell(shown);
	mp_verdict_free(verdict);
}

void it_holds(struct story *story, const char *decls, const char *clause)
{
	judge_point(story, decls, clause, MP_HOLDS, NULL, NULL, NULL);
}

void it_breaks(struct story *story, const char *decls, const char *clause, const char *expected,
	       const char *seen)
{
	judge_point(story, decls, clause, MP_BROKEN, expected, seen, NULL);
}

void it_is_open(struct story *story, const char *decls, const char *clause, const char *cause)
{
	judge_point(story, decls, clause, MP_INCONCLUSIVE, NULL, NULL, cause);
}

void breaks_claims(struct story *story, const char *contract, const char *claims, const char *what)
{
	char *why, broken[256] = "";
	struct mp_verdict *verdict = opinion(story, contract, &why);
	size_t length = 0;

	for (size_t i = 0; verdict != NULL && i < verdict->claim_count; i++)
		if (verdict->claims[i].outcome != MP_HOLDS && length < sizeof(broken) - 16)
			length += (size_t)snprintf(broken + length, sizeof(broken) - length,
						   "%s%zu%s", length == 0 ? "" : " ", i + 1,
						   verdict->claims[i].outcome == MP_BROKEN ? ""
											   : "?");
	ok(verdict != NULL && strcmp(broken, claims) == 0, "%s: breaks \"%s\"", what, claims);
	if (verdict != NULL && strcmp(broken, claims) != 0) {
		tap_note("broken: \"%s\"", broken);
		for (size_t i = 0; i < verdict->claim_count; i++)
			for (size_t j = 0; j < verdict->claims[i].clause_count; j++)
				if (verdict->claims[i].clauses[j].outcome != MP_HOLDS)
					tell(&verdict->claims[i].clauses[j]);
	}
	free(why);
	mp_verdict_free(verdict);
}
