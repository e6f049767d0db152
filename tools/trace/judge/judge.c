/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include <errno.h>
#include <stdlib.h>

#include "inside.h"

/* Units of work (a few nanoseconds each) that a whole contract may ask for. */
#define WORK UINT64_C(4000000000)

/* We killed what was left from here on; what anybody did later, he did because of that. */
static uint64_t when_we_stopped_it(const struct mp_model *model)
{
	uint64_t first = MP_NEVER;

	for (size_t i = 0; i < model->process_count; i++) {
		const struct mp_process *process = model->processes[i];

		if (process->killed_by_us && process->ended < first)
			first = process->ended;
	}
	return first;
}

static void judging_free(struct mp_judging *judging)
{
	mp_select_free(judging);
	mp_index_free(judging);
	mp_plains_free(judging->plains);
	mp_sources_free(judging->sources);
	free(judging->why);
}

static int judging_init(struct mp_judging *judging, const struct mp_contract *contract,
			const struct mp_model *model)
{
	int err;

	*judging = (struct mp_judging){
		.contract = contract,
		.model = model,
		.until = when_we_stopped_it(model),
		.work = WORK,
	};
	if (model->record != NULL)
		judging->began = model->record->began;
	else if (model->process_count > 0)
		judging->began = model->processes[0]->born;
	err = mp_index_build(judging);
	if (err == 0)
		err = mp_plains_build(judging);
	return err != 0 ? err : mp_select_all(judging);
}

static enum mp_outcome worse(enum mp_outcome a, enum mp_outcome b)
{
	if (a == MP_BROKEN || b == MP_BROKEN)
		return MP_BROKEN;
	return a == MP_INCONCLUSIVE || b == MP_INCONCLUSIVE ? MP_INCONCLUSIVE : MP_HOLDS;
}

static int judge_claim(struct mp_judging *judging, const struct mp_claim *claim,
		       struct mp_claim_verdict *out)
{
	*out = (struct mp_claim_verdict){.claim = claim};
	out->clauses = calloc(claim->clause_count + 1, sizeof(*out->clauses));
	if (out->clauses == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < claim->clause_count; i++) {
		struct mp_trial trial = {
			.judging = judging,
			.clause = claim->clauses[i],
			.verdict = &out->clauses[i],
		};
		int err;

		out->clause_count++;
		out->clauses[i].clause = claim->clauses[i];
		err = mp_trial_run(&trial);
		if (err != 0)
			return err;
		out->outcome = worse(out->outcome, out->clauses[i].outcome);
	}
	return 0;
}

static int judge_claims(struct mp_judging *judging, struct mp_verdict *verdict)
{
	const struct mp_contract *contract = judging->contract;

	verdict->claims = calloc(contract->claim_count + 1, sizeof(*verdict->claims));
	if (verdict->claims == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < contract->claim_count; i++) {
		struct mp_claim_verdict *claim = &verdict->claims[i];
		int err;

		verdict->claim_count++;
		err = judge_claim(judging, contract->claims[i], claim);
		if (err != 0)
			return err;
		verdict->outcome = worse(verdict->outcome, claim->outcome);
		verdict->held += claim->outcome == MP_HOLDS;
		verdict->broken += claim->outcome == MP_BROKEN;
		verdict->inconclusive += claim->outcome == MP_INCONCLUSIVE;
	}
	return 0;
}

int mp_judge(const struct mp_contract *contract, const struct mp_model *model,
	     struct mp_verdict **out, char **why)
{
	struct mp_judging judging;
	struct mp_verdict *verdict;
	int err;

	*out = NULL;
	if (why != NULL)
		*why = NULL;
	if (contract->diagnostic_count > 0 || model->process_count == 0)
		return -EINVAL;
	verdict = calloc(1, sizeof(*verdict));
	if (verdict == NULL)
		return -ENOMEM;
	err = judging_init(&judging, contract, model);
	if (err == 0)
		err = judge_claims(&judging, verdict);
	if (err == -EINVAL && why != NULL) {
		*why = judging.why;
		judging.why = NULL;
	}
	judging_free(&judging);
	if (err != 0) {
		mp_verdict_free(verdict);
		return err;
	}
	*out = verdict;
	return 0;
}

void mp_verdict_free(struct mp_verdict *verdict)
{
	if (verdict == NULL)
		return;
	for (size_t i = 0; i < verdict->claim_count; i++) {
		struct mp_claim_verdict *claim = &verdict->claims[i];

		for (size_t j = 0; j < claim->clause_count; j++)
			mp_verdict_clear(&claim->clauses[j]);
		free(claim->clauses);
	}
	free(verdict->claims);
	free(verdict);
}
