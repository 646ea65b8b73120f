/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer_file.h - files of customers and of leases into the store. */
#pragma once

#include "cli/plaint.h"

typedef enum { FILE_CUSTOMERS, FILE_LEASES } CustomerFileKind;

/* Reads the file of the first operand. Bad rows are named on standard error, and with one of them
 * nothing is taken, unless --partial. */
bool customer_file_import(const Plaint *plaint, CustomerFileKind kind, GError **error);
