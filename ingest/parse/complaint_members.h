/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complaint_members.h - the one table of what a Complaint consists of; packing, unpacking and JSON
 * all walk it. Private to complaint_members.c, complaint_pack.c and complaint_text.c.
 */
#pragma once

#include <stddef.h>

#include "ingest/parse/complaint.h"

typedef enum {
    MEMBER_TEXT,  /* const char *, null when absent */
    MEMBER_LINES, /* the same with newlines kept, `max` bytes */
    MEMBER_ADDR,  /* Addr, null when none */
    MEMBER_TIME,  /* gint64, null when none */
    MEMBER_UINT,  /* guint */
    MEMBER_PORT,  /* guint, null when 0, at most 65535 */
    MEMBER_BOOL,
    MEMBER_ENUM,  /* an int below `max`, `names` has its words */
    MEMBER_TEXTS, /* GPtrArray of const char *, at most `max` */
    MEMBER_ITEMS, /* GArray of what `items` describes, at most `max` */
} MemberType;

typedef struct MemberTable MemberTable;

typedef struct {
    const char *name; /* in JSON; "a.b" is member b of the object a */
    MemberType type;
    size_t offset;
    gsize max;                /* by type; 0 for the others */
    const char *const *names; /* of an ENUM */
    const MemberTable *items; /* of ITEMS */
} Member;

struct MemberTable {
    const Member *members;
    gsize n;
    gsize size;           /* of the struct */
    const char *required; /* a member that is never null, or NULL */
};

extern const MemberTable complaint_members;
extern const MemberTable incident_members;
extern const MemberTable hop_members;
extern const MemberTable cause_members;
