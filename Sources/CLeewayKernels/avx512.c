// AVX-512: tiles of 12 rows x 32 outputs.
#include "sets.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#include "leeway_training.h"
#include "quantised.h"
#include "vectors.h"

#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), \
    apply_to = function)

#define LW_NAME(x) avx512_##x
#define LW_LOAD_N(p, n) ((v16)_mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), (p)))
#define LW_STORE_N(p, v, n) _mm512_mask_storeu_ps((p), (__mmask16)((1u << (n)) - 1), (__m512)(v))
#include "elementwise.inc.h"
#include "attention.inc.h"
#include "backward.inc.h"
#include "attention_backward.inc.h"
#include "optimizer.inc.h"

#define STAGE(out, in, step, ...)                               \
  for (int i = 0; i < 16; i++) {                                \
    const int low = i & ~(step);                                \
    (out)[i] = i & (step) ? UPPER_##step(in[low], in[low | (step)]) \
                          : LOWER_##step(in[low], in[low | (step)]); \
  }
#define LOWER_1(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
#define UPPER_1(a, b) \
  __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31)
#define LOWER_2(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define UPPER_2(a, b) \
  __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
#define LOWER_4(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
#define UPPER_4(a, b) \
  __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31)
#define LOWER_8(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
#define UPPER_8(a, b) \
  __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)

/// Rows of 16 numbers become 16 columns of `rows` numbers, next to each other. Each store writes 16
/// lanes; the next one overwrites what was too much, and scratch has room behind the last.
LW_INLINE void lw_transpose(v16 *in, ptrdiff_t rows, float *out) {
  v16 other[16];
  _Pragma("clang loop unroll(full)") STAGE(other, in, 1)
  _Pragma("clang loop unroll(full)") STAGE(in, other, 2)
  _Pragma("clang loop unroll(full)") STAGE(other, in, 4)
  _Pragma("clang loop unroll(full)") STAGE(in, other, 8)
  for (int k = 0; k < 16; k++) lw_store(out + k * rows, in[k]);
}
static void avx512_pack(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t kc,
                        float *out) {
  ptrdiff_t k = 0;
  for (; k + 16 <= kc; k += 16) {
    v16 in[16];
    for (int i = 0; i < 12; i++) in[i] = lw_load(x + (i < rows ? i : 0) * stride + k);
    for (int i = 12; i < 16; i++) in[i] = lw_splat(0.0f);
    lw_transpose(in, rows, out + k * rows);
  }
  for (; k < kc; k++)
    for (ptrdiff_t i = 0; i < rows; i++) out[k * rows + i] = x[i * stride + k];
}

#define V v16
#define VL 16
#define V_LOAD(p) lw_load(p)
#define V_STORE(p, v) lw_store(p, v)
#define V_FMA(a, b, c) lw_fma(a, b, c)
#define V_SPLAT(x) lw_splat(x)
#define V_EVEN(p) ((v16)_mm512_slli_epi32(_mm512_loadu_si512(p), 16))
#define V_ODD(p) \
  ((v16)_mm512_and_si512(_mm512_loadu_si512(p), _mm512_set1_epi32((int)0xffff0000u)))
#define LT_ROWS 12
#define LT_WIDE 2
#define LT_WIDE1 8
#define LT_WIDE2 4
#define LT_WIDE3 4
#define LT_WIDEST 8
#define LT_AHEAD 16
#define LT_FORGET()
#define LT_ITEM float
#define LT_PACK avx512_pack

typedef uint32_t u16v __attribute__((vector_size(64)));
#define VU u16v
#define V_HALF(p) ((v16)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p))))
#define V_BYTES(p) _mm_loadu_si128((const __m128i *)(p))
#define V_BYTE(p) ((v16)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(V_BYTES(p))))
#define V_SBYTE(p) ((v16)_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(V_BYTES(p))))
#define V_FLOAT(u) ((v16)_mm512_cvtepi32_ps((__m512i)(u)))
// A table of sixteen floats, of whose index the instruction reads four bits.
#define V_TABLE(u, table) ((v16)_mm512_permutexvar_ps((__m512i)(u), _mm512_loadu_ps(table)))
#define V_NIBBLE(u)                                                                              \
  ((v16)_mm512_permutexvar_ps((__m512i)(u), _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, \
                                                           12, 13, 14, 15)))
// The same with a fifth bit, taken from elsewhere, and a table of 32.
#define V_FIVE(u, t)                                                                               \
  ((v16)_mm512_permutex2var_ps(                                                                    \
      _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),                        \
      _mm512_ternarylogic_epi32(_mm512_set1_epi32(15), (__m512i)(u), (__m512i)(t), 0xca),          \
      _mm512_setr_ps(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31)))
#define Q_PANELS 2
#include "quantised.inc.h"
#define LT_UNPACK avx512_q_unpack

#define LT(x) avx512_f32_##x
#define LT_PAIRS 0
#include "linear.inc.h"
#undef LT
#undef LT_PAIRS

#define LT(x) avx512_bf16_##x
#define LT_PAIRS 1
#include "linear.inc.h"
#undef LT
#undef LT_PAIRS

static void avx512_linear(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                          ptrdiff_t panel1) {
  if (lw_widened(job->format) && row1 - row0 == 1)
    avx512_q_single(job, row0, panel0, panel1);
  else
    (job->format == LW_BF16 ? avx512_bf16_linear : avx512_f32_linear)(job, row0, row1, panel0,
                                                                      panel1);
}
#pragma clang attribute pop

#define LW_TABLE_NAME "avx512"
#define LW_LINEAR avx512_linear
#define LW_LINEAR_FAST NULL
const lw_kernels lw_set_avx512 = {
#include "table.inc.h"
};

// ---- the same with bf16 dot products in fast precision ---------------------------------------

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))), \
    apply_to = function)

/// Rounds to bf16 and puts pairs of k side by side: [pair][rows].
static void avx512_pack_pairs(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t kc,
                              uint32_t *out) {
  ptrdiff_t k = 0;
  for (; k + 32 <= kc; k += 32) {
    v16 in[16];
    for (int i = 0; i < 12; i++) {
      const float *row = x + (i < rows ? i : 0) * stride + k;
      in[i] = (v16)_mm512_cvtne2ps_pbh((__m512)lw_load(row + 16), (__m512)lw_load(row));
    }
    for (int i = 12; i < 16; i++) in[i] = lw_splat(0.0f);
    lw_transpose(in, rows, (float *)out + k / 2 * rows);
  }
  for (; k < kc; k += 2)
    for (ptrdiff_t i = 0; i < rows; i++) {
      const float pair[2] = {x[i * stride + k], k + 1 < kc ? x[i * stride + k + 1] : 0.0f};
      const __m128bh both = _mm_cvtneps_pbh(_mm_setr_ps(pair[0], pair[1], 0, 0));
      out[k / 2 * rows + i] = (uint32_t)_mm_cvtsi128_si32((__m128i)both);
    }
}
/// Inputs k0 ..< k0 + kc of a panel, rounded to bf16, in pairs of k: [pair][32].
static const float *avx512_unpack_pairs(const lw_linear *job, ptrdiff_t panel, ptrdiff_t k0,
                                        ptrdiff_t kc) {
  const ptrdiff_t pairs = (kc + 1) / 2;
  float *wide = lw_scratch(3, (size_t)((kc + 1 + pairs) * LW_PANEL));
  if (!wide) __builtin_trap();
  float *out = wide + (kc + 1) * LW_PANEL;
  const ptrdiff_t bytes = lw_panel_bytes(job->format, job->inputs);
  avx512_q_unpacks[job->format]((const uint8_t *)job->weights + panel * bytes, k0, kc, wide);
  if (kc % 2) memset(wide + kc * LW_PANEL, 0, LW_PANEL * sizeof(float));
  for (ptrdiff_t i = 0; i < pairs * LW_PANEL; i += 16) {
    const float *even = wide + i / LW_PANEL * 2 * LW_PANEL + i % LW_PANEL;
    const __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)lw_load(even)));
    const __m512i high =
        _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)lw_load(even + LW_PANEL)));
    _mm512_storeu_si512(out + i, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
  }
  return out;
}
#undef LT_ITEM
#undef LT_PACK
#undef LT_UNPACK
#define LT_UNPACK avx512_unpack_pairs
#define LT_ITEM uint32_t
#define LT_PACK avx512_pack_pairs
#define V_DOT(acc, pair, p)                                                     \
  ((v16)_mm512_dpbf16_ps((__m512)(acc), (__m512bh)_mm512_set1_epi32((int)(pair)), \
                         (__m512bh)_mm512_loadu_si512(p)))
#define LT(x) avx512_dot_##x
#define LT_PAIRS 2
#include "linear.inc.h"

/// One row is not worth the rounding: it waits for the weights.
static void avx512_fast_linear(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1,
                               ptrdiff_t panel0, ptrdiff_t panel1) {
  if (lw_widened(job->format) && row1 - row0 == 1)
    avx512_q_single(job, row0, panel0, panel1);
  else
    avx512_dot_linear(job, row0, row1, panel0, panel1);
}
#pragma clang attribute pop

#undef LW_TABLE_NAME
#undef LW_LINEAR_FAST
#define LW_TABLE_NAME "avx512bf16"
#define LW_LINEAR_FAST avx512_fast_linear
const lw_kernels lw_set_avx512bf16 = {
#include "table.inc.h"
};
#endif
