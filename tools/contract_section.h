/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: MP_CONTRACT_FILE, the path of a contract, from the build. Gives: that file, byte for
 * byte, as the section .mp_contract of the program that includes this once; mp-trace finds it
 * there wherever the program is copied to. Never: any code or data that the program itself uses.
 */
#ifndef MP_CONTRACT_SECTION_H
#define MP_CONTRACT_SECTION_H

/*
 * Allocated ("a"), because some strips drop every section that is not; retained ("R"), because
 * nothing refers to it and a linker with --gc-sections would drop it.
 */
__asm__(".pushsection .mp_contract,\"aR\",%progbits\n\t"
	".incbin \"" MP_CONTRACT_FILE "\"\n\t"
	".popsection");

#endif
