/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/intake/packer.h"

/* One mail on its way; without `raw` it is the order to end. */
typedef struct {
    GBytes *raw;
    GBytes *packed;
    GError *error;
} Job;

struct Packer {
    Evidence *evidence; /* the thread's */
    GAsyncQueue *todo;
    GAsyncQueue *done;
    GThread *thread;
};

static void
job_free(gpointer data)
{
    Job *job = data;

    g_clear_pointer(&job->raw, g_bytes_unref);
    g_clear_pointer(&job->packed, g_bytes_unref);
    g_clear_error(&job->error);
    g_free(job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Job, job_free)

static gpointer
work(gpointer data)
{
    Packer *packer = data;

    for (;;) {
        Job *job = g_async_queue_pop(packer->todo);

        if (!job->raw) {
            job_free(job);
            return NULL;
        }
        job->packed = evidence_pack(packer->evidence, job->raw, &job->error);
        g_async_queue_push(packer->done, job);
    }
}

Packer *
packer_new(Evidence *evidence)
{
    Packer *packer = g_new0(Packer, 1);

    packer->evidence = evidence;
    packer->todo = g_async_queue_new_full(job_free);
    packer->done = g_async_queue_new_full(job_free);
    packer->thread = g_thread_new("packer", work, packer);
    return packer;
}

void
packer_free(Packer *packer)
{
    if (!packer)
        return;
    g_async_queue_push_front(packer->todo, g_new0(Job, 1));
    (void)g_thread_join(packer->thread);
    g_async_queue_unref(packer->todo);
    g_async_queue_unref(packer->done);
    evidence_free(packer->evidence);
    g_free(packer);
}

void
packer_push(Packer *packer, GBytes *raw)
{
    Job *job = g_new0(Job, 1);

    job->raw = g_bytes_ref(raw);
    g_async_queue_push(packer->todo, job);
}

GBytes *
packer_pop(Packer *packer, GError **error)
{
    g_autoptr(Job) job = g_async_queue_pop(packer->done);

    if (!job->packed)
        g_propagate_error(error, g_steal_pointer(&job->error));
    return g_steal_pointer(&job->packed);
}
