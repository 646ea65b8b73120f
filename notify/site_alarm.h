/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site_alarm.h - what has turned bad on the own site is mailed to [mail] alarm, once. */
#pragma once

#include "base/config.h"
#include "store/store.h"

/* *ret_id 0: nothing has turned bad, or nobody is to be told. */
bool site_alarm(Store *store, const Config *config, gint64 now, gint64 *ret_id, GError **error);
