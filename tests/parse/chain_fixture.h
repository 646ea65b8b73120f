/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain_fixture.h - one chain from text to incident, for the tests of attribution. */
#pragma once

#include "ingest/parse/attribution.h"

/* The site of the worked examples. */
#define FIXTURE_SITE                                                                               \
    "[site]\ndomains=shop.example\nnetworks=192.0.2.0/24;2001:db8:a::/48\n"                        \
    "[relay mx1]\nnames=mx1.isp.example\naddresses=192.0.2.10\nroles=mx;smarthost;msa\n"           \
    "[relay mx2]\nnames=mx2.isp.example\naddresses=192.0.2.11\nroles=backup-mx\n"                  \
    "[relay web3]\nnames=web3.isp.example\naddresses=192.0.2.33\nroles=webmail\n"                  \
    "[relay lists]\nnames=lists.isp.example\naddresses=192.0.2.40\nroles=list\n"                   \
    "[forwarders]\nhosts=mx.fwd.example\nnetworks=198.51.100.200\n"

typedef struct {
    const char *headers; /* the reported message's, LF */
    const char *claim;   /* NULL: none */
    bool claim_in_prose;
    bool pasted;
    const char *site; /* NULL: FIXTURE_SITE */
} ChainInput;

typedef struct {
    Complaint *complaint;
    Incident *incident;
    HeaderBlock *block;
} ChainResult;

static inline void
chain_result_clear(ChainResult *result)
{
    complaint_free(result->complaint);
    header_block_free(result->block);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ChainResult, chain_result_clear)

static inline SiteMap *
fixture_site(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_parse(text, "fixture", &error);
    SiteMap *site;

    g_assert_no_error(error);
    site = site_map_load(config, &error);
    g_assert_no_error(error);
    return site;
}

static inline void
chain_run(const ChainInput *input, ChainResult *result)
{
    g_autoptr(SiteMap) site = fixture_site(input->site ? input->site : FIXTURE_SITE);

    result->complaint = complaint_new();
    result->incident = complaint_add_incident(result->complaint);
    result->block = input->headers ? header_block_parse(input->headers, strlen(input->headers), 0,
                                                        &limits_default, NULL)
                                   : NULL;
    if (input->claim)
        g_assert_true(addr_parse(input->claim, -1, &result->incident->claimed_ip));
    result->incident->claimed_in_field = input->claim && !input->claim_in_prose;
    result->incident->pasted = input->pasted;
    if (result->block)
        result->block->pasted = input->pasted;
    attribution_run(result->complaint, result->incident, result->block, site, &limits_default);
}
