// NEON: tiles of 6 rows x 16 outputs, half a panel.
#include "sets.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#include <math.h>

#include "leeway_training.h"
#include "quantised.h"
#include "vectors.h"

#define LW_NAME(x) neon_##x
static inline __attribute__((always_inline)) v16 neon_load_n(const float *p, ptrdiff_t n) {
  float lanes[16] = {0};
  memcpy(lanes, p, (size_t)n * sizeof(float));
  v16 v;
  memcpy(&v, lanes, sizeof v);
  return v;
}
static inline __attribute__((always_inline)) void neon_store_n(float *p, v16 v, ptrdiff_t n) {
  float lanes[16];
  memcpy(lanes, &v, sizeof v);
  memcpy(p, lanes, (size_t)n * sizeof(float));
}
#define LW_LOAD_N neon_load_n
#define LW_STORE_N neon_store_n
#include "elementwise.inc.h"
#include "attention.inc.h"
#include "backward.inc.h"
#include "attention_backward.inc.h"
#include "optimizer.inc.h"

/// rows x kc of x to [kc][rows].
static void neon_pack(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t kc, float *out) {
  for (ptrdiff_t i = 0; i < rows; i++)
    for (ptrdiff_t k = 0; k < kc; k++) out[k * rows + i] = x[i * stride + k];
}

#define V float32x4_t
#define VL 4
#define V_LOAD(p) vld1q_f32(p)
#define V_STORE(p, v) vst1q_f32((p), (v))
#define V_FMA(a, b, c) vfmaq_f32((c), (a), (b))
#define V_SPLAT(x) vdupq_n_f32(x)
#define V_EVEN(p) vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32((const uint32_t *)(p)), 16))
#define V_ODD(p) \
  vreinterpretq_f32_u32(vandq_u32(vld1q_u32((const uint32_t *)(p)), vdupq_n_u32(0xffff0000u)))
#define LT_ROWS 6
#define LT_WIDE 4
#define LT_WIDE1 16
#define LT_WIDE2 8
#define LT_WIDE3 8
#define LT_WIDEST 16
#define LT_AHEAD 16
#define LT_FORGET()
#define LT_ITEM float
#define LT_PACK neon_pack

static inline __attribute__((always_inline)) float32x4_t neon_half(const uint8_t *p) {
  float16x4_t half;
  memcpy(&half, p, sizeof half);
  return vcvt_f32_f16(half);
}
static inline __attribute__((always_inline)) float32x4_t neon_byte(const uint8_t *p,
                                                                     int is_signed) {
  float out[4];
  for (int i = 0; i < 4; i++) out[i] = is_signed ? (float)(int8_t)p[i] : (float)p[i];
  return vld1q_f32(out);
}
static inline __attribute__((always_inline)) float32x4_t neon_table(uint32x4_t u,
                                                                     const float *table) {
  float out[4];
  for (int i = 0; i < 4; i++) out[i] = table[u[i] & 15];
  return vld1q_f32(out);
}
#define VU uint32x4_t
#define V_HALF(p) neon_half(p)
#define V_BYTE(p) neon_byte((p), 0)
#define V_SBYTE(p) neon_byte((p), 1)
#define V_FLOAT(u) vcvtq_f32_u32(u)
#define V_NIBBLE(u) V_FLOAT((u) & 15)
#define V_TABLE(u, table) neon_table((u), (table))
#define V_FIVE(u, t) V_FLOAT(((u) & 15) | ((t) & 16))
#define Q_PANELS 1
#include "quantised.inc.h"
#define LT_UNPACK neon_q_unpack

#define LT(x) neon_f32_##x
#define LT_PAIRS 0
#include "linear.inc.h"
#undef LT
#undef LT_PAIRS

#define LT(x) neon_bf16_##x
#define LT_PAIRS 1
#include "linear.inc.h"

static void neon_linear(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                        ptrdiff_t panel1) {
  if (lw_widened(job->format) && row1 - row0 == 1)
    neon_q_single(job, row0, panel0, panel1);
  else
    (job->format == LW_BF16 ? neon_bf16_linear : neon_f32_linear)(job, row0, row1, panel0, panel1);
}

#define LW_TABLE_NAME "neon"
#define LW_LINEAR neon_linear
#define LW_LINEAR_FAST NULL
const lw_kernels lw_set_neon = {
#include "table.inc.h"
};
#endif
