/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notify/send.h"

#include <sysexits.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/run.h"
#include "base/text.h"

/* Trying again would not help: sendmail(8)'s words for "no such user", "no such host" and "the mail
 * itself". */
static const int hopeless[] = {EX_NOUSER, EX_NOHOST, EX_DATAERR};

void
send_report_clear(SendReport *report)
{
    g_clear_pointer(&report->recipient, g_free);
    g_clear_pointer(&report->said, g_free);
}

static void
judge(int status, bool good, Attempt *attempt)
{
    attempt->status = status;
    attempt->outcome = good ? ATTEMPT_SENT : ATTEMPT_FAILED;
    for (gsize i = 0; i < G_N_ELEMENTS(hopeless); i++)
        if (status == hopeless[i])
            attempt->outcome = ATTEMPT_REFUSED;
}

/* Fills attempt; its said is *ret_said (transfer full). */
static void
hand_over(const Sender *sender, const Outgoing *outgoing, Attempt *attempt, char **ret_said)
{
    const char *argv[] = {
        sender->program,     "-i", "-f", outgoing->sender[0] ? outgoing->sender : "<>", "--",
        outgoing->recipient, NULL};
    const char *env[] = {RUN_PATH, "LC_ALL=C", NULL};
    const Run run = {.argv = argv,
                     .env = env,
                     .milliseconds = LIMIT_SENDMAIL_MILLISECONDS,
                     .max_bytes = LIMIT_SENDMAIL_BYTES,
                     .input = outgoing->mail};
    g_autoptr(GError) why = NULL;
    g_autofree char *said = NULL, *quoted = NULL;
    int status = -1;
    g_autoptr(GBytes) out = run_program_status(&run, &status, &said, &why);

    judge(status, out != NULL, attempt);
    quoted = said ? text_quote(said) : NULL;
    if (!why)
        *ret_said = g_steal_pointer(&said);
    else
        *ret_said = g_strconcat(why->message, quoted ? "; it says " : "", quoted, NULL);
    attempt->said = *ret_said;
}

bool
send_next(const Sender *sender, SendReport *ret_report, GError **error)
{
    g_auto(Outgoing) outgoing = {0};
    g_autofree char *said = NULL;
    Attempt attempt = {.outcome = ATTEMPT_FAILED, .status = -1};
    gint64 due = TIME_NONE;

    *ret_report = (SendReport){0};
    if (!outbox_take(sender->store, sender->runner, sender->now, &outgoing, error))
        return false;
    if (outgoing.id == 0)
        return true;
    hand_over(sender, &outgoing, &attempt, &said);
    if (!outbox_end(sender->store, &outgoing, sender->runner, &attempt, sender->now, &due, error))
        return false;
    *ret_report = (SendReport){.id = outgoing.id,
                               .recipient = g_steal_pointer(&outgoing.recipient),
                               .outcome = attempt_names[attempt.outcome],
                               .said = g_steal_pointer(&said),
                               .due = due};
    return true;
}
