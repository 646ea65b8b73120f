/* SPDX-License-Identifier: GPL-3.0-or-later */
/* runner.h - who leases work that any number of processes share. */
#pragma once

/* "host:pid:random": no other has it. (transfer full) */
char *runner_name(void);
