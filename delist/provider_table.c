/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Receivers with lists of their own, and how one gets off, as of autumn 2026. Which refusals count
 * is in store/provider.c, a row there for each row here. */
#include <stddef.h>

#include "delist/zone.h"

#define HOURS(n) ((n) * (gint64)3600)

/* clang-format off */
const Zone provider_table[] = {
    {.name = "outlook.com", .title = "Outlook.com", .removal = REMOVAL_FORM, .wait = HOURS(24),
     .procedure = "the sender support form of Outlook.com; answered within a day. Ask again, politely, when the answer is "
                  "'not qualified'; join SNDS and JMRP"},
    {.name = "office365.com", .title = "Microsoft 365", .removal = REMOVAL_FORM, .wait = HOURS(24),
     .url = "https://sender.office.com/",
     .procedure = "the delisting portal, within a day; for a banned sender, the address that the refusal names"},
    {.name = "gmail.com", .title = "Gmail", .removal = REMOVAL_FORM,
     .procedure = "no list to be taken off: the reputation comes back with weeks of clean mail; at last the sender "
                  "contact form in Gmail's help"},
    {.name = "yahoo.com", .title = "Yahoo and AOL", .removal = REMOVAL_FORM,
     .procedure = "TSS04 is to be waited for, with less mail; TSS09 and TSS11: the sender form of Yahoo"},
    {.name = "icloud.com", .title = "Apple iCloud", .removal = REMOVAL_FORM,
     .procedure = "the postmaster page in Apple's help; a refusal that names Proofpoint or Spamhaus is for those"},
    {.name = "proofpoint.com", .title = "Proofpoint", .removal = REMOVAL_FORM,
     .procedure = "clears itself soon after the spam has stopped; else the form of the look-up page that the refusal "
                  "names, with recipient, type and fix"},
    {.name = "cloudmark.com", .title = "Cloudmark CSI", .removal = REMOVAL_FORM, .wait = HOURS(24),
     .url = "https://csi.cloudmark.com/reset-request/",
     .procedure = "the reset form; confirm the mail that it sends. The first reset is mostly granted"},
    {.name = "mail-abuse.com", .title = "Trend Micro ERS", .removal = REMOVAL_FORM,
     .url = "https://servicecentral.trendmicro.com/",
     .procedure = "the ERS look-up and its form; answered in days"},
    {.name = "talosintelligence.com", .title = "Cisco Talos", .removal = REMOVAL_FORM,
     .procedure = "a reputation ticket at Cisco Talos"},
    {.name = "orange.fr", .title = "Orange", .removal = REMOVAL_MAIL, .mail = "abuse@orange.fr",
     .procedure = "look first in Spamhaus, Abusix and Cloudmark, which Orange uses; then write to abuse@orange.fr "
                  "with the whole refusal"},
    {.name = "laposte.net", .title = "La Poste", .removal = REMOVAL_FORM,
     .procedure = "the page that the refusal names; 101 is Spamhaus, 102 Sender Score"},
    {.name = "free.fr", .title = "Free", .removal = REMOVAL_AUTOMATIC, .wait = HOURS(24),
     .url = "https://postmaster.free.fr/",
     .procedure = "by itself, within 24 hours after the spam has stopped; the page shows where it stands"},
    {.name = "sfr.fr", .title = "SFR", .removal = REMOVAL_MAIL,
     .procedure = "write to the abuse contact of SFR, with the whole refusal"},
    {.name = "gmx.net", .title = "GMX", .removal = REMOVAL_FORM,
     .procedure = "the page that the refusal names, with its case number"},
    {.name = "web.de", .title = "WEB.DE", .removal = REMOVAL_FORM,
     .procedure = "the page that the refusal names, with its case number"},
    {.name = "ionos.com", .title = "IONOS", .removal = REMOVAL_FORM,
     .procedure = "the page that the refusal names"},
    {.name = "t-online.de", .title = "T-Online", .removal = REMOVAL_MAIL,
     .procedure = "write to the address that the refusal names; wanted are a mail-like name of the address and a page "
                  "there that says whose it is"},
    {.name = "comcast.net", .title = "Comcast", .removal = REMOVAL_FORM,
     .procedure = "BL000000: the form that the refusal names; other numbers name the list that Comcast asked. ES: a "
                  "name of the address that looks static"},
    {.name = "bluewin.ch", .title = "Bluewin", .removal = REMOVAL_FORM,
     .procedure = "the page that the refusal names; temporary ones: less mail for a while"},
    {.name = NULL},
};
/* clang-format on */

const Zone *
provider_row(const char *name)
{
    for (const Zone *row = provider_table; row->name; row++)
        if (g_ascii_strcasecmp(row->name, name) == 0)
            return row;
    return NULL;
}
