/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/member.h"

#include "base/clock.h"

const char *
member_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

char *
member_ago(const json_t *object, const char *name, gint64 now)
{
    const char *text = member_text(object, name);
    char buf[TIME_TEXT_SIZE];
    gint64 time = 0;

    return text && time_parse(text, &time, NULL) ? g_strdup(time_ago(time, now, buf)) : NULL;
}
