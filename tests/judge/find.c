/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where contracts are found: in ELF files that are made here, good and hostile, and in a folder. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge.h"
#include "tap.h"

/* This program carries a contract in the way the demos do. */
__asm__(".pushsection .mp_contract,\"aR\",%progbits\n\t.ascii \"carried\\n\"\n\t.popsection");

static char folder[] = "/tmp/mp-find-XXXXXX";
static const char carried[] = "claim \"carried\"\n";

/* --- files -------------------------------------------------------------------------------- */

static void put(const char *name, const void *bytes, size_t length)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || close(fd))
		tap_bail("cannot write %s: %m", name);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

struct found {
	int err;
	char *name, *text;
	size_t length;
};

static struct found find(const char *program, const char *directory)
{
	struct found f = {0};

	f.err = mp_contract_find(program, directory, &f.name, &f.text, &f.length);
	return f;
}

static void drop(struct found *f)
{
	if (!f->err) {
		free(f->name);
		free(f->text);
	}
}

static void finds(const char *program, const char *directory, const char *name, const char *text,
		  const char *what)
{
	struct found f = find(program, directory);

	if (is_int(f.err, 0, "%s: found", what)) {
		is_string(f.name, name, "%s: by this name", what);
		is_string(f.text, text, "%s: this text", what);
		is_int((int64_t)f.length, (int64_t)strlen(text), "%s: of this length", what);
	}
	drop(&f);
}

static void refuses(const char *program, const char *directory, int err, const char *what)
{
	struct found f = find(program, directory);

	is_int(f.err, err, "%s: %s", what, strerror(-err));
	drop(&f);
}

/* --- ELF files ---------------------------------------------------------------------------- */

/* Sections: none, the names, the contract. Everything may be a lie. */
struct elf {
	bool narrow, big;
	uint64_t table, entry, count, names; /* of the header: e_shoff and so on */
	Elf64_Shdr sections[3];
	size_t length; /* of the file */
	unsigned char bytes[1024];
};

static const char names[] = "\0.shstrtab\0.mp_contract";
enum { NAMES_AT = 128, CONTRACT_AT = 192, TABLE_AT = 256 };

static void set(struct elf *elf, size_t at, uint64_t value, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		elf->bytes[at + (elf->big ? size - 1 - i : i)] = (unsigned char)(value >> (8 * i));
}

static size_t section_size(const struct elf *elf)
{
	return elf->narrow ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr);
}

static struct elf honest(bool narrow, bool big)
{
	struct elf elf = {.narrow = narrow, .big = big, .table = TABLE_AT, .count = 3, .names = 1};

	elf.entry = section_size(&elf);
	elf.sections[1] = (Elf64_Shdr){.sh_name = 1,
				       .sh_type = SHT_STRTAB,
				       .sh_offset = NAMES_AT,
				       .sh_size = sizeof(names)};
	elf.sections[2] = (Elf64_Shdr){.sh_name = 11,
				       .sh_type = SHT_PROGBITS,
				       .sh_flags = SHF_ALLOC,
				       .sh_offset = CONTRACT_AT,
				       .sh_size = sizeof(carried) - 1};
	elf.length = TABLE_AT + 3 * elf.entry;
	return elf;
}

#define FIELD(elf, at, type, field, value)                                                         \
	((elf)->narrow ? set((elf), (at) + offsetof(Elf32_##type, field), (value),                 \
			     sizeof(((Elf32_##type *)0)->field))                                   \
		       : set((elf), (at) + offsetof(Elf64_##type, field), (value),                 \
			     sizeof(((Elf64_##type *)0)->field)))

static void build_section(struct elf *elf, size_t index)
{
	const Elf64_Shdr *section = &elf->sections[index];
	size_t at = TABLE_AT + index * section_size(elf);

	FIELD(elf, at, Shdr, sh_name, section->sh_name);
	FIELD(elf, at, Shdr, sh_type, section->sh_type);
	FIELD(elf, at, Shdr, sh_flags, section->sh_flags);
	FIELD(elf, at, Shdr, sh_offset, section->sh_offset);
	FIELD(elf, at, Shdr, sh_size, section->sh_size);
	FIELD(elf, at, Shdr, sh_link, section->sh_link);
}

static void build(struct elf *elf)
{
	size_t i;

	memset(elf->bytes, 0, sizeof(elf->bytes));
	memcpy(elf->bytes, ELFMAG, SELFMAG);
	elf->bytes[EI_CLASS] = elf->narrow ? ELFCLASS32 : ELFCLASS64;
	elf->bytes[EI_DATA] = elf->big ? ELFDATA2MSB : ELFDATA2LSB;
	elf->bytes[EI_VERSION] = EV_CURRENT;
	FIELD(elf, 0, Ehdr, e_shoff, elf->table);
	FIELD(elf, 0, Ehdr, e_shentsize, elf->entry);
	FIELD(elf, 0, Ehdr, e_shnum, elf->count);
	FIELD(elf, 0, Ehdr, e_shstrndx, elf->names);
	memcpy(elf->bytes + NAMES_AT, names, sizeof(names));
	memcpy(elf->bytes + CONTRACT_AT, carried, sizeof(carried) - 1);
	for (i = 0; i < 3; i++)
		build_section(elf, i);
}

static void put_elf(struct elf *elf)
{
	build(elf);
	put("program", elf->bytes, elf->length);
}

static void elf_refused(struct elf elf, int err, const char *what)
{
	put_elf(&elf);
	refuses("program", NULL, err, what);
}

static void check_classes(void)
{
	static const char *const names_of[] = {"64 bit, little", "64 bit, big", "32 bit, little",
					       "32 bit, big"};
	struct elf elf;
	unsigned i;

	for (i = 0; i < 4; i++) {
		elf = honest(i & 2, i & 1);
		put_elf(&elf);
		finds("program", "installed", "program", carried, names_of[i]);
	}
	finds("/proc/self/exe", NULL, "/proc/self/exe", "carried\n", "a program of a linker");
}

/* No beginning of the file is enough, and none is taken for the whole. */
static void check_truncated(void)
{
	unsigned i, wrong = 0;
	struct elf elf;
	struct found f;
	size_t length;

	for (i = 0; i < 4; i++) {
		elf = honest(i & 2, i & 1);
		build(&elf);
		for (length = 0; length < elf.length; length++) {
			put("program", elf.bytes, length);
			f = find("program", NULL);
			wrong += f.err != (length < EI_NIDENT ? -ENOENT : -EBADMSG);
			drop(&f);
		}
	}
	is_int(wrong, 0, "a file that is cut short is damaged, wherever it is cut");
}

/* One byte, everywhere, with what is likely to be mistaken. */
static void check_spoilt(void)
{
	static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff};
	struct elf good = honest(false, false), elf;
	unsigned wrong = 0, k;
	struct found f;
	size_t at;

	build(&good);
	for (at = 0; at < good.length; at++)
		for (k = 0; k < sizeof(values); k++) {
			elf = good;
			elf.bytes[at] = values[k];
			put("program", elf.bytes, elf.length);
			f = find("program", NULL);
			wrong += f.err ? f.err != -ENOENT && f.err != -EBADMSG && f.err != -EFBIG &&
						 f.err != -EOPNOTSUPP
				       : f.length > elf.length;
			drop(&f);
		}
	is_int(wrong, 0, "one wrong byte gives a file of ours, or a reason");
}

static void check_lies(void)
{
	struct elf elf = honest(false, false);

#define LIE(field, value, err, what)                                                               \
	do {                                                                                       \
		struct elf lie = elf;                                                              \
		lie.field = (value);                                                               \
		elf_refused(lie, (err), (what));                                                   \
	} while (0)
	LIE(table, 0, -ENOENT, "no table of sections");
	LIE(table, elf.length, -EBADMSG, "the table is behind the end");
	LIE(table, UINT64_MAX - 8, -EBADMSG, "the table is nowhere");
	LIE(entry, 0, -EBADMSG, "sections of no size");
	LIE(entry, 65535, -EBADMSG, "sections of another size");
	LIE(count, 4, -EBADMSG, "more sections than there are");
	LIE(count, 65535, -EBADMSG, "many more sections than there are");
	LIE(count, 2, -ENOENT, "the contract is not among the sections");
	LIE(names, 3, -EBADMSG, "the names are in no section");
	LIE(names, 0, -ENOENT, "nothing has a name");
	LIE(sections[1].sh_offset, UINT64_MAX, -EBADMSG, "the names are nowhere");
	LIE(sections[1].sh_size, UINT64_MAX, -EBADMSG, "names without an end");
	LIE(sections[1].sh_size, 15, -ENOENT, "the name is cut short");
	LIE(sections[2].sh_name, 4096, -EBADMSG, "a name behind the names");
	LIE(sections[2].sh_name, 12, -ENOENT, "a name that is not quite ours");
	LIE(sections[2].sh_offset, 4096, -EBADMSG, "the contract is behind the end");
	LIE(sections[2].sh_offset, UINT64_MAX, -EBADMSG, "the contract is nowhere");
	LIE(sections[2].sh_size, 4096, -EBADMSG, "the contract reaches behind the end");
	LIE(sections[2].sh_size, UINT64_MAX, -EBADMSG, "the contract has no end");
	LIE(sections[2].sh_type, SHT_NOBITS, -EBADMSG, "the contract takes no room");
	LIE(sections[2].sh_flags, SHF_COMPRESSED, -EOPNOTSUPP, "the contract is compressed");
#undef LIE
	elf.sections[2].sh_size = 0;
	put_elf(&elf);
	finds("program", NULL, "program", "", "an empty contract is one");
}

/* Numbers that are too large for the header stand in the first section. */
static void check_many_sections(void)
{
	struct elf elf = honest(false, false);

	elf.count = 0;
	elf.names = SHN_XINDEX;
	elf.sections[0].sh_size = 3;
	elf.sections[0].sh_link = 1;
	put_elf(&elf);
	finds("program", NULL, "program", carried, "numbers in the first section");
	elf.sections[0].sh_size = UINT64_MAX;
	elf_refused(elf, -EBADMSG, "numbers there that are lies");
	elf.sections[0].sh_size = UINT64_C(1) << 34;
	put_elf(&elf);
	if (!truncate("program", (off_t)1 << 42))
		refuses("program", NULL, -EBADMSG,
			"a sparse file of more sections than anybody has");
	else
		tap_skip(1, "no such large file here");
}

static void check_large(void)
{
	struct elf elf = honest(false, false);

	elf.sections[2].sh_size = MP_CONTRACT_BYTES + 1;
	put_elf(&elf);
	if (truncate("program", 4 * MP_CONTRACT_BYTES))
		tap_bail("cannot make a file longer: %m");
	refuses("program", NULL, -EFBIG, "a contract that is too large");
}

static void check_idents(void)
{
	struct elf elf = honest(false, false);

	build(&elf);
	elf.bytes[EI_CLASS] = 3;
	put("program", elf.bytes, elf.length);
	refuses("program", NULL, -EBADMSG, "an unknown class");
	elf.bytes[EI_CLASS] = ELFCLASS64;
	elf.bytes[EI_DATA] = 0;
	put("program", elf.bytes, elf.length);
	refuses("program", NULL, -EBADMSG, "an unknown order of bytes");
	elf.bytes[0] = '#';
	put("program", elf.bytes, elf.length);
	refuses("program", NULL, -ENOENT, "no ELF file at all");
}

/* --- the folder --------------------------------------------------------------------------- */

static void check_folder(void)
{
	struct elf plain = honest(false, false);

	put_text("installed/program.contract", "claim \"installed\"\n");
	put_text("installed/script.contract", "claim \"script\"\n");
	put_text("script", "#!/bin/sh\n");
	plain.count = 2;
	put_elf(&plain);
	finds("program", "installed", "installed/program.contract", "claim \"installed\"\n",
	      "an ELF file without a contract");
	finds("./script", "installed", "installed/script.contract", "claim \"script\"\n",
	      "a script, by the last part of its name");
	finds("gone/program", "installed", "installed/program.contract", "claim \"installed\"\n",
	      "a program that is not there any more");
	refuses("script", NULL, -ENOENT, "no folder");
	refuses("script", "nowhere", -ENOENT, "a folder that is not there");
	refuses("other", "installed", -ENOENT, "no contract of that name");
	refuses("installed/", "installed", -ENOENT, "a name without a last part");
	refuses(NULL, "installed", -ENOENT, "no program");
	plain = honest(false, false);
	plain.entry = 1;
	put_elf(&plain);
	refuses("program", "installed", -EBADMSG, "a damaged program has no other contract");
}

static void check_links(void)
{
	if (symlink("loop", "loop") || symlink("loop.contract", "installed/loop.contract") ||
	    mkfifo("fifo", 0600) || mkdir("installed/folder.contract", 0700))
		tap_bail("cannot make links: %m");
	refuses("loop", NULL, -ENOENT, "a program that is a loop of links");
	refuses("loop", "installed", -ELOOP, "a contract that is a loop of links");
	refuses("fifo", NULL, -ENOENT, "a pipe is not waited for");
	refuses(".", NULL, -ENOENT, "a folder is no program");
	refuses("folder", "installed", -EISDIR, "a folder is no contract");
}

/* --- a named file ------------------------------------------------------------------------- */

static void read_is(const char *path, int err, int64_t expected, const char *what)
{
	char *text;
	size_t length;
	int got = mp_contract_read(path, &text, &length);

	is_int(got, err, "%s: result", what);
	if (got)
		return;
	is_int((int64_t)length, expected, "%s: length", what);
	is_int(text[length], 0, "%s: a zero byte behind it", what);
	free(text);
}

static void check_stdin(void)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], "ab", 2) != 2 || write(ends[1], "c", 1) != 1 ||
	    dup2(ends[0], STDIN_FILENO) < 0)
		tap_bail("no pipe: %m");
	close(ends[0]);
	close(ends[1]);
	read_is("-", 0, 3, "standard input");
	close(STDIN_FILENO);
	read_is("-", -EBADF, 0, "no standard input");
}

static void check_read(void)
{
	char *large = calloc(1, MP_CONTRACT_BYTES + 1);

	if (!large)
		tap_bail("no memory");
	put("large", large, MP_CONTRACT_BYTES + 1);
	read_is("large", -EFBIG, 0, "one byte too many");
	put("large", large, MP_CONTRACT_BYTES);
	read_is("large", 0, MP_CONTRACT_BYTES, "as many bytes as there may be");
	free(large);
	put("large", "", 0);
	read_is("large", 0, 0, "an empty file");
	read_is("/dev/zero", -EFBIG, 0, "a file without an end");
	read_is("nothing", -ENOENT, 0, "no file");
	read_is("installed", -EISDIR, 0, "a folder");
	read_is("loop", -ELOOP, 0, "a loop of links");
	check_stdin();
}

static void clean(void)
{
	static const char *const left[] = {"program",
					   "script",
					   "loop",
					   "fifo",
					   "large",
					   "installed/program.contract",
					   "installed/script.contract",
					   "installed/loop.contract"};
	size_t i;

	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		unlink(left[i]);
	rmdir("installed/folder.contract");
	rmdir("installed");
	if (chdir("/") || rmdir(folder))
		tap_note("%s is left", folder);
}

int main(void)
{
	tap_plan(0);
	if (!mkdtemp(folder) || chdir(folder) || mkdir("installed", 0700))
		tap_bail("no folder: %m");
	check_classes();
	check_truncated();
	check_spoilt();
	check_lies();
	check_many_sections();
	check_large();
	check_idents();
	check_folder();
	check_links();
	check_read();
	clean();
	return tap_done();
}
