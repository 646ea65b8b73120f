/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fields that submission services write beside the trace: account, script, client (DOMAIN: they are
 * as good as their writer, so cause.c uses them only where our own host could have written them).
 */
#include <string.h>

#include "base/text.h"
#include "ingest/parse/chain.h"

typedef enum {
    TELLS_ACCOUNT,
    TELLS_SCRIPT,
    TELLS_SENDER_VIA,  /* cPanel: "host: authenticated_id: user/…" */
    TELLS_PHP_VISITOR, /* "site.example/x.php for 192.0.2.1" */
    TELLS_CLIENT,
} Tells;

/* clang-format off */
static const struct {
    const char *name;
    Tells tells;
} fields[] = { /* best first */
    {"X-PHP-Originating-Script",   TELLS_SCRIPT},
    {"X-PHP-Script",               TELLS_PHP_VISITOR},
    {"X-Get-Message-Sender-Via",   TELLS_SENDER_VIA},
    {"X-Authenticated-Sender",     TELLS_SENDER_VIA},
    {"X-AuthUser",                 TELLS_ACCOUNT},
    {"X-Authenticated-User",       TELLS_ACCOUNT},
    {"X-Auth-User",                TELLS_ACCOUNT},
    {"X-Auth-ID",                  TELLS_ACCOUNT},
    {"X-Sender-Id",                TELLS_ACCOUNT},
    {"X-Authenticated-Id",         TELLS_ACCOUNT},
    {"X-Source-Args",              TELLS_SCRIPT},
    {"X-Source",                   TELLS_SCRIPT},
    {"X-Source-Dir",               TELLS_SCRIPT},
    {"X-Originating-IP",           TELLS_CLIENT},
    {"X-Originating-Client-Ip",    TELLS_CLIENT},
    {"X-Sender-IP",                TELLS_CLIENT},
    {"X-SenderIP",                 TELLS_CLIENT},
    {"X-AuthUserIP",               TELLS_CLIENT},
    {"X-MDRemoteIP",               TELLS_CLIENT},
    {"X-Remote-IP",                TELLS_CLIENT},
    {"X-Source-IP",                TELLS_CLIENT},
};
static const char *const webmail_scripts[] = {"main.inc", "rcube.php", "roundcube", "squirrelmail",
                                              "horde"};
/* clang-format on */

static const char *
keep(const Chain *chain, const char *text, gsize len)
{
    return text_keep(chain->complaint->text, text, (gssize)len, chain->limits->field_bytes);
}

static bool
first_addr(const char *value, Addr *ret_addr)
{
    gsize n;

    value += strspn(value, " [");
    n = strcspn(value, " ],;(");
    return n > 0 && addr_parse(value, (gssize)n, ret_addr);
}

/* "host: authenticated_id: bob@site.example", "mx.example: bob@site.example", "bob". A cPanel line
 * "host: acl_c_authenticated_local_user: bob" names a system user: a script. */
static void
read_sender_via(const Chain *chain, const Header *header, Companion *ret)
{
    const char *value = header->value;
    bool local = text_find_fold(value, -1, "local_user") != NULL;
    const char *last = value;

    for (const char *colon = strstr(value, ": "); colon; colon = strstr(colon + 2, ": "))
        last = colon + 2;
    last += strspn(last, " ");
    if (local) {
        if (!ret->script) {
            ret->script = keep(chain, last, strcspn(last, " /"));
            ret->header = header;
        }
    } else if (!ret->account && *last && !text_equal_fold(last, "none")) {
        ret->account = keep(chain, last, strcspn(last, " /"));
        ret->header = ret->header ? ret->header : header;
    }
}

static bool
is_webmail_script(const char *value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(webmail_scripts); i++) {
        if (text_find_fold(value, -1, webmail_scripts[i]))
            return true;
    }
    return false;
}

static void
read_script(const Chain *chain, const Header *header, gsize len, Companion *ret)
{
    if (ret->webmail || ret->script) /* a hacked script can add others' fields, not take its own */
        return;
    if (is_webmail_script(header->value)) {
        ret->webmail = true;
        ret->header = ret->header ? ret->header : header;
    } else {
        ret->script = keep(chain, header->value, len);
        ret->header = ret->header ? ret->header : header;
    }
}

static void
read_field(const Chain *chain, const Header *header, Tells tells, Companion *ret)
{
    const char *value = header->value, *visitor;

    if (text_is_empty(value))
        return;
    switch (tells) {
    case TELLS_ACCOUNT:
        if (!ret->account) {
            ret->account = keep(chain, value, strcspn(value, " "));
            ret->header = ret->header ? ret->header : header;
        }
        break;
    case TELLS_SENDER_VIA:
        read_sender_via(chain, header, ret);
        break;
    case TELLS_SCRIPT:
        read_script(chain, header, strlen(value), ret);
        break;
    case TELLS_PHP_VISITOR:
        visitor = strstr(value, " for ");
        read_script(chain, header, visitor ? (gsize)(visitor - value) : strlen(value), ret);
        if (visitor && addr_is_none(&ret->client))
            (void)first_addr(visitor + 5, &ret->client);
        break;
    case TELLS_CLIENT:
        if (addr_is_none(&ret->client))
            (void)first_addr(value, &ret->client);
        break;
    }
}

/* Where no line of ours follows the exit, what stands below another's trace line is that one's. */
static guint
end_of_ours(const Chain *chain)
{
    int below = chain->entry_kind == ENTRY_NONE ? chain_hop_below(chain, chain->last_of_ours) : -1;

    return below < 0 ? chain->block->fields->len : chain->lines[below].field;
}

void
companion_read(const Chain *chain, Companion *ret_companion)
{
    const GArray *all = chain->block->fields;
    guint end = end_of_ours(chain);

    memset(ret_companion, 0, sizeof *ret_companion);
    for (gsize row = 0; row < G_N_ELEMENTS(fields); row++) {
        bool known = ret_companion->account != NULL;

        for (guint i = 0; i < end; i++) {
            const Header *header = &g_array_index(all, Header, i);

            if ((header->name[0] == 'X' || header->name[0] == 'x') &&
                text_equal_fold(header->name, fields[row].name)) {
                read_field(chain, header, fields[row].tells, ret_companion);
                if (!known && ret_companion->account)
                    ret_companion->field = i;
                break;
            }
        }
    }
}
