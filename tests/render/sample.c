/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sample.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define MS(whole, thousandths) (UINT64_C(1000000) * (whole) + UINT64_C(1000) * (thousandths))
#define BEGAN		       MS(5000, 0)

enum { MAIN, CREATE, MULTIPLY };

static const char contract_text[] =
	"process create = child 1 of main\n"
	"process multiply = child 2 of main\n"
	"channel first = from create to multiply\n"
	"channel second = from multiply to main\n"
	"claim \"create_items sends the numbers 0 to 9 into the first pipe and closes it\"\n"
	"    create writes first exactly 3 times\n"
	"    create closes the writing end of first\n"
	"claim \"The main process closes the ends that it does not use before it reads, so nobody "
	"waits for ever\"\n"
	"    main closes the writing end of first before main starts reading second\n"
	"    main closes the writing end of second before main starts reading second\n"
	"claim \"Both processes end well and are reaped\"\n"
	"    create exits with 0\n"
	"    main reaps create once\n";

/* A copy that goes with the sample. */
static char *own(struct sample *s, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL || s->owned_count == SAMPLE_TEXTS)
		tap_bail("too many texts in the sample");
	s->owned[s->owned_count++] = copy;
	return copy;
}

static struct mp_record *make_record(void)
{
	char words[3][8] = {"mp-pipe", "-n", "3"};
	char *argv[] = {words[0], words[1], words[2], NULL};
	struct mp_record *record;
	struct mp_sleep event = {
		.e = {.kind = MP_SLEEP, .size = sizeof(event), .pid = 4711, .tid = 4711}};

	if (mp_record_new(&record) != 0 || mp_record_set_command(record, 3, argv) != 0)
		tap_bail("no memory");
	for (int i = 0; i < 212; i++)
		mp_record_append(record, &event, sizeof(event));
	record->pid = 4711;
	record->began = BEGAN;
	record->ended = BEGAN + MS(4, 120);
	return record;
}

static void make_process(struct sample *s, size_t id, const char *name, uint64_t born,
			 uint64_t ended, uint64_t reaped)
{
	struct mp_process *process = &s->processes[id];

	strcpy(s->names[id].text, name);
	*process = (struct mp_process){
		.id = id,
		.pid = 4711 + (uint32_t)id,
		.parent = id == MAIN ? NULL : &s->processes[MAIN],
		.threads = 1,
		.names = &s->names[id],
		.name_count = 1,
		.born = BEGAN + born,
		.ended = BEGAN + ended,
		.reaper = id == MAIN ? NULL : &s->processes[MAIN],
		.reaped = id == MAIN ? MP_NEVER : BEGAN + reaped,
	};
	s->process_list[id] = process;
}

static void make_processes(struct sample *s)
{
	make_process(s, MAIN, "mp-pipe", MS(0, 0), MS(4, 100), 0);
	make_process(s, CREATE, "create_items", MS(0, 410), MS(1, 230), MS(3, 900));
	make_process(s, MULTIPLY, "multiply_items", MS(0, 620), MS(3, 105), MS(3, 950));
	s->argv[0] = own(s, "mp-pipe");
	s->argv[1] = own(s, "-n");
	s->argv[2] = own(s, "3");
	s->image = (struct mp_image){.at = BEGAN, .argv = s->argv};
	s->processes[MAIN].images = &s->image;
	s->processes[MAIN].image_count = 1;
	s->processes[MAIN].children = s->process_list + 1;
	s->processes[MAIN].child_count = 2;
}

static void make_stream(struct sample *s, size_t id, size_t writer, size_t reader)
{
	struct mp_stream *stream = &s->streams[id];

	*stream = (struct mp_stream){
		.id = id,
		.kind = MP_STREAM_PIPE,
		.bytes_in = 24,
		.bytes_out = 24,
		.writes = 3,
		.reads = 3,
		.ends = s->ends[id],
		.end_count = SAMPLE_PROCESSES,
	};
	for (size_t i = 0; i < SAMPLE_PROCESSES; i++) {
		struct mp_end *end = &s->ends[id][i];

		*end = (struct mp_end){.process = &s->processes[i], .stream = stream};
		end->held_in = end->held_out = true;
		end->writes = i == writer ? 3 : 0;
		end->reads = i == reader ? 3 : 0;
		end->eofs = i == reader;
	}
	s->stream_list[id] = stream;
}

static struct mp_act *add_act(struct sample *s, enum mp_act_kind kind, size_t who, uint64_t at)
{
	struct mp_act *act = &s->acts[s->model.act_count];

	if (s->model.act_count == SAMPLE_ACTS)
		tap_bail("too many acts in the sample");
	*act = (struct mp_act){.kind = kind, .who = &s->processes[who], .at = BEGAN + at};
	act->begin = act->at;
	s->act_list[s->model.act_count++] = act;
	return act;
}

static void set_text(struct mp_act *act, const char *text)
{
	act->text = text;
	act->length = strlen(text);
}

/* One act of every kind, so that all of their words are looked at. */
static void make_acts(struct sample *s)
{
	struct mp_act *act;

	set_text(add_act(s, MP_ACT_EXEC, MAIN, MS(0, 1)), "mp-pipe");
	add_act(s, MP_ACT_FORK, MAIN, MS(0, 410))->whom = &s->processes[CREATE];
	set_text(add_act(s, MP_ACT_NAME, CREATE, MS(0, 500)), "create_items");
	act = add_act(s, MP_ACT_WRITE, CREATE, MS(0, 700));
	act->stream = &s->streams[0];
	act->value = 8;
	act = add_act(s, MP_ACT_WAKE, CREATE, MS(0, 710));
	act->whom = &s->processes[MULTIPLY];
	act->stream = &s->streams[0];
	act = add_act(s, MP_ACT_READ, MULTIPLY, MS(0, 720));
	act->stream = &s->streams[0];
	act->value = 1;
	act = add_act(s, MP_ACT_WAIT, MULTIPLY, MS(0, 715));
	act->begin -= MS(0, 95);
	act->wait = MP_ON_STREAM;
	act->stream = &s->streams[0];
	act->whom = &s->processes[CREATE];
	add_act(s, MP_ACT_CLOSE_IN, CREATE, MS(1, 200))->stream = &s->streams[0];
	add_act(s, MP_ACT_EXIT, CREATE, MS(1, 230));
	add_act(s, MP_ACT_EOF, MULTIPLY, MS(1, 235))->stream = &s->streams[0];
	add_act(s, MP_ACT_CLOSE_OUT, MULTIPLY, MS(1, 240))->stream = &s->streams[0];
	add_act(s, MP_ACT_SLEEP, MULTIPLY, MS(2, 300))->value = 1000000;
	act = add_act(s, MP_ACT_SIGNAL, MAIN, MS(3, 10));
	act->whom = &s->processes[MULTIPLY];
	act->value = SIGTERM;
	act = add_act(s, MP_ACT_RECEIVE, MULTIPLY, MS(3, 20));
	act->whom = &s->processes[MAIN];
	act->value = SIGTERM;
	act = add_act(s, MP_ACT_DIE, MULTIPLY, MS(3, 105));
	act->whom = &s->processes[MAIN];
	act->value = SIGTERM;
	set_text(add_act(s, MP_ACT_PRINT, MAIN, MS(3, 500)), "End");
	set_text(add_act(s, MP_ACT_COMPLAIN, MAIN, MS(3, 600)), "it took \"long\"");
	set_text(add_act(s, MP_ACT_OPEN, MAIN, MS(3, 700)), "/tmp/a \x1b[31m file");
	add_act(s, MP_ACT_MAP, MAIN, MS(3, 710))->memory = &s->memories[0];
	act = add_act(s, MP_ACT_MAP, MULTIPLY, MS(3, 720));
	act->memory = &s->memories[1];
	act->whom = &s->processes[MAIN];
	add_act(s, MP_ACT_REAP, MAIN, MS(3, 900))->whom = &s->processes[CREATE];
}

static void make_model(struct sample *s)
{
	make_processes(s);
	make_stream(s, 0, CREATE, MULTIPLY);
	make_stream(s, 1, MULTIPLY, MAIN);
	s->model = (struct mp_model){
		.record = s->record,
		.processes = s->process_list,
		.process_count = SAMPLE_PROCESSES,
		.streams = s->stream_list,
		.stream_count = SAMPLE_STREAMS,
		.acts = s->act_list,
		.findings = s->findings,
	};
	s->memories[0] = (struct mp_memory){.id = 0, .bytes = 4096, .anonymous = true};
	s->memories[1] = (struct mp_memory){.id = 1, .bytes = 1, .name = "psm_1\n"};
	make_acts(s);
}

static void make_verdict(struct sample *s)
{
	s->verdict = (struct mp_verdict){.claims = s->claims, .claim_count = 3, .held = 3};
	for (size_t i = 0; i < 3; i++) {
		s->claims[i] = (struct mp_claim_verdict){
			.claim = s->contract->claims[i],
			.clauses = s->clauses[i],
			.clause_count = 2,
		};
		for (size_t c = 0; c < 2; c++)
			s->clauses[i][c].clause = s->contract->claims[i]->clauses[c];
	}
}

void sample_good(struct sample *s)
{
	memset(s, 0, sizeof(*s));
	s->record = make_record();
	if (mp_contract_parse("mp-pipe.contract", contract_text, sizeof(contract_text) - 1,
			      &s->contract) != 0 ||
	    s->contract->diagnostic_count > 0)
		tap_bail("the contract of the sample is not accepted");
	make_model(s);
	make_verdict(s);
	s->report = (struct mp_report){
		.model = &s->model,
		.contract = s->contract,
		.verdict = &s->verdict,
		.utf8 = true,
		.width = 80,
	};
}

void sample_unasked(struct sample *s)
{
	sample_good(s);
	s->clauses[0][1].unasked = true;
}

static void break_claims(struct sample *s)
{
	struct mp_clause_verdict *broken = &s->clauses[1][1], *unsure = &s->clauses[2][1];

	broken->outcome = s->claims[1].outcome = s->verdict.outcome = MP_BROKEN;
	broken->expected = own(s, "main closes the writing end of second before 0.911 ms, when it "
				  "first reads second");
	broken->seen = own(s, "main never closed it: it still held the writing end of pipe 2 when "
			      "it ended");
	broken->acts[0] = &s->acts[1];
	broken->acts[1] = &s->acts[6];
	broken->acts[2] = &s->acts[15];
	broken->act_count = 3;
	unsure->outcome = s->claims[2].outcome = MP_INCONCLUSIVE;
	unsure->expected = own(s, "main reaps create once");
	unsure->seen = own(s, "no such act");
	unsure->cause = own(s, "7 wait events were lost (no room for more)");
	s->verdict.held = s->verdict.broken = s->verdict.inconclusive = 1;
}

static void make_findings(struct sample *s)
{
	struct mp_process *first = &s->processes[CREATE], *second = &s->processes[MULTIPLY];

	s->findings[0] = (struct mp_finding){MP_FIND_ZOMBIE, first, NULL, NULL, NULL, BEGAN};
	s->findings[1] = (struct mp_finding){MP_FIND_LEFT, second, NULL, NULL, NULL, BEGAN};
	s->findings[2] = (struct mp_finding){MP_FIND_END_OPEN,
					     &s->processes[MAIN],
					     &s->processes[MAIN],
					     &s->streams[1],
					     NULL,
					     BEGAN};
	s->findings[3] = (struct mp_finding){MP_FIND_SIGPIPE, first, NULL, NULL, NULL, BEGAN};
	s->findings[4] =
		(struct mp_finding){MP_FIND_OWNER_DIED, first, second, NULL, &s->word, BEGAN};
	s->findings[5] =
		(struct mp_finding){MP_FIND_LOST_WAKE, first, second, NULL, &s->word, BEGAN};
	s->model.finding_count = 6;
}

static void leave_running(struct sample *s)
{
	struct mp_process *first = &s->processes[CREATE], *second = &s->processes[MULTIPLY];

	first->reaper = NULL;
	first->reaped = MP_NEVER;
	first->status = 3 << 8;
	second->ended = second->reaped = MP_NEVER;
	second->reaper = NULL;
	second->threads = 4;
	s->acts[6].unfinished = true;
	second->blocked = &s->acts[6];
	s->streams[0].bytes_out = 20;
	s->ends[0][MAIN].open_in = true;
	s->ends[1][MAIN].open_in = true;
	s->ends[1][MAIN].eofs = 0;
}

void sample_left(struct sample *s)
{
	sample_good(s);
	break_claims(s);
	make_findings(s);
	leave_running(s);
	s->record->stop = MP_STOP_TIMEOUT;
	s->record->status = SIGKILL;
	s->report.kept = "run.mpt";
}

void sample_bad(struct sample *s)
{
	sample_left(s);
	s->record->losses.lost[MP_WAIT] = s->model.lost[MP_WAIT] = 7;
	s->record->losses.missed[MP_IO] = s->model.lost[MP_IO] = 1;
	s->record->losses.lost[MP_EXIT] = s->model.lost[MP_EXIT] = 1;
	s->record->losses.unmarked = s->model.lost[MP_FORK] = 2;
	s->model.blind = UINT64_C(1) << MP_BLIND_ASYNC;
	s->model.fd_unsure = true;
}

static void fill_verdict(struct sample *s, const char *text)
{
	static struct mp_claim titled[3];

	for (size_t i = 0; i < 3; i++) {
		titled[i] = *s->claims[i].claim;
		titled[i].title = text;
		s->claims[i].claim = &titled[i];
		for (size_t c = 0; c < 2; c++) {
			s->clauses[i][c].expected = own(s, text);
			s->clauses[i][c].seen = own(s, text);
			s->clauses[i][c].cause = own(s, text);
		}
	}
}

void sample_hostile(struct sample *s, const char *text)
{
	char *argv[] = {NULL, NULL, NULL};

	sample_bad(s);
	argv[0] = argv[1] = own(s, text);
	fill_verdict(s, text);
	mp_record_set_command(s->record, 2, argv);
	for (size_t i = 0; i < SAMPLE_PROCESSES; i++)
		strncpy(s->names[i].text, text, MP_COMM_LEN - 1);
	for (size_t i = 0; i < 3; i++)
		s->argv[i] = own(s, text);
	for (size_t i = 0; i < s->model.act_count; i++)
		set_text(&s->acts[i], text);
	s->named = *s->contract;
	s->named.name = own(s, text);
	s->report.contract = &s->named;
	s->report.kept = own(s, text);
}

void sample_free(struct sample *s)
{
	for (size_t i = 0; i < s->owned_count; i++)
		free(s->owned[i]);
	mp_contract_free(s->contract);
	mp_record_free(s->record);
}

char *sample_render(const struct sample *sample, const char *format)
{
	const struct mp_renderer *renderer = mp_renderer_find(format);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (renderer == NULL || out == NULL)
		tap_bail("no renderer %s", format);
	is_int(renderer->render(&sample->report, out), 0, "%s is rendered", format);
	fclose(out);
	if (strlen(text) != size)
		tap_bail("a zero byte got out");
	return text;
}
