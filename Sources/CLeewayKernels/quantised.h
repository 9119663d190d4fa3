#pragma once
// Packed panels of quantised weights, the same in every kernel set: 32 outputs side by side, groups
// of 32 inputs one after the other. A weight is fma(scale, u, offset) with a whole number u (in the
// IQ4 formats one of sixteen, by its index); scale * u is exact in f32 in every format, so a weight
// is rounded once at most.
//
// A group: scales [32] (and offsets [32]) of its outputs, then the numbers in words of 32 bits, one
// word an output: planes of the low 2, 4 or 8 bits, then of the bits above them, 1 or 2. The K
// formats and IQ4_XS put one f16 an output (or two: of scales and of offsets) before each eight
// groups, and scales and offsets are bytes that multiply them; Q2_K, Q3_K and Q6_K have two of each
// a group.
#include <string.h>

#include "leeway_kernels.h"

#define LW_Q_INLINE static inline __attribute__((always_inline))

/// Whether weights are kept as the file has them and widened as they are read.
LW_Q_INLINE int lw_widened(int format) { return format != LW_F32 && format != LW_BF16; }

LW_Q_INLINE int lw_q_super(int format) { return format >= LW_Q2_K; }
/// Scales that are signed and have no offsets beside them, in a format of eight groups.
LW_Q_INLINE int lw_q_signed(int format) {
  return format == LW_Q3_K || format == LW_Q6_K || format == LW_IQ4_XS;
}
/// Whether a group's numbers stand for those of a table.
LW_Q_INLINE int lw_q_indexed(int format) { return format == LW_IQ4_NL || format == LW_IQ4_XS; }
/// Scales of an output a group.
LW_Q_INLINE int lw_q_halves(int format) {
  return format == LW_Q2_K || format == LW_Q3_K || format == LW_Q6_K ? 2 : 1;
}
/// Bytes before eight groups.
LW_Q_INLINE ptrdiff_t lw_q_head(int format) {
  if (!lw_q_super(format)) return 0;
  return (lw_q_signed(format) ? 2 : 4) * LW_PANEL;
}
/// Bytes of scales and offsets of a group.
LW_Q_INLINE ptrdiff_t lw_q_scales(int format) {
  if (lw_q_super(format)) return (lw_q_signed(format) ? 1 : 2) * lw_q_halves(format) * LW_PANEL;
  return format == LW_Q4_1 || format == LW_Q5_1 ? 4 * LW_PANEL : 2 * LW_PANEL;
}
/// Bits of a number in the first plane, and in the one behind it.
LW_Q_INLINE int lw_q_low_bits(int format) {
  return format == LW_Q8_0 ? 8 : format == LW_Q2_K || format == LW_Q3_K ? 2 : 4;
}
LW_Q_INLINE int lw_q_high_bits(int format) {
  if (format == LW_Q6_K) return 2;
  return format == LW_Q3_K || format == LW_Q5_0 || format == LW_Q5_1 || format == LW_Q5_K;
}
/// Bytes of the planes of a group: 32 numbers of `bits` bits are as many words an output.
LW_Q_INLINE ptrdiff_t lw_q_low(int format) { return 4 * LW_PANEL * lw_q_low_bits(format); }
LW_Q_INLINE ptrdiff_t lw_q_high(int format) { return 4 * LW_PANEL * lw_q_high_bits(format); }
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
    case LW_Q3_K: return -4.0f;
    case LW_Q4_0: return -8.0f;
    case LW_Q5_0: return -16.0f;
    case LW_Q6_K: return -32.0f;
    case LW_Q8_0: return -128.0f;
    default: return 0.0f;
  }
}
/// The sixteen numbers of the IQ4 formats, denser around zero.
static const float lw_q_table[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                     1,    13,   25,  38,  53,  69,  89,  113};

/// Inputs k0 ..< k0 + kc (whole groups; any where the format is f16) of a panel as [kc][32], by
/// plain C.
void lw_unpack_panel(int format, const void *panel, ptrdiff_t k0, ptrdiff_t kc, float *out);
