/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is, in the order of `plaint help`. */
#include "cli/cmd_config.h"
#include "cli/cmd_customer.h"
#include "cli/cmd_explain.h"
#include "cli/cmd_help.h"
#include "cli/cmd_listing.h"
#include "cli/cmd_mailbox.h"
#include "cli/cmd_outbox.h"
#include "cli/cmd_relay.h"
#include "cli/cmd_report.h"
#include "cli/cmd_site.h"
#include "cli/cmd_store.h"
#include "cli/cmd_ticket.h"
#include "cli/cmd_zone.h"

/* clang-format off */
const Command *const commands[] = {
    &cmd_init,
    &cmd_status,
    &cmd_explain,
    &cmd_reparse,
    &cmd_job_run,
    &cmd_job_list,
    &cmd_ticket_list,
    &cmd_ticket_show,
    &cmd_ticket_new,
    &cmd_ticket_note,
    &cmd_ticket_assign,
    &cmd_ticket_move,
    &cmd_ticket_set,
    &cmd_ticket_merge,
    &cmd_ticket_split,
    &cmd_ticket_undo,
    &cmd_complaint_list,
    &cmd_complaint_show,
    &cmd_format_list,
    &cmd_format_stats,
    &cmd_customer_list,
    &cmd_customer_show,
    &cmd_customer_find,
    &cmd_customer_import,
    &cmd_customer_lease_import,
    &cmd_optout_export,
    &cmd_quarantine_export,
    &cmd_listing_list,
    &cmd_listing_show,
    &cmd_listing_check,
    &cmd_listing_request,
    &cmd_listing_refuse,
    &cmd_listing_accept,
    &cmd_listing_note,
    &cmd_listing_watch,
    &cmd_listing_unwatch,
    &cmd_listing_watched,
    &cmd_site_check,
    &cmd_site_list,
    &cmd_outbox_list,
    &cmd_outbox_show,
    &cmd_outbox_send,
    &cmd_outbox_cancel,
    &cmd_outbox_test,
    &cmd_zone_list,
    &cmd_zone_test,
    &cmd_report_delisting,
    &cmd_report_activity,
    &cmd_report_customers,
    &cmd_report_relays,
    &cmd_relay_test,
    &cmd_relay_retest,
    &cmd_relay_list,
    &cmd_relay_show,
    &cmd_mailbox_test,
    &cmd_mailbox_list,
    &cmd_config_check,
    &cmd_config_show,
    &cmd_config_example,
    &cmd_help,
    NULL,
};
/* clang-format on */
