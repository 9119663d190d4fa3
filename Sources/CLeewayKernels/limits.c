// What this machine can do at most, measured in the same process as the kernels.
#define _GNU_SOURCE
#include <time.h>

#include "leeway_kernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#define T(list) __attribute__((target(list)))
#define KEEP(v) __asm__ __volatile__("" : "+x"(v))
#else
#include <math.h>
#endif

double lw_thread_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
double lw_wall_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__x86_64__)
enum { CHAINS = 12 };
T("avx512f") static void fma512(ptrdiff_t rounds) {
  __m512 acc[CHAINS], a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_set1_ps((float)i);
  for (ptrdiff_t r = 0; r < rounds; r++) {
    KEEP(a);
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_fmadd_ps(acc[i], a, b);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < CHAINS; i++) KEEP(acc[i]);
}
T("avx2,fma") static void fma256(ptrdiff_t rounds) {
  __m256 acc[CHAINS], a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_set1_ps((float)i);
  for (ptrdiff_t r = 0; r < rounds; r++) {
    KEEP(a);
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) acc[i] = _mm256_fmadd_ps(acc[i], a, b);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < CHAINS; i++) KEEP(acc[i]);
}
T("avx512f,avx512bf16") static void dot512(ptrdiff_t rounds) {
  __m512 acc[CHAINS];
  __m512i a = _mm512_set1_epi32(0x3f803f80);
  for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_set1_ps((float)i);
  for (ptrdiff_t r = 0; r < rounds; r++) {
    KEEP(a);
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; i++) acc[i] = _mm512_dpbf16_ps(acc[i], (__m512bh)a, (__m512bh)a);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < CHAINS; i++) KEEP(acc[i]);
}
double lw_peak_fma(ptrdiff_t rounds) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) {
    fma512(rounds);
    return 16.0 * CHAINS * (double)rounds;
  }
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  fma256(rounds);
  return 8.0 * CHAINS * (double)rounds;
}
double lw_peak_bf16(ptrdiff_t rounds) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx512bf16")) return 0;
  dot512(rounds);
  return 32.0 * CHAINS * (double)rounds;
}
// Four streams with prefetch: what a kernel could do at best, one stream alone is slower.
T("avx512f") static float read512(const float *x, ptrdiff_t n) {
  __m512 s[8];
  for (int i = 0; i < 8; i++) s[i] = _mm512_setzero_ps();
  const ptrdiff_t quarter = n / 4 / 32 * 32;
  for (ptrdiff_t i = 0; i < quarter; i += 32)
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) {
      const float *p = x + j * quarter + i;
      __builtin_prefetch(p + 512, 0, 3);
      __builtin_prefetch(p + 528, 0, 3);
      s[2 * j] = _mm512_add_ps(s[2 * j], _mm512_loadu_ps(p));
      s[2 * j + 1] = _mm512_add_ps(s[2 * j + 1], _mm512_loadu_ps(p + 16));
    }
  for (int j = 1; j < 8; j++) s[0] = _mm512_add_ps(s[0], s[j]);
  return _mm512_cvtss_f32(s[0]);
}
#else
double lw_peak_fma(ptrdiff_t rounds) {
  typedef float v4 __attribute__((vector_size(16)));
  v4 acc[16], a = {0.999f, 0.999f, 0.999f, 0.999f}, b = {0.001f, 0.001f, 0.001f, 0.001f};
  for (int i = 0; i < 16; i++) acc[i] = a;
  for (ptrdiff_t r = 0; r < rounds; r++) {
    __asm__ __volatile__("" : "+w"(a));
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) acc[i] = __builtin_elementwise_fma(acc[i], a, b);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) __asm__ __volatile__("" : "+w"(acc[i]));
  return 64.0 * (double)rounds;
}
double lw_peak_bf16(ptrdiff_t rounds) { return 0 * (double)rounds; }
#endif

static float read_plain(const float *x, ptrdiff_t n) {
  typedef float v8 __attribute__((vector_size(32)));
  v8 s[8] = {{0}};
  for (ptrdiff_t i = 0; i + 64 <= n; i += 64)
    for (int j = 0; j < 8; j++) {
      v8 v;
      __builtin_memcpy(&v, x + i + 8 * j, sizeof v);
      s[j] += v;
    }
  for (int j = 1; j < 8; j++) s[0] += s[j];
  return s[0][0];
}
float lw_read(const float *x, ptrdiff_t n) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return read512(x, n);
#endif
  return read_plain(x, n);
}
