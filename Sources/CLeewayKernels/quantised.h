#pragma once
// Packed panels of quantised weights, the same in every kernel set: 32 outputs side by side, groups
// of 32 inputs one after the other. A weight is fma(scale, u, offset) with a whole number u >= 0;
// scale * u is exact in f32 in every format, so a weight is rounded once at most.
//
// A group: scales [32] (and offsets [32]) of its outputs, then the numbers in words of 32 bits, one
// word an output: eight numbers of 4 low bits (four of 8 in Q8_0), then planes of high bits, 32
// numbers of 1 bit or 16 of 2 bits a word. The K formats put two f16 (one in Q6_K) an output before
// each eight groups, and scales and offsets are bytes that multiply them; Q6_K has two scales a
// group.
#include <string.h>

#include "leeway_kernels.h"

#define LW_Q_INLINE static inline __attribute__((always_inline))

/// Whether weights are kept as the file has them and widened as they are read.
LW_Q_INLINE int lw_widened(int format) { return format != LW_F32 && format != LW_BF16; }

LW_Q_INLINE int lw_q_super(int format) { return format >= LW_Q4_K; }
/// Bytes before eight groups of a K format.
LW_Q_INLINE ptrdiff_t lw_q_head(int format) {
  return format == LW_Q6_K ? 2 * LW_PANEL : format >= LW_Q4_K ? 4 * LW_PANEL : 0;
}
/// Bytes of scales and offsets of a group.
LW_Q_INLINE ptrdiff_t lw_q_scales(int format) {
  return format == LW_Q4_1 || format == LW_Q5_1 ? 4 * LW_PANEL : 2 * LW_PANEL;
}
LW_Q_INLINE ptrdiff_t lw_q_low(int format) { return (format == LW_Q8_0 ? 32 : 16) * LW_PANEL; }
LW_Q_INLINE ptrdiff_t lw_q_high(int format) {
  if (format == LW_Q6_K) return 8 * LW_PANEL;
  return format == LW_Q5_0 || format == LW_Q5_1 || format == LW_Q5_K ? 4 * LW_PANEL : 0;
}
LW_Q_INLINE ptrdiff_t lw_q_group_bytes(int format) {
  return lw_q_scales(format) + lw_q_low(format) + lw_q_high(format);
}
/// Group g of a panel.
LW_Q_INLINE const uint8_t *lw_q_group(int format, const uint8_t *panel, ptrdiff_t g) {
  const ptrdiff_t bytes = lw_q_group_bytes(format);
  if (!lw_q_super(format)) return panel + g * bytes;
  return panel + g / 8 * (lw_q_head(format) + 8 * bytes) + lw_q_head(format) + g % 8 * bytes;
}
/// What stands before the eight groups that g belongs to.
LW_Q_INLINE const uint8_t *lw_q_head_of(int format, const uint8_t *panel, ptrdiff_t g) {
  return panel + g / 8 * (lw_q_head(format) + 8 * lw_q_group_bytes(format));
}
/// offset = scale * this, where a format has no offsets of its own.
LW_Q_INLINE float lw_q_middle(int format) {
  switch (format) {
    case LW_Q4_0: return -8.0f;
    case LW_Q5_0: return -16.0f;
    case LW_Q6_K: return -32.0f;
    default: return -128.0f;
  }
}

/// Inputs k0 ..< k0 + kc (whole groups; any where the format is f16) of a panel as [kc][32], by
/// plain C.
void lw_unpack_panel(int format, const void *panel, ptrdiff_t k0, ptrdiff_t kc, float *out);
