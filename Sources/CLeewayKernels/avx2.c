// AVX2 with FMA: tiles of 6 rows x 16 outputs, half a panel.
#include "sets.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#include "leeway_training.h"
#include "quantised.h"
#include "vectors.h"

typedef float v8 __attribute__((vector_size(32)));

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define LW_NAME(x) avx2_##x
static inline __attribute__((always_inline)) __m256i avx2_mask(ptrdiff_t n) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes);
}
static inline __attribute__((always_inline)) v16 avx2_load_n(const float *p, ptrdiff_t n) {
  __m256 half[2] = {_mm256_maskload_ps(p, avx2_mask(n)), _mm256_setzero_ps()};
  if (n > 8) half[1] = _mm256_maskload_ps(p + 8, avx2_mask(n - 8));
  v16 v;
  memcpy(&v, half, sizeof v);
  return v;
}
static inline __attribute__((always_inline)) void avx2_store_n(float *p, v16 v, ptrdiff_t n) {
  __m256 half[2];
  memcpy(half, &v, sizeof v);
  _mm256_maskstore_ps(p, avx2_mask(n), half[0]);
  if (n > 8) _mm256_maskstore_ps(p + 8, avx2_mask(n - 8), half[1]);
}
#define LW_LOAD_N avx2_load_n
#define LW_STORE_N avx2_store_n
#include "elementwise.inc.h"
#include "attention.inc.h"
#include "backward.inc.h"
#include "attention_backward.inc.h"
#include "optimizer.inc.h"

/// rows x kc of x to [kc][rows].
static void avx2_pack(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t kc, float *out) {
  for (ptrdiff_t i = 0; i < rows; i++)
    for (ptrdiff_t k = 0; k < kc; k++) out[k * rows + i] = x[i * stride + k];
}

#define V v8
#define VL 8
#define V_LOAD(p) ((v8)_mm256_loadu_ps(p))
#define V_STORE(p, v) _mm256_storeu_ps((p), (__m256)(v))
#define V_FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#define V_SPLAT(x) ((v8)_mm256_set1_ps(x))
#define V_EVEN(p) ((v8)_mm256_slli_epi32(_mm256_loadu_si256((const __m256i *)(p)), 16))
#define V_ODD(p)                                                         \
  ((v8)_mm256_and_si256(_mm256_loadu_si256((const __m256i *)(p)),        \
                        _mm256_set1_epi32((int)0xffff0000u)))
#define LT_ROWS 6
#define LT_WIDE 2
#define LT_WIDE1 8
#define LT_WIDE2 4
#define LT_WIDE3 2
#define LT_WIDEST 8
#define LT_AHEAD 16
#define LT_FORGET() __asm__ __volatile__("" ::: "memory")
#define LT_ITEM float
#define LT_PACK avx2_pack

typedef uint32_t u8v __attribute__((vector_size(32)));
#define VU u8v
#define V_HALF(p) ((v8)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p))))
#define V_BYTES(p) _mm_loadl_epi64((const __m128i *)(p))
#define V_BYTE(p) ((v8)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(V_BYTES(p))))
#define V_SBYTE(p) ((v8)_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(V_BYTES(p))))
#define V_FLOAT(u) ((v8)_mm256_cvtepi32_ps((__m256i)(u)))
#define V_NIBBLE(u) V_FLOAT((u) & 15)
// Both halves of the table, and bit 3 of the index, moved to the sign, chooses.
#define V_TABLE(u, table)                                                                     \
  ((v8)_mm256_blendv_ps(_mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)(u)),       \
                        _mm256_permutevar8x32_ps(_mm256_loadu_ps((table) + 8), (__m256i)(u)), \
                        (__m256)((u) << 28)))
#define V_FIVE(u, t) V_FLOAT(((u) & 15) | ((t) & 16))
#define Q_PANELS 1
#include "quantised.inc.h"
#define LT_UNPACK avx2_q_unpack

#define LT(x) avx2_f32_##x
#define LT_PAIRS 0
#include "linear.inc.h"
#undef LT
#undef LT_PAIRS

#define LT(x) avx2_bf16_##x
#define LT_PAIRS 1
#include "linear.inc.h"

static void avx2_linear(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                        ptrdiff_t panel1) {
  if (lw_widened(job->format) && row1 - row0 == 1)
    avx2_q_single(job, row0, panel0, panel1);
  else
    (job->format == LW_BF16 ? avx2_bf16_linear : avx2_f32_linear)(job, row0, row1, panel0, panel1);
}
#pragma clang attribute pop

#define LW_TABLE_NAME "avx2"
#define LW_LINEAR avx2_linear
#define LW_LINEAR_FAST NULL
const lw_kernels lw_set_avx2 = {
#include "table.inc.h"
};
#endif
