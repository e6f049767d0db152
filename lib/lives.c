// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

bool mp_life_is(struct mp_life one, struct mp_life other)
{
	return one.pid == other.pid && one.start == other.start;
}

bool mp_lives_ended(struct mp_lives *lives, struct mp_life life)
{
	const unsigned most = sizeof(lives->known) / sizeof(lives->known[0]);
	unsigned at;

	for (at = 0; at < lives->count; at++)
		if (mp_life_is(life, lives->known[at].life))
			return lives->known[at].ended;
	if (lives->count < most)
		lives->count++;
	else
		at = (unsigned)life.pid % most;
	lives->known[at].life = life;
	lives->known[at].ended = mp_life_ended(life);
	return lives->known[at].ended;
}
