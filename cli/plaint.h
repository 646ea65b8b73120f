/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plaint.h - one run of `plaint`: what the command asked for is open, the rest is not. */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/term.h"
#include "ingest/intake/parser.h"
#include "ingest/parse/site.h"
#include "store/store.h"

struct Plaint {
    const Command *command;
    Args *args;
    Config *config;    /* NULL unless needed */
    SiteMap *site;     /* NULL unless needed */
    Parser *parser;    /* NULL unless needed */
    char *store_url;   /* NULL unless a store is needed */
    Store *store;      /* NULL unless needed */
    char *program;     /* argv[0] as a path: its neighbours are the other programs */
    char *config_file; /* -c FILE as given, or NULL */
    char *actor;       /* who types: the name in the audit */
    gint64 now;
    bool json; /* --json */
    Term term; /* of stdout */
};

/* All of `plaint`: reads argv, opens, runs, reports; the exit status. */
int plaint_main(int argc, char **argv);

/* The path of another of our programs: beside the running one, else from PATH, else NULL.
 * (transfer full) */
char *plaint_find_program(const Plaint *plaint, const char *name);

/* Prints a value as one JSON text and a newline; takes the reference. */
void plaint_print_json(json_t *value);
