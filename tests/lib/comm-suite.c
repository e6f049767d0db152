// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ranks can rely on, whatever carries their messages: run alone, or by a launcher of MPI, it
 * prints the same. Argument: how many ranks, when alone. Every rank takes part in each check and
 * counts what is wrong there; rank 0 adds that up and reports.
 */
#include <errno.h>
#include <math.h>
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "tap.h"

static struct mp_comm *comm;
static int rank, size;
static int wrong; /* in this rank, since the last report */

#define expect(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			wrong++;                                                                   \
			fprintf(stderr, "# rank %d, line %d: %s\n", rank, __LINE__, #condition);   \
		}                                                                                  \
	} while (0)

static void report(const char *what)
{
	int64_t own = wrong, all = -1;
	int rc = mp_comm_reduce(comm, 0, &own, &all, 1, MP_INT64, MP_SUM);

	wrong = 0;
	if (rank == 0)
		is_int(rc ? rc : all, 0, "%s", what);
}

static int next(void)
{
	return (rank + 1) % size;
}

static int previous(void)
{
	return (rank + size - 1) % size;
}

/* A byte that depends on all of it. */
static unsigned char byte_of(int from, int tag, size_t at)
{
	return (unsigned char)((unsigned)from * 31 + (unsigned)tag * 7 + at * 13 + (at >> 8));
}

static void fill(unsigned char *bytes, size_t length, int from, int tag)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = byte_of(from, tag, i);
}

static bool is_filled(const unsigned char *bytes, size_t length, int from, int tag)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] != byte_of(from, tag, i))
			return false;
	return true;
}

/* --- between two --- */

static void test_ring(void)
{
	struct mp_comm_status status = {-5, -5, 5};
	int token = rank, got = -1;

	expect(mp_comm_send(comm, next(), 7, &token, sizeof(token)) == 0);
	expect(mp_comm_recv(comm, previous(), 7, &got, sizeof(got), &status) == 0);
	expect(got == previous());
	expect(status.source == previous() && status.tag == 7 && status.size == sizeof(got));
	report("each hears from the one before");
}

static void test_empty(void)
{
	struct mp_comm_status status = {0};

	expect(mp_comm_send(comm, next(), MP_COMM_TAG_MAX, NULL, 0) == 0);
	expect(mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, NULL, 0, &status) == 0);
	expect(status.source == previous() && status.tag == MP_COMM_TAG_MAX && status.size == 0);
	report("a message may be empty");
}

static void test_tags(void)
{
	int got = -1;

	for (int tag = 0; tag < 5; tag++)
		expect(mp_comm_send(comm, next(), tag, &tag, sizeof(tag)) == 0);
	for (int tag = 4; tag >= 1; tag--) {
		expect(mp_comm_recv(comm, previous(), tag, &got, sizeof(got), NULL) == 0);
		expect(got == tag);
	}
	expect(mp_comm_recv(comm, previous(), MP_COMM_ANY, &got, sizeof(got), NULL) == 0);
	expect(got == 0);
	report("a tag is picked out of what has come");
}

static void test_order(void)
{
	int got = -1;

	for (int i = 0; i < 100; i++)
		expect(mp_comm_send(comm, next(), 3, &i, sizeof(i)) == 0);
	for (int i = 0; i < 100; i++) {
		expect(mp_comm_recv(comm, i % 2 ? previous() : MP_COMM_ANY, 3, &got, sizeof(got),
				    NULL) == 0);
		expect(got == i);
	}
	report("the order of a source is kept");
}

static void test_truncation(void)
{
	struct mp_comm_status status = {0};
	char text[16] = "", small[4] = "abc";

	expect(mp_comm_send(comm, next(), 1, "a long text", 12) == 0);
	expect(mp_comm_send(comm, next(), 1, "short", 6) == 0);
	expect(mp_comm_recv(comm, previous(), 1, small, sizeof(small), &status) == -EMSGSIZE);
	expect(status.size == 12 && status.source == previous() && status.tag == 1);
	expect(mp_comm_recv(comm, previous(), 1, NULL, 0, NULL) == -EMSGSIZE);
	expect(mp_comm_recv(comm, previous(), 1, text, sizeof(text), &status) == 0);
	expect(status.size == 12 && strcmp(text, "a long text") == 0);
	expect(mp_comm_recv(comm, MP_COMM_ANY, 1, text, sizeof(text), NULL) == 0);
	expect(strcmp(text, "short") == 0);
	report("what is too long is kept");
}

static void test_probe(void)
{
	struct mp_comm_status status = {0};
	int64_t before = now_ms();
	int got = -1;

	expect(mp_comm_barrier(comm) == 0);
	expect(mp_comm_probe(comm, MP_COMM_ANY, 9, NULL, 0) == MP_TIMEOUT);
	if (size > 1) {
		expect(mp_comm_probe(comm, previous(), 9, NULL, 30) == MP_TIMEOUT);
		expect(now_ms() - before >= 29);
	}
	expect(mp_comm_barrier(comm) == 0);
	expect(mp_comm_send(comm, next(), 9, &rank, sizeof(rank)) == 0);
	expect(mp_comm_probe(comm, previous(), MP_COMM_ANY, &status, 60000) == 0);
	expect(status.source == previous() && status.tag == 9 && status.size == sizeof(rank));
	expect(mp_comm_probe(comm, MP_COMM_ANY, 9, NULL, MP_FOREVER) == 0);
	expect(mp_comm_probe(comm, previous(), 9, NULL, 0) == 0);
	expect(mp_comm_recv(comm, previous(), 9, &got, sizeof(got), NULL) == 0);
	expect(got == previous());
	report("a probe waits, and takes nothing");
}

static void test_self(void)
{
	char text[8] = "";

	expect(mp_comm_recv(comm, rank, 2, text, sizeof(text), NULL) == -EDEADLK);
	expect(mp_comm_probe(comm, rank, 2, NULL, MP_FOREVER) == -EDEADLK);
	expect(mp_comm_probe(comm, rank, 2, NULL, 0) == MP_TIMEOUT);
	expect(mp_comm_send(comm, rank, 2, "to me", 6) == 0);
	expect(mp_comm_probe(comm, rank, 2, NULL, 0) == 0);
	expect(mp_comm_recv(comm, rank, 3, text, sizeof(text), NULL) == -EDEADLK);
	expect(mp_comm_recv(comm, rank, 2, text, sizeof(text), NULL) == 0);
	expect(strcmp(text, "to me") == 0);
	expect(mp_comm_sendrecv(comm, rank, 1, "again", 6, rank, 1, text, sizeof(text), NULL) == 0);
	expect(strcmp(text, "again") == 0);
	report("a rank talks to itself");
}

static void test_arguments(void)
{
	const struct mp_comm_status untouched = {-7, -7, 7};
	struct mp_comm_status status = untouched;
	char byte = 0;

	expect(mp_comm_send(comm, size, 0, &byte, 1) == -EINVAL);
	expect(mp_comm_send(comm, MP_COMM_ANY, 0, &byte, 1) == -EINVAL);
	expect(mp_comm_send(comm, 0, MP_COMM_ANY, &byte, 1) == -EINVAL);
	expect(mp_comm_send(comm, 0, MP_COMM_TAG_MAX + 1, &byte, 1) == -EINVAL);
	expect(mp_comm_send(comm, 0, 0, &byte, (size_t)MP_COMM_MAX + 1) == -EMSGSIZE);
	expect(mp_comm_recv(comm, size, 0, &byte, 1, &status) == -EINVAL);
	expect(mp_comm_recv(comm, -2, 0, &byte, 1, &status) == -EINVAL);
	expect(mp_comm_recv(comm, 0, -2, &byte, 1, &status) == -EINVAL);
	expect(mp_comm_probe(comm, 0, MP_COMM_TAG_MAX + 1, &status, 0) == -EINVAL);
	expect(mp_comm_sendrecv(comm, 0, 0, &byte, 1, size, 0, &byte, 1, &status) == -EINVAL);
	expect(mp_comm_sendrecv(comm, size, 0, &byte, 1, 0, 0, &byte, 1, &status) == -EINVAL);
	expect(mp_comm_broadcast(comm, size, &byte, 1) == -EINVAL);
	expect(mp_comm_scatter(comm, -1, &byte, &byte, 1) == -EINVAL);
	expect(mp_comm_gather(comm, 0, &byte, &byte, (size_t)MP_COMM_MAX + 1) == -EMSGSIZE);
	expect(mp_comm_all_to_all(comm, &byte, &byte, SIZE_MAX) == -EMSGSIZE);
	expect(mp_comm_reduce(comm, 0, &byte, &byte, 1, MP_STRING, MP_SUM) == -EINVAL);
	expect(mp_comm_reduce(comm, 0, &byte, &byte, 1, MP_INT8, (enum mp_comm_operation)4) ==
	       -EINVAL);
	expect(mp_comm_reduce(comm, size, &byte, &byte, 1, MP_INT8, MP_SUM) == -EINVAL);
	expect(mp_comm_reduce(comm, 0, &byte, &byte, SIZE_MAX, MP_INT64, MP_SUM) == -EMSGSIZE);
	expect(memcmp(&status, &untouched, sizeof(status)) == 0);
	/* The refused sends have sent nothing. */
	expect(mp_comm_probe(comm, rank, MP_COMM_ANY, NULL, 0) == MP_TIMEOUT);
	report("wrong arguments are refused");
}

static void test_sizes(void)
{
	static const size_t sizes[] = {1,     15,    16,    17,	   4079,  4080,	  4081,
				       16384, 65519, 65520, 65521, 65536, 300000, 4000000};
	unsigned char *out = malloc(4000000), *in = malloc(4000000);
	struct mp_comm_status status = {0};

	for (int i = 0; i < (int)(sizeof(sizes) / sizeof(sizes[0])); i++) {
		fill(out, sizes[i], rank, i);
		expect(mp_comm_sendrecv(comm, next(), i, out, sizes[i], previous(), i, in, 4000000,
					&status) == 0);
		expect(status.size == sizes[i] && is_filled(in, sizes[i], previous(), i));
	}
	free(out);
	free(in);
	report("messages of all sizes arrive whole");
}

/* All send first, more than any ring holds, to all; then all receive. */
static void test_all_send_first(void)
{
	enum { LENGTH = 300000 };
	unsigned char *out = malloc(LENGTH), *in = malloc(LENGTH);

	for (int other = 0; other < size; other++) {
		fill(out, LENGTH, rank, other);
		expect(mp_comm_send(comm, other, other, out, LENGTH) == 0);
	}
	for (int other = size - 1; other >= 0; other--) {
		expect(mp_comm_recv(comm, other, rank, in, LENGTH, NULL) == 0);
		expect(is_filled(in, LENGTH, other, rank));
	}
	free(out);
	free(in);
	report("all may send much at once before they receive");
}

/* --- a storm --- */

enum { MESSAGES = 60, BIGGEST = 1 << 20 };

struct label {
	uint32_t serial; /* among those from this source to this destination */
	uint32_t length;
};

static unsigned random_below(unsigned *state, unsigned limit)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % limit;
}

/* Mostly small, sometimes as big as can be. */
static uint32_t random_length(unsigned *state)
{
	unsigned bits = random_below(state, 20);

	return random_below(state, 16) == 0 ? random_below(state, BIGGEST + 1)
					    : random_below(state, (1u << (bits * 3 / 4)) + 1);
}

struct storm {
	unsigned char *buffer;
	uint32_t *next_serial; /* by source: what is to come */
	uint32_t *sent;	       /* by destination */
	uint64_t bytes_out, bytes_in, count_in;
};

static void send_one(struct storm *storm, unsigned *state)
{
	int to = (int)random_below(state, (unsigned)size), tag = (int)random_below(state, 3);
	struct label label = {.serial = storm->sent[to]++, .length = random_length(state)};

	memcpy(storm->buffer, &label, sizeof(label));
	fill(storm->buffer + sizeof(label), label.length, rank, tag);
	expect(mp_comm_send(comm, to, tag, storm->buffer, sizeof(label) + label.length) == 0);
	storm->bytes_out += label.length;
}

static void take_one(struct storm *storm, int source, int tag)
{
	struct mp_comm_status status = {0};
	struct label label = {0};

	if (mp_comm_recv(comm, source, tag, storm->buffer, sizeof(label) + BIGGEST, &status) != 0) {
		expect(!"received");
		return;
	}
	memcpy(&label, storm->buffer, sizeof(label));
	expect(status.size == sizeof(label) + label.length);
	expect(is_filled(storm->buffer + sizeof(label), label.length, status.source, status.tag));
	expect(label.serial == storm->next_serial[status.source]);
	storm->next_serial[status.source] = label.serial + 1;
	storm->bytes_in += label.length;
	storm->count_in++;
}

/* Everybody is told how many come from whom, and takes the rest. */
static void take_the_rest(struct storm *storm)
{
	uint32_t *due = calloc((size_t)size, sizeof(*due));

	expect(mp_comm_all_to_all(comm, storm->sent, due, sizeof(*due)) == 0);
	for (int source = 0; source < size; source++)
		while (!wrong && storm->next_serial[source] < due[source])
			take_one(storm, source, MP_COMM_ANY);
	free(due);
}

static void test_storm(void)
{
	unsigned state = 12345u + (unsigned)rank;
	struct storm storm = {.buffer = malloc(BIGGEST + sizeof(struct label)),
			      .next_serial = calloc((size_t)size, sizeof(uint32_t)),
			      .sent = calloc((size_t)size, sizeof(uint32_t))};
	uint64_t sums[2], all[2] = {0, 1};

	for (unsigned i = 0; i < MESSAGES; i++) {
		send_one(&storm, &state);
		while (random_below(&state, 2) &&
		       mp_comm_probe(comm, MP_COMM_ANY, MP_COMM_ANY, NULL, 0) == 0)
			take_one(&storm, MP_COMM_ANY, MP_COMM_ANY);
	}
	take_the_rest(&storm);
	for (int tag = 0; tag < 3; tag++)
		expect(mp_comm_probe(comm, MP_COMM_ANY, tag, NULL, 0) == MP_TIMEOUT);
	sums[0] = storm.bytes_out;
	sums[1] = storm.bytes_in;
	expect(mp_comm_reduce(comm, 0, sums, all, 2, MP_UINT64, MP_SUM) == 0);
	expect(rank != 0 || all[0] == all[1]);
	sums[0] = storm.count_in;
	expect(mp_comm_reduce(comm, 0, sums, all, 1, MP_UINT64, MP_SUM) == 0);
	expect(rank != 0 || all[0] == (uint64_t)size * MESSAGES);
	free(storm.buffer);
	free(storm.next_serial);
	free(storm.sent);
	report("a storm: nothing lost, nothing changed, nothing overtaken");
}

/* --- all together --- */

/* Nobody passes before all have come: each adds itself before, and rank 0 sees all of them after.
 */
static void test_barrier(void)
{
	char byte;

	for (int round = 0; round < 20; round++) {
		if (rank != 0)
			expect(mp_comm_send(comm, 0, 11, "", 1) == 0);
		expect(mp_comm_barrier(comm) == 0);
		for (int other = 1; rank == 0 && other < size; other++)
			expect(mp_comm_probe(comm, other, 11, NULL, 10000) == 0 &&
			       mp_comm_recv(comm, other, 11, &byte, 1, NULL) == 0);
	}
	report("a barrier");
}

static void test_broadcast(void)
{
	static const size_t sizes[] = {0, 1, 1000, 200000};
	unsigned char *data = malloc(200000);

	for (int root = 0; root < size; root++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			memset(data, 0xee, 200000);
			if (rank == root)
				fill(data, sizes[i], root, (int)i);
			expect(mp_comm_broadcast(comm, root, data, sizes[i]) == 0);
			expect(is_filled(data, sizes[i], root, (int)i));
			expect(sizes[i] == 200000 || data[sizes[i]] == 0xee);
		}
	expect(mp_comm_broadcast(comm, 0, NULL, 0) == 0);
	free(data);
	report("a broadcast from every root");
}

static void test_scatter_gather(void)
{
	enum { PIECE = 30001 };
	const size_t whole = (size_t)size * PIECE;
	unsigned char *all = malloc(whole), *own = malloc(PIECE);

	for (int root = 0; root < size; root++) {
		for (int other = 0; other < size; other++)
			fill(all + (size_t)other * PIECE, PIECE, other, root);
		expect(mp_comm_scatter(comm, root, rank == root ? all : NULL, own, PIECE) == 0);
		expect(is_filled(own, PIECE, rank, root));
		memset(all, 0, whole);
		expect(mp_comm_gather(comm, root, own, rank == root ? all : NULL, PIECE) == 0);
		for (int other = 0; rank == root && other < size; other++)
			expect(is_filled(all + (size_t)other * PIECE, PIECE, other, root));
		expect(rank == root || all[0] == 0);
	}
	free(all);
	free(own);
	report("a scatter from, and a gather to, every root");
}

static void test_all_to_all(void)
{
	static const size_t pieces[] = {0, 1, 100, 100000};
	unsigned char *in = malloc((size_t)size * 100000), *out = malloc((size_t)size * 100000);

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (int other = 0; other < size; other++)
			fill(in + (size_t)other * pieces[i], pieces[i], rank, other);
		expect(mp_comm_all_to_all(comm, in, out, pieces[i]) == 0);
		for (int other = 0; other < size; other++)
			expect(is_filled(out + (size_t)other * pieces[i], pieces[i], other, rank));
	}
	free(in);
	free(out);
	report("all to all");
}

#define REDUCES(ctype, mtype)                                                                      \
	static void reduce_##ctype(int root)                                                       \
	{                                                                                          \
		ctype in[3] = {(ctype)(rank + 1), (ctype)-1, (ctype)(3 * rank % 5)};               \
		ctype sum[3] = {0}, product[3] = {1, 1, 1}, least[3] = {1, 1, 1}, most[3] = {0};   \
		ctype out[4][3] = {0};                                                             \
                                                                                                   \
		for (int i = 0; i < size; i++)                                                     \
			for (int k = 0; k < 3; k++) {                                              \
				ctype x = k == 0   ? (ctype)(i + 1)                                \
					  : k == 1 ? (ctype)-1                                     \
						   : (ctype)(3 * i % 5);                           \
				sum[k] = (ctype)(sum[k] + x);                                      \
				product[k] = (ctype)(product[k] * x);                              \
				least[k] = i == 0 || x < least[k] ? x : least[k];                  \
				most[k] = i == 0 || x > most[k] ? x : most[k];                     \
			}                                                                          \
		expect(mp_comm_reduce(comm, root, in, out[0], 3, mtype, MP_SUM) == 0);             \
		expect(mp_comm_reduce(comm, root, in, out[1], 3, mtype, MP_PRODUCT) == 0);         \
		expect(mp_comm_reduce(comm, root, in, out[2], 3, mtype, MP_MIN) == 0);             \
		expect(mp_comm_reduce(comm, root, in, out[3], 3, mtype, MP_MAX) == 0);             \
		if (rank != root)                                                                  \
			return;                                                                    \
		expect(memcmp(out[0], sum, sizeof(sum)) == 0);                                     \
		expect(memcmp(out[1], product, sizeof(sum)) == 0);                                 \
		expect(memcmp(out[2], least, sizeof(sum)) == 0);                                   \
		expect(memcmp(out[3], most, sizeof(sum)) == 0);                                    \
	}

/* The products are 9! at most and do not leave these types' range but as numbers that wrap. */
REDUCES(int8_t, MP_INT8)
REDUCES(uint8_t, MP_UINT8)
REDUCES(int16_t, MP_INT16)
REDUCES(uint16_t, MP_UINT16)
REDUCES(int32_t, MP_INT32)
REDUCES(uint32_t, MP_UINT32)
REDUCES(int64_t, MP_INT64)
REDUCES(uint64_t, MP_UINT64)
REDUCES(float, MP_FLOAT)
REDUCES(double, MP_DOUBLE)

static void test_reduce(void)
{
	for (int root = 0; root < size; root++) {
		reduce_int8_t(root);
		reduce_uint8_t(root);
		reduce_int16_t(root);
		reduce_uint16_t(root);
		reduce_int32_t(root);
		reduce_uint32_t(root);
		reduce_int64_t(root);
		reduce_uint64_t(root);
		reduce_float(root);
		reduce_double(root);
	}
	report("numbers of every type are reduced, at every root");
}

static void test_reduce_wraps(void)
{
	int64_t in = INT64_MAX, out = 0;
	uint64_t expected = 0;

	for (int i = 0; i < size; i++)
		expected += (uint64_t)INT64_MAX;
	expect(mp_comm_reduce(comm, 0, &in, &out, 1, MP_INT64, MP_SUM) == 0);
	expect(rank != 0 || (uint64_t)out == expected);
	report("a sum of integers wraps around");
}

/* 1e16 + 1 - 1e16 and the like: every other order of the ranks would give another sum. */
static void test_reduce_order(void)
{
	enum { COUNT = 50000 };
	double *in = malloc(COUNT * sizeof(*in)), *out = malloc(COUNT * sizeof(*out)), sum;

	for (int i = 0; i < COUNT; i++)
		in[i] = rank % 2 ? i + 0.1 * rank : 1e16 / (rank + i + 1);
	expect(mp_comm_reduce(comm, size - 1, in, out, COUNT, MP_DOUBLE, MP_SUM) == 0);
	for (int i = 0; rank == size - 1 && i < COUNT; i++) {
		sum = 1e16 / (i + 1);
		for (int other = 1; other < size; other++)
			sum += other % 2 ? i + 0.1 * other : 1e16 / (other + i + 1);
		expect(memcmp(&sum, &out[i], sizeof(sum)) == 0);
	}
	free(in);
	free(out);
	report("a sum of doubles is made in the order of the ranks");
}

static void test_reduce_nan(void)
{
	double in[2] = {rank == 0 && size > 1 ? NAN : rank, NAN}, out[2] = {-1, -1};
	double least = size > 1;

	expect(mp_comm_reduce(comm, 0, in, out, 2, MP_DOUBLE, MP_MIN) == 0);
	expect(rank != 0 || (memcmp(&out[0], &least, sizeof(least)) == 0 && isnan(out[1])));
	report("a NaN is not the least");
}

/* Messages of the program wait while the ranks do something together. */
static void test_both(void)
{
	int64_t sum = 0, own = rank;
	int got = -1;

	for (int i = 0; i < 10; i++) {
		expect(mp_comm_send(comm, next(), 0, &i, sizeof(i)) == 0);
		expect(mp_comm_reduce(comm, 0, &own, &sum, 1, MP_INT64, MP_SUM) == 0);
		expect(mp_comm_broadcast(comm, 0, &sum, sizeof(sum)) == 0);
		expect(sum == (int64_t)size * (size - 1) / 2);
	}
	for (int i = 0; i < 10; i++) {
		expect(mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, &got, sizeof(got), NULL) == 0);
		expect(got == i);
	}
	report("messages are not mixed up with what all do together");
}

/* --- */

static int suite(struct mp_comm *given, void *argument)
{
	comm = given;
	rank = mp_comm_rank(comm);
	size = mp_comm_size(comm);
	if (rank == 0)
		tap_plan(0);
	test_ring();
	test_empty();
	test_tags();
	test_order();
	test_truncation();
	test_probe();
	test_self();
	test_arguments();
	test_sizes();
	test_all_send_first();
	test_storm();
	test_barrier();
	test_broadcast();
	test_scatter_gather();
	test_all_to_all();
	test_reduce();
	test_reduce_wraps();
	test_reduce_order();
	test_reduce_nan();
	test_both();
	return rank == 0 ? tap_done() : 0;
}

int main(int argc, char **argv)
{
	int status = 1;
	int rc = mp_comm_run(argc > 1 ? (unsigned)atoi(argv[1]) : 3, suite, NULL, &status);

	if (rc)
		fprintf(stderr, "# mp_comm_run: %s\n", mp_result_text(rc));
	return rc ? 1 : status & 0xff;
}
