/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a contract comes from. Any file may be hostile, so libelf only turns the headers into the
 * byte order of this machine: elf_begin() would allocate whatever the file says, and map what may
 * be cut short while we look. Here every offset is checked against the size of the file, every
 * read is a pread(), and nothing but the contract itself is allocated.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge.h"

#define SECTION	     ".mp_contract"
#define MAX_SECTIONS (1U << 20)

/* --- files ------------------------------------------------------------------------------- */

/* Until the end of the file or until there is too much: then `room` is reached. */
static int read_all(int fd, char *text, size_t room, size_t *length)
{
	ssize_t n;

	for (*length = 0; *length < room; *length += (size_t)n) {
		n = read(fd, text + *length, room - *length);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n < 0)
			n = 0;
		else if (!n)
			return 0;
	}
	return 0;
}

static int read_text(int fd, char **text, size_t *length)
{
	size_t room = MP_CONTRACT_BYTES + 1;
	char *all = malloc(room), *fitted;
	int err;

	if (!all)
		return -ENOMEM;
	err = read_all(fd, all, room, length);
	if (!err && *length > MP_CONTRACT_BYTES)
		err = -EFBIG;
	if (err) {
		free(all);
		return err;
	}
	all[*length] = '\0';
	fitted = realloc(all, *length + 1);
	*text = fitted ? fitted : all;
	return 0;
}

int mp_contract_read(const char *path, char **text, size_t *length)
{
	int fd, err;

	if (!strcmp(path, "-"))
		return read_text(STDIN_FILENO, text, length);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	err = read_text(fd, text, length);
	close(fd);
	return err;
}

/* --- ELF --------------------------------------------------------------------------------- */

/* One of the two classes of ELF files, and one of its two byte orders. */
struct image {
	int fd;
	uint64_t size;
	bool wide; /* 64 bit */
	unsigned order;
	Elf64_Ehdr header;
	uint64_t sections;
	Elf64_Shdr names;
};

static bool inside(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

/* A file that became shorter since we asked for its size is damaged, too. */
static int read_at(const struct image *image, void *to, size_t size, uint64_t offset)
{
	size_t done = 0;
	ssize_t n;

	if (!inside(image, offset, size))
		return -EBADMSG;
	while (done < size) {
		n = pread(image->fd, (char *)to + done, size - done, (off_t)(offset + done));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -EBADMSG;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int read_native(const struct image *image, void *to, size_t size, uint64_t offset,
		       Elf_Type type)
{
	_Alignas(Elf64_Ehdr) char bytes[sizeof(Elf64_Ehdr)];
	Elf_Data in = {.d_buf = bytes, .d_type = type, .d_version = EV_CURRENT, .d_size = size};
	Elf_Data out = {.d_buf = to, .d_type = type, .d_version = EV_CURRENT, .d_size = size};
	int err = read_at(image, bytes, size, offset);

	if (err)
		return err;
	if (image->wide)
		return elf64_xlatetom(&out, &in, image->order) ? 0 : -EBADMSG;
	return elf32_xlatetom(&out, &in, image->order) ? 0 : -EBADMSG;
}

static int read_header(struct image *image)
{
	Elf64_Ehdr *wide = &image->header;
	Elf32_Ehdr narrow;
	int err;

	if (image->wide)
		return read_native(image, wide, sizeof(*wide), 0, ELF_T_EHDR);
	err = read_native(image, &narrow, sizeof(narrow), 0, ELF_T_EHDR);
	if (err)
		return err;
	wide->e_shoff = narrow.e_shoff;
	wide->e_shentsize = narrow.e_shentsize;
	wide->e_shnum = narrow.e_shnum;
	wide->e_shstrndx = narrow.e_shstrndx;
	return 0;
}

static int read_section(const struct image *image, uint64_t index, Elf64_Shdr *wide)
{
	uint64_t offset = image->header.e_shoff + index * image->header.e_shentsize;
	Elf32_Shdr narrow;
	int err;

	if (image->wide)
		return read_native(image, wide, sizeof(*wide), offset, ELF_T_SHDR);
	err = read_native(image, &narrow, sizeof(narrow), offset, ELF_T_SHDR);
	if (err)
		return err;
	*wide = (Elf64_Shdr){
		.sh_name = narrow.sh_name,
		.sh_type = narrow.sh_type,
		.sh_flags = narrow.sh_flags,
		.sh_offset = narrow.sh_offset,
		.sh_size = narrow.sh_size,
		.sh_link = narrow.sh_link,
	};
	return 0;
}

static int read_ident(struct image *image)
{
	unsigned char ident[EI_NIDENT];

	if (!inside(image, 0, sizeof(ident)))
		return -ENOENT;
	if (read_at(image, ident, sizeof(ident), 0) || memcmp(ident, ELFMAG, SELFMAG))
		return -ENOENT;
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return -EBADMSG;
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return -EBADMSG;
	image->wide = ident[EI_CLASS] == ELFCLASS64;
	image->order = ident[EI_DATA];
	return 0;
}

/* Numbers too large for the header are in the first section, which is otherwise empty. */
static int read_table(struct image *image)
{
	size_t entry = image->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	uint64_t names = image->header.e_shstrndx;
	Elf64_Shdr zero;
	int err;

	if (!image->header.e_shoff)
		return -ENOENT; /* without a table of sections: unusual, not wrong */
	if (image->header.e_shentsize != entry)
		return -EBADMSG;
	err = read_section(image, 0, &zero);
	if (err)
		return err;
	image->sections = image->header.e_shnum ? image->header.e_shnum : zero.sh_size;
	if (names == SHN_XINDEX)
		names = zero.sh_link;
	if (image->sections > MAX_SECTIONS || names >= image->sections ||
	    !inside(image, image->header.e_shoff, image->sections * entry))
		return -EBADMSG;
	if (names == SHN_UNDEF)
		return -ENOENT;
	return read_section(image, names, &image->names);
}

static int is_named(const struct image *image, const Elf64_Shdr *section, bool *yes)
{
	const Elf64_Shdr *names = &image->names;
	char name[sizeof(SECTION)];
	int err;

	*yes = false;
	if (!inside(image, names->sh_offset, names->sh_size) || section->sh_name > names->sh_size)
		return -EBADMSG;
	if (names->sh_size - section->sh_name < sizeof(name))
		return 0;
	err = read_at(image, name, sizeof(name), names->sh_offset + section->sh_name);
	*yes = !err && !memcmp(name, SECTION, sizeof(name));
	return err;
}

static int find_section(const struct image *image, Elf64_Shdr *section)
{
	uint64_t i;
	bool found;
	int err;

	for (i = 1; i < image->sections; i++) {
		err = read_section(image, i, section);
		if (!err)
			err = is_named(image, section, &found);
		if (err || found)
			return err;
	}
	return -ENOENT;
}

static int read_contents(const struct image *image, const Elf64_Shdr *section, char **text,
			 size_t *length)
{
	int err;

	if (section->sh_type == SHT_NOBITS)
		return -EBADMSG;
	if (section->sh_flags & SHF_COMPRESSED)
		return -EOPNOTSUPP;
	if (!inside(image, section->sh_offset, section->sh_size))
		return -EBADMSG;
	if (section->sh_size > MP_CONTRACT_BYTES)
		return -EFBIG;
	*length = (size_t)section->sh_size;
	*text = calloc(1, *length + 1);
	if (!*text)
		return -ENOMEM;
	err = read_at(image, *text, *length, section->sh_offset);
	if (err)
		free(*text);
	return err;
}

static int read_image(int fd, uint64_t size, char **text, size_t *length)
{
	struct image image = {.fd = fd, .size = size};
	Elf64_Shdr section;
	int err;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -EOPNOTSUPP;
	err = read_ident(&image);
	if (!err)
		err = read_header(&image);
	if (!err)
		err = read_table(&image);
	if (!err)
		err = find_section(&image, &section);
	return err ? err : read_contents(&image, &section, text, length);
}

/* What cannot be opened or is no file carries no contract: it may still have an installed one. */
static int open_file(const char *path, uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;

	if (fd < 0)
		return -ENOENT;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		close(fd);
		return -ENOENT;
	}
	*size = (uint64_t)status.st_size;
	return fd;
}

static int find_inside(const char *program, char **name, char **text, size_t *length)
{
	uint64_t size;
	int fd = open_file(program, &size), err;

	if (fd < 0)
		return fd;
	err = read_image(fd, size, text, length);
	close(fd);
	if (err)
		return err;
	*name = strdup(program);
	if (*name)
		return 0;
	free(*text);
	return -ENOMEM;
}

static int find_installed(const char *program, const char *directory, char **name, char **text,
			  size_t *length)
{
	const char *slash = strrchr(program, '/'), *base = slash ? slash + 1 : program;
	int err;

	if (!*base)
		return -ENOENT;
	if (asprintf(name, "%s/%s.contract", directory, base) < 0)
		return -ENOMEM;
	err = mp_contract_read(*name, text, length);
	if (err)
		free(*name);
	return err;
}

int mp_contract_find(const char *program, const char *directory, char **name, char **text,
		     size_t *length)
{
	int err = program ? find_inside(program, name, text, length) : -ENOENT;

	if (err == -ENOENT && program && directory)
		err = find_installed(program, directory, name, text, length);
	return err;
}
