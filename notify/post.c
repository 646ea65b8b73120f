/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/post.h"

#include "base/error.h"
#include "base/text.h"
#include "store/outbox.h"

static const char *
find_from(const Config *config, GError **error)
{
    const char *from = config_text(config, "mail", "from");
    g_autofree char *quoted = text_quote(from);

    if (mail_address_is_good(from))
        return from;
    if (text_is_empty(from))
        plaint_fail(error, PLAINT_ERROR_CONFIG, "[mail] from is not set: the desk's own address");
    else
        plaint_fail(error, PLAINT_ERROR_CONFIG, "[mail] from: %s is no address: NAME@DOMAIN",
                    quoted);
    return NULL;
}

static bool
compose(Store *store, gint64 id, Mail *mail, GError **error)
{
    g_autofree char *message_id =
        outbox_message_id(store, id, mail_address_domain(mail->from), error);
    g_autoptr(GBytes) bytes = NULL;

    mail->message_id = message_id;
    bytes = message_id ? mail_compose(mail, error) : NULL;
    return bytes && outbox_fill(store, id, bytes, error);
}

bool
post_add(Store *store, const Config *config, const Post *post, const Deed *deed, gint64 *ret_id,
         GError **error)
{
    const char *from = find_from(config, error);
    g_autofree char *subject = text_clean(post->mail.subject, -1, DEED_TEXT_BYTES);
    g_autofree char *quoted = text_quote(post->mail.to);
    const OutboxNew what = {
        .kind = post->kind,
        .sender = post->takes_no_bounce ? "" : from,
        .recipient = post->mail.to,
        .subject = subject,
        .ticket_id = post->ticket_id,
        .listing_id = post->listing_id,
        .per_day =
            post->is_asked_for ? 0 : (guint)config_int(config, "mail", "per-recipient-per-day"),
    };
    Mail mail = post->mail;
    g_auto(StoreTxn) txn = STORE_TXN_INIT;
    gint64 id = 0;

    if (!from)
        return false;
    if (!mail_address_is_good(mail.to))
        return plaint_fail(error, PLAINT_ERROR_BAD_INPUT,
                           "%s is no address that mail can be sent to", quoted);
    mail.from = from;
    mail.from_name = config_text(config, "site", "name");
    mail.at = deed->now;
    if (!store_txn_begin(&txn, store, error) || !outbox_add(store, &what, deed, &id, error) ||
        (id != 0 && !compose(store, id, &mail, error)) || !store_txn_commit(&txn, error))
        return false;
    *ret_id = id;
    return true;
}
