/* SPDX-License-Identifier: GPL-3.0-or-later */
/* service.h - what systemd wants to be told (sd_notify(3)), without its library. */
#pragma once

/* "READY=1" to $NOTIFY_SOCKET; nothing when there is none. Not being heard is no error. */
void service_tell(const char *state);
/* Seconds between signs of life that are asked for ($WATCHDOG_USEC); 0: none are. */
long service_watchdog(void);
