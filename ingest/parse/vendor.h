/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vendor.h - what notices by machines have in common: labelled lines, tables, log lines, addresses
 * that are called an IP. Private to format_vendor.c and vendor_*.c.
 */
#pragma once

#include "ingest/parse/format.h"

/* One abusive event that a notice tells. */
typedef struct {
    Addr ip;
    guint port; /* 0: unknown */
    gint64 time;
    const char *type; /* static; NULL: unknown */
    const char *url, *title;
    guint count;
} VendorEvent;

typedef struct {
    Parsing *parsing;
    const char *subject; /* "" when there is none */
    GString *text;       /* what a person reads, then the other text parts */
    char *zone;          /* stated for all times: "UTC", "+0100"; or NULL */
    GArray *events;      /* VendorEvent */
    VendorEvent said;    /* what labels said of no address */
    guint fields;        /* labelled lines that were understood, addresses apart */
    guint listed;        /* addresses on lines of their own, as far as they were taken */
    bool has_label;      /* a labelled line names an address */
    bool of_abuse;       /* its words are those of a complaint */
    bool ports_are_sources;
    bool no_labels; /* no labelled line names an address: not looked for again */
    guint rows;     /* of tables, read so far */
} Vendor;

void vendor_init(Vendor *vendor, Parsing *parsing);
void vendor_clear(Vendor *vendor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Vendor, vendor_clear)

/* The same source, port and time again only counts; past the limit of incidents nothing is added.
 */
void vendor_add(Vendor *vendor, const VendorEvent *event);

/* "login-attack", "port-scan", …: what words say, or NULL. (transfer none), static */
const char *vendor_type(const char *words);

/* A time as logs and tables write it ("19/Apr/2026:03:09:22 +0200", "Apr 19 03:09:22",
 * seconds since 1970, or a date): the first in [at, end). Without a zone the stated one, without a
 * year the Date header's. */
bool vendor_time(const Vendor *vendor, const char *at, const char *end, gint64 *ret_time);

/* -- takers: each adds the events of its shape ----------------------------------------------------
 */
void vendor_take_labels(Vendor *vendor);   /* "Source IP: x", <IP_Address>x</IP_Address> */
void vendor_take_tables(Vendor *vendor);   /* CSV attached, in archives; tables in the text */
void vendor_take_json(Vendor *vendor);     /* objects with the columns of a table */
void vendor_take_lists(Vendor *vendor);    /* bare addresses, one a line, under headings */
void vendor_take_elements(Vendor *vendor); /* <url_info url="…" ip="…"/> */
void vendor_take_subject(Vendor *vendor);  /* the first address of the subject */
void vendor_take_log(Vendor *vendor);      /* the address that all lines of a log begin with */
void vendor_take_sentence(Vendor *vendor); /* "… the IP address x …", "http://… [x]" */
void vendor_take_notice(Vendor *vendor);   /* labels; the subject's address, when they lack it */
void vendor_take_any(Vendor *vendor);      /* the first address of the text, when nothing else */

/* No more rows or events are taken. Rows that are left out are a problem. */
bool vendor_is_full(Vendor *vendor);

/* An event of which each value has a name, as the columns of a table do; no event without an
 * address and a time. */
void vendor_take_record(Vendor *vendor, const GPtrArray *names, const GPtrArray *values);

/* Times and counts of the events that have no time, from log lines that name the source. Returns
 * how many there were. */
guint vendor_read_log(Vendor *vendor);
