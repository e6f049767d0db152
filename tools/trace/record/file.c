/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record file: a header in the clear, then one gzip stream that holds the head of the run, its
 * command, and the events as they came from the kernel. mp-record(5) describes it byte by byte.
 */
#include "squeeze.h"
#include "store.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The events hold numbers of system calls and signals: they mean nothing on another machine. */
#if defined(__x86_64__)
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#elif defined(__riscv)
#define MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define MACHINE EM_PPC64
#elif defined(__s390x__)
#define MACHINE EM_S390
#elif defined(__arm__)
#define MACHINE EM_ARM
#elif defined(__i386__)
#define MACHINE EM_386
#elif defined(__loongarch__)
#define MACHINE 258
#else
#error "give this machine its number of <elf.h>"
#endif

#if __BYTE_ORDER == __LITTLE_ENDIAN
#define BYTE_ORDER_HERE ELFDATA2LSB
#else
#define BYTE_ORDER_HERE ELFDATA2MSB
#endif

#define FILE_VERSION 1

/* As with PNG: the bytes show at once when somebody sent the file as text. */
static const unsigned char magic[8] = {0x89, 'M', 'P', 'T', '\r', '\n', 0x1a, '\n'};

struct header { /* not compressed; its numbers are little-endian on every machine */
	unsigned char magic[8];
	uint16_t file_version;
	uint16_t event_version;
	uint16_t machine;
	uint8_t byte_order;
	uint8_t zero;
};
_Static_assert(sizeof(struct header) == 16, "the header of a record file is 16 bytes");

struct head { /* compressed, as is all that follows; in the machine's own order */
	uint64_t start;
	uint64_t began;
	uint64_t ended;
	uint32_t pid;
	uint32_t stop;
	int32_t status;
	uint32_t kinds; /* entries in lost and missed */
	uint32_t argc;
	uint32_t argv_bytes;	/* words, each with its zero byte */
	uint32_t program_bytes; /* with its zero byte; 0: not known */
	uint32_t kernel_bytes;
	uint64_t unmarked;
	uint64_t event_count;
	uint64_t event_bytes;
	uint64_t lost[MP_KINDS];
	uint64_t missed[MP_KINDS];
};
_Static_assert(sizeof(struct head) == 80 + 16 * MP_KINDS, "the head has no padding");

/* ---- writing ---- */

static void fill_header(struct header *header)
{
	memset(header, 0, sizeof(*header));
	memcpy(header->magic, magic, sizeof(magic));
	header->file_version = htole16(FILE_VERSION);
	header->event_version = htole16(MP_EVENT_VERSION);
	header->machine = htole16(MACHINE);
	header->byte_order = BYTE_ORDER_HERE;
}

static uint32_t text_bytes(const char *text)
{
	return text != NULL ? (uint32_t)strlen(text) + 1 : 0;
}

static void fill_head(struct head *head, const struct mp_record *record)
{
	memset(head, 0, sizeof(*head));
	head->start = record->start;
	head->began = record->began;
	head->ended = record->ended;
	head->pid = record->pid;
	head->stop = record->stop;
	head->status = record->status;
	head->kinds = MP_KINDS;
	head->argc = (uint32_t)record->argc;
	for (int i = 0; i < record->argc; i++)
		head->argv_bytes += text_bytes(record->argv[i]);
	head->program_bytes = text_bytes(record->program);
	head->kernel_bytes = text_bytes(record->kernel);
	head->unmarked = record->losses.unmarked;
	head->event_count = record->count;
	head->event_bytes = mp_record_bytes(record);
	memcpy(head->lost, record->losses.lost, sizeof(head->lost));
	memcpy(head->missed, record->losses.missed, sizeof(head->missed));
}

static const char *too_much(const struct head *head)
{
	if (head->argc > MP_ARGV_WORDS || head->argv_bytes > MP_ARGV_BYTES)
		return "its command line is too long";
	if (head->program_bytes > MP_PATH_BYTES || head->kernel_bytes > MP_KERNEL_BYTES)
		return "a name in it is too long";
	if (head->event_bytes > MP_RECORD_BYTES ||
	    head->event_count > MP_RECORD_BYTES / sizeof(struct mp_event))
		return "it holds more events than fit in memory";
	return NULL;
}

/* A failure stays in `squeeze`, so nothing is asked until the end. */
static int write_body(struct mp_squeeze *squeeze, const struct mp_record *record,
		      const struct head *head)
{
	mp_squeeze_write(squeeze, head, sizeof(*head));
	for (int i = 0; i < record->argc; i++)
		mp_squeeze_write(squeeze, record->argv[i], text_bytes(record->argv[i]));
	mp_squeeze_write(squeeze, record->program, head->program_bytes);
	mp_squeeze_write(squeeze, record->kernel, head->kernel_bytes);
	for (size_t i = 0; i < record->count && squeeze->error == 0; i++) {
		const struct mp_event *event = mp_record_event(record, i);

		mp_squeeze_write(squeeze, event, event->size);
	}
	return mp_squeeze_write_end(squeeze);
}

int mp_record_save(const struct mp_record *record, int fd)
{
	struct mp_squeeze *squeeze;
	struct header header;
	struct head head;
	int ret;

	fill_head(&head, record);
	if (too_much(&head) != NULL)
		return -EFBIG;
	squeeze = malloc(sizeof(*squeeze));
	if (squeeze == NULL)
		return -ENOMEM;
	fill_header(&header);
	ret = mp_write_all(fd, &header, sizeof(header));
	if (ret == 0)
		ret = mp_squeeze_write_begin(squeeze, fd);
	if (ret == 0)
		ret = write_body(squeeze, record, &head);
	free(squeeze);
	return ret;
}

/* ---- reading ---- */

/* Where a file is read from, where it goes, and what is wrong with it. */
struct loader {
	struct mp_squeeze squeeze;
	struct mp_record *record;
	struct head head;
	const char *why;
	_Alignas(uint64_t) unsigned char event[MP_EVENT_LARGEST];
};

static int refuse(struct loader *loader, int error, const char *why)
{
	loader->why = why;
	return error;
}

static int read_bytes(struct loader *loader, void *bytes, size_t size)
{
	int ret = mp_squeeze_read(&loader->squeeze, bytes, size);

	return ret < 0 ? refuse(loader, ret, loader->squeeze.why) : 0;
}

static int load_header(struct loader *loader, int fd)
{
	struct header header;
	int ret = mp_read_all(fd, &header, sizeof(header));

	if (ret < 0)
		return ret;
	if (ret > 0 || memcmp(header.magic, magic, sizeof(magic)) != 0)
		return refuse(loader, -EBADMSG, "it is not a record of mp-trace");
	if (le16toh(header.file_version) != FILE_VERSION ||
	    le16toh(header.event_version) != MP_EVENT_VERSION)
		return refuse(loader, -EPROTO, "it was written by another version of mp-trace");
	if (le16toh(header.machine) != MACHINE || header.byte_order != BYTE_ORDER_HERE)
		return refuse(loader, -EPROTO, "it was recorded on another kind of machine");
	if (header.zero != 0)
		return refuse(loader, -EBADMSG, "its header is damaged");
	return 0;
}

static int load_head(struct loader *loader)
{
	struct mp_record *record = loader->record;
	struct head *head = &loader->head;
	int ret = read_bytes(loader, head, sizeof(*head));

	if (ret < 0)
		return ret;
	if (head->kinds != MP_KINDS || head->stop > MP_STOP_INTERRUPTED)
		return refuse(loader, -EBADMSG, "its head makes no sense");
	if (too_much(head) != NULL)
		return refuse(loader, -EFBIG, too_much(head));
	record->start = head->start;
	record->began = head->began;
	record->ended = head->ended;
	record->pid = head->pid;
	record->stop = head->stop;
	record->status = head->status;
	record->losses.unmarked = head->unmarked;
	memcpy(record->losses.lost, head->lost, sizeof(head->lost));
	memcpy(record->losses.missed, head->missed, sizeof(head->missed));
	return 0;
}

/* `size` bytes that must be `words` texts, each ended by a zero byte. malloc'd. */
static int load_texts(struct loader *loader, uint32_t size, uint32_t words, char **out)
{
	uint32_t ends = 0;
	char *text = malloc(size);
	int ret;

	if (text == NULL)
		return -ENOMEM;
	ret = read_bytes(loader, text, size);
	for (uint32_t i = 0; ret == 0 && i < size; i++)
		ends += text[i] == '\0';
	if (ret == 0 && (ends != words || text[size - 1] != '\0'))
		ret = refuse(loader, -EBADMSG, "a text in it does not end");
	if (ret < 0) {
		free(text);
		return ret;
	}
	*out = text;
	return 0;
}

static int load_name(struct loader *loader, uint32_t size, char **out)
{
	return size > 0 ? load_texts(loader, size, 1, out) : 0;
}

/* mp_record_set_command() over the words that stand one after the other in `text`. */
static int set_words(struct mp_record *record, char *text, uint32_t argc)
{
	char **argv = calloc(argc, sizeof(*argv));
	int ret;

	if (argv == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < argc; i++) {
		argv[i] = text;
		text += strlen(text) + 1;
	}
	ret = mp_record_set_command(record, (int)argc, argv);
	free(argv);
	return ret;
}

static int load_command(struct loader *loader)
{
	const struct head *head = &loader->head;
	char *text = NULL;
	int ret;

	if (head->argc == 0)
		return head->argv_bytes == 0
			       ? mp_record_set_command(loader->record, 0, NULL)
			       : refuse(loader, -EBADMSG, "its command makes no sense");
	if (head->argv_bytes < head->argc)
		return refuse(loader, -EBADMSG, "its command makes no sense");
	ret = load_texts(loader, head->argv_bytes, head->argc, &text);
	if (ret == 0)
		ret = set_words(loader->record, text, head->argc);
	free(text);
	return ret;
}

static int load_event(struct loader *loader)
{
	struct mp_event *event = (struct mp_event *)loader->event;
	int ret = read_bytes(loader, event, sizeof(*event));

	if (ret < 0)
		return ret;
	if (event->size < sizeof(*event) || event->size > MP_EVENT_LARGEST)
		return refuse(loader, -EBADMSG, "an event in it has an impossible size");
	ret = read_bytes(loader, event + 1, event->size - sizeof(*event));
	if (ret < 0)
		return ret;
	ret = mp_record_append(loader->record, event, event->size);
	if (ret == -EBADMSG)
		return refuse(loader, ret, "an event in it is not well formed");
	return ret;
}

/* Nothing is allocated for what the head promises: memory grows with what really comes. */
static int load_events(struct loader *loader)
{
	const struct head *head = &loader->head;
	int ret = 0;

	while (ret == 0 && loader->record->count < head->event_count)
		ret = load_event(loader);
	if (ret == 0 && mp_record_bytes(loader->record) != head->event_bytes)
		ret = refuse(loader, -EBADMSG, "its events are not as long as it says");
	return ret;
}

static int load_body(struct loader *loader)
{
	int ret = load_head(loader);

	if (ret == 0)
		ret = load_command(loader);
	if (ret == 0)
		ret = load_name(loader, loader->head.program_bytes, &loader->record->program);
	if (ret == 0)
		ret = load_name(loader, loader->head.kernel_bytes, &loader->record->kernel);
	if (ret == 0)
		ret = load_events(loader);
	if (ret == 0) {
		ret = mp_squeeze_read_end(&loader->squeeze);
		loader->why = loader->squeeze.why;
	}
	return ret;
}

static int load(struct loader *loader, int fd)
{
	int ret = load_header(loader, fd);

	if (ret == 0)
		ret = mp_record_new(&loader->record);
	if (ret == 0)
		ret = mp_squeeze_read_begin(&loader->squeeze, fd);
	if (ret < 0)
		return ret;
	ret = load_body(loader);
	mp_squeeze_read_free(&loader->squeeze);
	return ret;
}

int mp_record_load(int fd, struct mp_record **out, const char **why)
{
	struct loader *loader = malloc(sizeof(*loader));
	int ret;

	*why = NULL;
	if (loader == NULL)
		return -ENOMEM;
	loader->record = NULL;
	loader->why = NULL;
	ret = load(loader, fd);
	if (ret == 0)
		*out = loader->record;
	else
		mp_record_free(loader->record);
	if (ret == -EBADMSG || ret == -EPROTO || ret == -EFBIG)
		*why = loader->why;
	free(loader);
	return ret;
}
