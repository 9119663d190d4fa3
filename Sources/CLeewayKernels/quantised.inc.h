// Linear maps over quantised and f16 weights for one kernel set; see quantised.h for their panels.
//
// Needs LW_NAME, V (a vector of VL floats), V_LOAD, V_STORE, V_FMA, V_SPLAT; VU (VL words of 32
// bits); V_HALF(p) (f16 numbers widened), V_BYTE(p) and V_SBYTE(p) (bytes as floats), V_FLOAT(u)
// (words as floats), V_NIBBLE(u) (the low 4 bits of words as floats), V_TABLE(u, table) (that of
// sixteen floats which the low 4 bits say), V_FIVE(u, t) (the low 4 bits of u and bit 4 of t);
// Q_PANELS (panels side by side for one row).

#define Q(x) LW_NAME(q_##x)
#define Q_LANES (LW_PANEL / VL)

/// Scale and offset of vector j of a panel in half `half` of group g (a few formats have two).
LW_Q_INLINE void Q(scale)(const int format, const uint8_t *panel, ptrdiff_t g, const int half,
                          const int j, V *scale, V *offset) {
  const uint8_t *group = lw_q_group(format, panel, g), *head = lw_q_head_of(format, panel, g);
  if (lw_q_signed(format)) {
    *scale = V_HALF(head + 2 * VL * j) * V_SBYTE(group + LW_PANEL * half + VL * j);
    *offset = *scale * V_SPLAT(lw_q_middle(format));
  } else if (lw_q_super(format)) {
    const uint8_t *offsets = group + LW_PANEL * lw_q_halves(format);
    *scale = V_HALF(head + 2 * VL * j) * V_BYTE(group + LW_PANEL * half + VL * j);
    *offset = -(V_HALF(head + 2 * LW_PANEL + 2 * VL * j) *
                V_BYTE(offsets + LW_PANEL * half + VL * j));
  } else {
    *scale = V_HALF(group + 2 * VL * j);
    *offset = lw_q_scales(format) > 2 * LW_PANEL ? V_HALF(group + 2 * LW_PANEL + 2 * VL * j)
                                                  : *scale * V_SPLAT(lw_q_middle(format));
  }
}

LW_Q_INLINE VU Q(word)(const uint8_t *p, const int j) {
  VU word;
  memcpy(&word, p + 4 * VL * j, sizeof word);
  return word;
}

/// The whole numbers at input k of a group, as floats.
LW_Q_INLINE V Q(number)(const int format, const uint8_t *group, const int j, const int k) {
  const uint8_t *low = group + lw_q_scales(format), *high = low + lw_q_low(format);
  const int bits = lw_q_low_bits(format), above = lw_q_high_bits(format);
  const VU first = Q(word)(low + k * bits / 32 * 4 * LW_PANEL, j) >> (k * bits % 32);
  if (lw_q_indexed(format)) return V_TABLE(first, lw_q_table);
  if (!above) return bits == 4 ? V_NIBBLE(first) : V_FLOAT(first & ((1u << bits) - 1));
  // The high bits go behind the low ones.
  const int at = k * above % 32;
  const VU planes = Q(word)(high + k * above / 32 * 4 * LW_PANEL, j);
  const VU top = at < bits ? planes << (at < bits ? bits - at : 0)
                           : planes >> (at < bits ? 0 : at - bits);
  if (bits == 4 && above == 1) return V_FIVE(first, top);
  return V_FLOAT((first & ((1u << bits) - 1)) | (top & (((1u << above) - 1) << bits)));
}

/// One row through `panels` panels side by side; y is padded to whole panels.
LW_Q_INLINE void Q(row)(const int format, const int panels, ptrdiff_t inputs, const float *x,
                        const uint8_t *w, ptrdiff_t panel_bytes, const float *bias, float *y) {
  V acc[Q_PANELS * Q_LANES], scale[Q_PANELS * Q_LANES], offset[Q_PANELS * Q_LANES];
  const int vectors = panels * Q_LANES;
  _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++)
    acc[j] = V_LOAD(bias + j * VL);
  if (format == LW_F16) {
    for (ptrdiff_t k = 0; k < inputs; k++) {
      const V one = V_SPLAT(x[k]);
      _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++) {
        const uint8_t *at =
            w + j / Q_LANES * panel_bytes + 2 * (k * LW_PANEL + j % Q_LANES * VL);
        if (j % Q_LANES == 0) __builtin_prefetch(at + 1024, 0, 3);
        acc[j] = V_FMA(one, V_HALF(at), acc[j]);
      }
    }
  } else {
    const int halves = lw_q_halves(format), width = 32 / halves;
    for (ptrdiff_t g = 0; g < inputs / 32; g++, x += 32) {
      _Pragma("clang loop unroll(full)") for (int half = 0; half < halves; half++) {
        _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++)
          Q(scale)(format, w + j / Q_LANES * panel_bytes, g, half, j % Q_LANES, scale + j,
                   offset + j);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < width; i++) {
          const int k = half * width + i;
          const V one = V_SPLAT(x[k]);
          _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++) {
            const uint8_t *group = lw_q_group(format, w + j / Q_LANES * panel_bytes, g);
            if (j % Q_LANES == 0 && k * 64 < lw_q_group_bytes(format))
              __builtin_prefetch(group + k * 64 + 2048, 0, 3);
            const V weight =
                V_FMA(scale[j], Q(number)(format, group, j % Q_LANES, k), offset[j]);
            acc[j] = V_FMA(one, weight, acc[j]);
          }
        }
      }
    }
  }
  _Pragma("clang loop unroll(full)") for (int j = 0; j < vectors; j++) V_STORE(y + j * VL, acc[j]);
}

/// Inputs k0 ..< k0 + kc of a panel as [kc][32].
LW_Q_INLINE void Q(unpack_one)(const int format, const uint8_t *panel, ptrdiff_t k0, ptrdiff_t kc,
                               float *out) {
  if (format == LW_F16) {
    for (ptrdiff_t i = 0; i < kc * LW_PANEL; i += VL)
      V_STORE(out + i, V_HALF(panel + 2 * (k0 * LW_PANEL + i)));
    return;
  }
  const int halves = lw_q_halves(format), width = 32 / halves;
  for (ptrdiff_t g = k0 / 32; g < (k0 + kc) / 32; g++, out += 32 * LW_PANEL) {
    const uint8_t *group = lw_q_group(format, panel, g);
    for (int j = 0; j < Q_LANES; j++)
      _Pragma("clang loop unroll(full)") for (int half = 0; half < halves; half++) {
        V scale, offset;
        Q(scale)(format, panel, g, half, j, &scale, &offset);
        _Pragma("clang loop unroll(full)") for (int i = 0; i < width; i++) {
          const int k = half * width + i;
          V_STORE(out + k * LW_PANEL + j * VL,
                  V_FMA(scale, Q(number)(format, group, j, k), offset));
        }
      }
  }
}

typedef void (*Q(row_function))(ptrdiff_t inputs, const float *x, const uint8_t *w,
                                ptrdiff_t panel_bytes, const float *bias, float *y);
typedef void (*Q(unpack_function))(const uint8_t *panel, ptrdiff_t k0, ptrdiff_t kc, float *out);
#define Q_FORMAT(format)                                                                        \
  static void Q(row_##format)(ptrdiff_t inputs, const float *x, const uint8_t *w,               \
                              ptrdiff_t panel_bytes, const float *bias, float *y) {             \
    Q(row)(format, 1, inputs, x, w, panel_bytes, bias, y);                                      \
  }                                                                                             \
  static void Q(rows_##format)(ptrdiff_t inputs, const float *x, const uint8_t *w,              \
                               ptrdiff_t panel_bytes, const float *bias, float *y) {            \
    Q(row)(format, Q_PANELS, inputs, x, w, panel_bytes, bias, y);                               \
  }                                                                                             \
  static void Q(unpack_##format)(const uint8_t *panel, ptrdiff_t k0, ptrdiff_t kc, float *out) { \
    Q(unpack_one)(format, panel, k0, kc, out);                                                  \
  }
Q_FORMAT(LW_F16)
Q_FORMAT(LW_Q4_0)
Q_FORMAT(LW_Q4_1)
Q_FORMAT(LW_Q5_0)
Q_FORMAT(LW_Q5_1)
Q_FORMAT(LW_Q8_0)
Q_FORMAT(LW_IQ4_NL)
Q_FORMAT(LW_Q2_K)
Q_FORMAT(LW_Q3_K)
Q_FORMAT(LW_Q4_K)
Q_FORMAT(LW_Q5_K)
Q_FORMAT(LW_Q6_K)
Q_FORMAT(LW_IQ4_XS)
#undef Q_FORMAT

#define Q_TABLE(kind)                                                                             \
  {                                                                                               \
    [LW_F16] = Q(kind##_LW_F16), [LW_Q4_0] = Q(kind##_LW_Q4_0), [LW_Q4_1] = Q(kind##_LW_Q4_1),    \
    [LW_Q5_0] = Q(kind##_LW_Q5_0), [LW_Q5_1] = Q(kind##_LW_Q5_1), [LW_Q8_0] = Q(kind##_LW_Q8_0),  \
    [LW_IQ4_NL] = Q(kind##_LW_IQ4_NL), [LW_Q2_K] = Q(kind##_LW_Q2_K),                             \
    [LW_Q3_K] = Q(kind##_LW_Q3_K), [LW_Q4_K] = Q(kind##_LW_Q4_K), [LW_Q5_K] = Q(kind##_LW_Q5_K),  \
    [LW_Q6_K] = Q(kind##_LW_Q6_K), [LW_IQ4_XS] = Q(kind##_LW_IQ4_XS),                             \
  }
static const Q(row_function) Q(one_panel)[LW_FORMATS] = Q_TABLE(row);
static const Q(row_function) Q(more_panels)[LW_FORMATS] = Q_TABLE(rows);
static const Q(unpack_function) Q(unpacks)[LW_FORMATS] = Q_TABLE(unpack);
#undef Q_TABLE

/// One row, the weights widened in registers.
static void Q(single)(const lw_linear *job, ptrdiff_t row, ptrdiff_t panel0, ptrdiff_t panel1) {
  const ptrdiff_t bytes = lw_panel_bytes(job->format, job->inputs);
  // Planes of high bits want the registers of a second panel.
  const ptrdiff_t group = lw_q_high(job->format) ? 1 : Q_PANELS;
  const float *x = job->x + row * job->x_stride;
  float *y = job->y + row * job->y_stride;
  for (ptrdiff_t panel = panel0; panel < panel1;) {
    const ptrdiff_t first = panel * LW_PANEL;
    const uint8_t *w = (const uint8_t *)job->weights + panel * bytes;
    if (panel + group <= panel1 && first + group * LW_PANEL <= job->outputs) {
      (group > 1 ? Q(more_panels) : Q(one_panel))[job->format](
          job->inputs, x, w, bytes, job->bias + first, y + first);
      panel += group;
      continue;
    }
    float part[LW_PANEL];
    const ptrdiff_t n = job->outputs - first < LW_PANEL ? job->outputs - first : LW_PANEL;
    Q(one_panel)[job->format](job->inputs, x, w, bytes, job->bias + first, part);
    memcpy(y + first, part, (size_t)n * sizeof(float));
    panel++;
  }
}

/// Inputs k0 ..< k0 + kc of a panel in this thread's scratch: many rows pay for it once.
static const float *Q(unpack)(const lw_linear *job, ptrdiff_t panel, ptrdiff_t k0, ptrdiff_t kc) {
  float *out = lw_scratch(3, (size_t)(kc * LW_PANEL));
  if (!out) __builtin_trap();
  const ptrdiff_t bytes = lw_panel_bytes(job->format, job->inputs);
  Q(unpacks)[job->format]((const uint8_t *)job->weights + panel * bytes, k0, kc, out);
  return out;
}
#undef Q_LANES
