/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_impl.h - the inside of a Store. Private to store/. */
#pragma once

#include "store/driver.h"
#include "store/evidence.h"
#include "store/sql.h"
#include "store/store.h"

struct Store {
    const DriverOps *ops;
    Driver *driver;
    SqlIndex *sql;
    GHashTable *stmts;  /* name: Stmt, prepared once */
    guint depth;        /* open transactions, nested ones counted */
    bool hooks;         /* a job follows each move */
    bool doomed;        /* a nested one was rolled back: the outer cannot be committed */
    Evidence *writer;   /* with the shipped dictionary */
    GHashTable *codecs; /* dictionary id: Evidence, for reading */
    gint64 index_first, index_last; /* complaints whose words are not indexed yet; 0: none */
    gint64 dictionary; /* the one new mail is written with; 0: not looked up yet, -1: none */
};
