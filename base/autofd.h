/* SPDX-License-Identifier: GPL-3.0-or-later */
/* autofd.h - a file descriptor that closes itself at the end of its scope.
 * (GLib has g_autofd from 2.76; we build with 2.74.) */
#pragma once

#include <glib.h>
#include <unistd.h>

typedef int AutoFd; /* -1: nothing open */

static inline void
autofd_clear(AutoFd *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Hands the descriptor over; the variable then owns nothing. */
static inline int
autofd_steal(AutoFd *fd)
{
    int stolen = *fd;

    *fd = -1;
    return stolen;
}

/* `g_auto(AutoFd) fd = -1;` */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AutoFd, autofd_clear)
