/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h - the calling process gives up everything but computing and its open descriptors.
 *
 * For good: no new privileges, no core, small memory, CPU time and file size, no file system
 * (Landlock), and an allow-list of system calls (seccomp) in which there is no way to open,
 * connect, execute, signal or trace. Anything that is loaded lazily (charset converters!) must have
 * been loaded before.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    gsize memory_bytes; /* address space; 0: as it is (sanitizers map terabytes) */
    guint cpu_seconds;
    bool may_grow_files; /* what is open may be a regular file that is written (plaint-parse) */
    bool kill;           /* a forbidden call kills (tests); otherwise it fails with EPERM */
} Sandbox;

/* True for a build with sanitizers: they need address space and calls of their own. */
#ifdef PLAINT_SAN
enum { SANDBOX_SANITIZED = 1 };
#else
enum { SANDBOX_SANITIZED = 0 };
#endif

/* Landlock is left out on a kernel that has none (seccomp already refuses to open); any other
 * failure is an INTERNAL error and the caller must not go on. */
bool sandbox_enter(const Sandbox *sandbox, GError **error);
