/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer.h - who is answerable for an address, at a time.
 *
 * A customer has networks, for good, and leases: a network, or some ports of it, from then to then.
 * The holder of an address is whoever had a lease of it at that time, else the network's customer.
 * Of several, the smallest network decides, then the latest lease. A lease of some ports holds
 * nothing for a port that is not known.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/addr.h"
#include "store/deed.h"
#include "store/store.h"

enum { CUSTOMER_TEXT_BYTES = 200 }; /* of a reference, a name, an address of mail, a language */

typedef struct {
    const char *reference;
    const char *name, *email, *language; /* NULL: left as it is; "": none */
    GArray *networks;                    /* Netmask; NULL: left as they are */
} Customer;

typedef struct {
    Netmask network;
    guint16 first_port, last_port; /* 0, 0: all */
    gint64 customer;
    gint64 since, until; /* TIME_NONE: to this day */
} Lease;

typedef enum {
    CUSTOMER_REFERENCE,
    CUSTOMER_NAME,
    CUSTOMER_EMAIL,
    CUSTOMER_LANGUAGE,
    N_CUSTOMER_TEXTS,
} CustomerText;
extern const char *const customer_text_names[N_CUSTOMER_TEXTS];

/* What somebody wrote as it is kept: cleaned, without blanks at its ends. NULL stays NULL, but for
 * the reference. BAD_INPUT says what is wrong with it. (transfer full) */
bool customer_text_read(CustomerText text, const char *value, char **ret_text, GError **error);

/* What putting rows came to. */
typedef struct {
    guint added, changed, same;
} PutCounts;

/* The id of a customer; 0: there is none. */
bool customer_find(Store *store, const char *reference, gint64 *ret_id, GError **error);

/* Adds or changes one, and its networks with it: those it no longer names are nobody's. A network
 * of another customer becomes this one's, unless that one is in the same file: BAD_INPUT. lines: of
 * each customer of the file so far its line, by id (guint); `line` is added to it. */
bool customer_put(Store *store, const Customer *customer, GArray *lines, guint line,
                  PutCounts *counts, GError **error);

/* Adds or changes leases, in one transaction; sorts the array. A lease is known by its network,
 * ports and beginning; of two, the later in the array counts. */
bool lease_put_all(Store *store, GArray *leases, PutCounts *counts, GError **error);

/* A file was taken: the audit's entry, deed "customer-import" or "lease-import". */
bool customer_audit(Store *store, const Deed *deed, const char *name, const char *file,
                    const PutCounts *counts, GError **error);

typedef struct {
    gint64 customer; /* 0: nobody's */
    Netmask network;
    bool is_leased;
    guint16 first_port, last_port; /* of the lease; 0, 0: all */
    gint64 since, until;           /* … */
} Holder;

/* Who held addr at that time. port 0, or none of UDP and TCP: not known. */
bool customer_holder(Store *store, const Addr *addr, guint port, gint64 at, Holder *ret_holder,
                     GError **error);
/* Their reference, as tickets keep it. (transfer full); NULL, without error: nobody's. */
bool customer_reference(Store *store, const Holder *holder, char **ret_reference, GError **error);

/* A ticket of the message that has no customer, and what it asks about. */
typedef struct {
    gint64 ticket; /* 0: none is left */
    Addr addr;
    guint port; /* 0: not known */
    gint64 at;
} CustomerQuestion;

/* The first of a ticket behind `ticket`. */
bool customer_question(Store *store, gint64 message_id, gint64 ticket,
                       CustomerQuestion *ret_question, GError **error);
/* Its customer from now on, and the audit says why; nothing when it has got one meanwhile. */
bool customer_answer(Store *store, gint64 message_id, gint64 ticket, const char *reference,
                     const char *why, const Deed *deed, GError **error);
