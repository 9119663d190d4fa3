// Work handed out in pieces by one atomic ticket: (generation << 32 | pieces left). A thread that
// wakes late finds a newer generation and takes nothing from it by mistake; nobody waits for a
// thread that sleeps. Waiting is a short spin, then a condition variable.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define RELAX() _mm_pause()
#else
#define RELAX() __asm__ __volatile__("yield")
#endif

enum { SPINS = 2000 };

struct lw_pool {
  ptrdiff_t threads;
  pthread_t *workers;
  pthread_mutex_t user;  // one run at a time
  pthread_mutex_t lock;
  pthread_cond_t work, finished;
  _Atomic uint64_t ticket;
  _Atomic(lw_task) task;
  _Atomic(void *) context;
  _Atomic uint32_t count;
  _Atomic int64_t pending;
  _Atomic int sleepers, caller_sleeps, stop;
};

static _Thread_local int inside;

/// Takes pieces of the generation in `seen` until none is left.
static void take(lw_pool *p, uint64_t seen) {
  const uint64_t generation = seen >> 32;
  int64_t taken = 0;
  for (;;) {
    uint64_t ticket = atomic_load(&p->ticket);
    const lw_task task = atomic_load(&p->task);
    void *context = atomic_load(&p->context);
    const uint32_t count = atomic_load(&p->count);
    const uint32_t left = (uint32_t)ticket;
    if (ticket >> 32 != generation || left == 0) break;
    // The exchange succeeds only while this ticket's run has pieces left, so that what was read
    // after the ticket belongs to it.
    if (!atomic_compare_exchange_weak(&p->ticket, &ticket, ticket - 1)) continue;
    task(context, (ptrdiff_t)(count - left));
    taken++;
  }
  if (taken && atomic_fetch_sub(&p->pending, taken) == taken && atomic_load(&p->caller_sleeps)) {
    pthread_mutex_lock(&p->lock);
    pthread_cond_signal(&p->finished);
    pthread_mutex_unlock(&p->lock);
  }
}

static void *worker(void *argument) {
  lw_pool *p = argument;
  inside = 1;
  uint64_t seen = 0;
  for (;;) {
    int spins = 0;
    uint64_t ticket;
    while ((ticket = atomic_load(&p->ticket)) >> 32 == seen >> 32) {
      if (++spins < SPINS) {
        RELAX();
        continue;
      }
      pthread_mutex_lock(&p->lock);
      atomic_fetch_add(&p->sleepers, 1);
      while (atomic_load(&p->ticket) >> 32 == seen >> 32) pthread_cond_wait(&p->work, &p->lock);
      atomic_fetch_sub(&p->sleepers, 1);
      pthread_mutex_unlock(&p->lock);
    }
    seen = ticket;
    if (atomic_load(&p->stop)) return NULL;
    take(p, seen);
  }
}

static void publish(lw_pool *p, uint32_t pieces) {
  const uint64_t generation = (atomic_load(&p->ticket) >> 32) + 1;
  atomic_store(&p->ticket, generation << 32 | pieces);
  if (atomic_load(&p->sleepers)) {
    pthread_mutex_lock(&p->lock);
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
  }
}

void lw_pool_run(lw_pool *p, ptrdiff_t count, lw_task task, void *context) {
  if (count <= 0) return;
  if (inside || count == 1 || count > INT32_MAX || pthread_mutex_trylock(&p->user)) {
    for (ptrdiff_t i = 0; i < count; i++) task(context, i);
    return;
  }
  atomic_store(&p->task, task);
  atomic_store(&p->context, context);
  atomic_store(&p->pending, (int64_t)count);
  atomic_store(&p->count, (uint32_t)count);
  publish(p, (uint32_t)count);
  inside = 1;
  take(p, atomic_load(&p->ticket));
  inside = 0;
  for (int spins = 0; atomic_load(&p->pending) > 0 && spins < SPINS; spins++) RELAX();
  if (atomic_load(&p->pending) > 0) {
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->caller_sleeps, 1);
    while (atomic_load(&p->pending) > 0) pthread_cond_wait(&p->finished, &p->lock);
    atomic_store(&p->caller_sleeps, 0);
    pthread_mutex_unlock(&p->lock);
  }
  pthread_mutex_unlock(&p->user);
}

static void stop(lw_pool *p, ptrdiff_t started) {
  atomic_store(&p->stop, 1);
  publish(p, 0);
  for (ptrdiff_t i = 0; i < started; i++) pthread_join(p->workers[i], NULL);
  pthread_mutex_destroy(&p->user);
  pthread_mutex_destroy(&p->lock);
  pthread_cond_destroy(&p->work);
  pthread_cond_destroy(&p->finished);
  free(p->workers);
  free(p);
}

lw_pool *lw_pool_create(ptrdiff_t threads) {
  lw_pool *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->threads = threads;
  p->workers = calloc((size_t)threads, sizeof *p->workers);
  pthread_mutex_init(&p->user, NULL);
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->work, NULL);
  pthread_cond_init(&p->finished, NULL);
  for (ptrdiff_t i = 0; i < threads - 1; i++)
    if (!p->workers || pthread_create(&p->workers[i], NULL, worker, p)) {
      stop(p, i);
      return NULL;
    }
  return p;
}
void lw_pool_destroy(lw_pool *p) { stop(p, p->threads - 1); }
