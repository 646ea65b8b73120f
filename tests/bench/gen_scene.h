/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gen_scene.h - one spam run as the complainant saw it: its header with six trace fields, its body.
 */
#pragma once

#include <glib.h>

#include "tests/bench/gen_text.h"

/* How it left us; site.conf of run.py knows the same hosts. */
typedef enum {
    SCENE_ACCOUNT,
    SCENE_CUSTOMER,
    SCENE_OPEN_RELAY,
    SCENE_NOT_OURS,
    N_SCENES
} SceneKind;

typedef struct {
    SceneKind kind;
    gint64 time;
    char *machine; /* address that handed the mail to the complainant's side */
    char *host;    /* its name */
    char *client;  /* where it came from before */
    char *account;
    char *sender; /* envelope and From */
    char *rcpt;
    char *receiver; /* domain of the complainant's provider */
    char *subject;  /* RFC 2047 words */
    char *message_id;
} Scene;

void scene_make(Gen *gen, gint64 time, Scene *ret_scene);
void scene_clear(Scene *scene);

void scene_date(gint64 time, GString *out); /* RFC 5322 */
void scene_header(Gen *gen, const Scene *scene, GString *out);
void scene_message(Gen *gen, const Scene *scene, GString *out); /* header, blank line, body */
