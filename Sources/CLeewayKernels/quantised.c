// Packing of quantised weights and their plain reading.
#include "quantised.h"

#include <math.h>

#include "sets.h"

ptrdiff_t lw_panel_bytes(int format, ptrdiff_t inputs) {
  switch (format) {
    case LW_F32: return inputs * LW_PANEL * 4;
    case LW_BF16: return (inputs + 1) / 2 * 4 * LW_PANEL;
    case LW_F16: return inputs * LW_PANEL * 2;
    default: {
      const ptrdiff_t groups = inputs / 32;
      return groups * lw_q_group_bytes(format) + groups / 8 * lw_q_head(format);
    }
  }
}

// ---- blocks as the file has them -------------------------------------------------------------

LW_Q_INLINE ptrdiff_t block_bytes(const int format) {
  switch (format) {
    case LW_Q4_0: return 18;
    case LW_Q4_1: return 20;
    case LW_Q5_0: return 22;
    case LW_Q5_1: return 24;
    case LW_Q8_0: return 34;
    case LW_IQ4_NL: return 18;
    case LW_Q2_K: return 84;
    case LW_Q3_K: return 110;
    case LW_IQ4_XS: return 136;
    case LW_Q4_K: return 144;
    case LW_Q5_K: return 176;
    default: return 210;
  }
}

/// Six bits of scale and six of offset of each of eight parts.
static void shares(const uint8_t *q, int part, uint8_t *scale, uint8_t *offset) {
  if (part < 4) {
    *scale = q[part] & 63;
    *offset = q[part + 4] & 63;
  } else {
    *scale = (uint8_t)((q[part + 4] & 15) | (q[part - 4] >> 6) << 4);
    *offset = (uint8_t)((q[part + 4] >> 4) | (q[part] >> 6) << 4);
  }
}

/// Six bits of scale of each of sixteen parts, less 32.
static uint8_t signed_share(const uint8_t *q, int part) {
  const int low = q[part % 8] >> part / 8 * 4 & 15, high = q[8 + part % 4] >> part / 4 * 2 & 3;
  return (uint8_t)((low | high << 4) - 32);
}

/// The 32 whole numbers of group g of a row, all >= 0.
LW_Q_INLINE void numbers(const int format, const uint8_t *block, int part, uint8_t *u) {
  for (int i = 0; i < 32; i++) {
    const int nibble_shift = i / 16 * 4;
    switch (format) {
      case LW_Q4_0:
      case LW_IQ4_NL: u[i] = block[2 + i % 16] >> nibble_shift & 15; break;
      case LW_Q4_1: u[i] = block[4 + i % 16] >> nibble_shift & 15; break;
      case LW_Q5_0:
        u[i] = (uint8_t)((block[6 + i % 16] >> nibble_shift & 15) |
                         (block[2 + i / 8] >> i % 8 & 1) << 4);
        break;
      case LW_Q5_1:
        u[i] = (uint8_t)((block[8 + i % 16] >> nibble_shift & 15) |
                         (block[4 + i / 8] >> i % 8 & 1) << 4);
        break;
      case LW_Q8_0: u[i] = block[2 + i] ^ 0x80; break;
      case LW_IQ4_XS: u[i] = block[8 + 16 * part + i % 16] >> nibble_shift & 15; break;
      case LW_Q2_K: u[i] = block[16 + part / 4 * 32 + i] >> part % 4 * 2 & 3; break;
      case LW_Q3_K:
        u[i] = (uint8_t)((block[32 + part / 4 * 32 + i] >> part % 4 * 2 & 3) |
                         (block[i] >> part & 1) << 2);
        break;
      case LW_Q4_K: u[i] = block[16 + part / 2 * 32 + i] >> part % 2 * 4 & 15; break;
      case LW_Q5_K:
        u[i] = (uint8_t)((block[48 + part / 2 * 32 + i] >> part % 2 * 4 & 15) |
                         (block[16 + i] >> part & 1) << 4);
        break;
      default: {
        const int side = part / 4, quarter = part % 4;
        u[i] = (uint8_t)((block[side * 64 + quarter % 2 * 32 + i] >> quarter / 2 * 4 & 15) |
                         (block[128 + side * 32 + i] >> quarter * 2 & 3) << 4);
      }
    }
  }
}

/// Bits first ..< first + bits of 32 numbers as words, the first number lowest.
LW_Q_INLINE void planes(uint8_t *out, const uint8_t *u, const int first, const int bits) {
  for (int word = 0; word < bits; word++) {
    uint32_t packed = 0;
    for (int i = 0; i < 32 / bits; i++)
      packed |= ((uint32_t)u[32 / bits * word + i] >> first & ((1u << bits) - 1)) << bits * i;
    memcpy(out + 4 * LW_PANEL * word, &packed, 4);
  }
}

/// Puts one row's group into lane `lane` of a panel.
LW_Q_INLINE void pack_group(const int format, uint8_t *panel, ptrdiff_t g, ptrdiff_t lane,
                            const uint8_t *row) {
  const int super = lw_q_super(format), part = super ? (int)(g % 8) : 0;
  const uint8_t *block = row + (super ? g / 8 : g) * block_bytes(format);
  uint8_t *group = (uint8_t *)lw_q_group(format, panel, g);
  uint8_t *head = (uint8_t *)lw_q_head_of(format, panel, g);
  switch (format) {
    case LW_Q6_K:
      memcpy(head + 2 * lane, block + 208, 2);
      for (int half = 0; half < 2; half++)
        group[half * LW_PANEL + lane] = block[192 + 2 * part + half];
      break;
    case LW_Q3_K:
      memcpy(head + 2 * lane, block + 108, 2);
      for (int half = 0; half < 2; half++)
        group[half * LW_PANEL + lane] = signed_share(block + 96, 2 * part + half);
      break;
    case LW_IQ4_XS:
      memcpy(head + 2 * lane, block, 2);
      group[lane] = (uint8_t)(((block[4 + part / 2] >> part % 2 * 4 & 15) |
                               (block[2 + part / 4] >> part % 4 * 2 & 3) << 4) -
                              32);
      break;
    case LW_Q2_K:
      memcpy(head + 2 * lane, block + 80, 2);
      memcpy(head + 2 * (LW_PANEL + lane), block + 82, 2);
      for (int half = 0; half < 2; half++) {
        group[half * LW_PANEL + lane] = block[2 * part + half] & 15;
        group[(2 + half) * LW_PANEL + lane] = block[2 * part + half] >> 4;
      }
      break;
    case LW_Q4_K:
    case LW_Q5_K:
      memcpy(head + 2 * lane, block, 2);
      memcpy(head + 2 * (LW_PANEL + lane), block + 2, 2);
      shares(block + 4, part, group + lane, group + LW_PANEL + lane);
      break;
    default:
      memcpy(group + 2 * lane, block, 2);
      if (lw_q_scales(format) > 2 * LW_PANEL)
        memcpy(group + 2 * (LW_PANEL + lane), block + 2, 2);
  }
  uint8_t u[32];
  numbers(format, block, part, u);
  uint8_t *low = group + lw_q_scales(format) + 4 * lane;
  planes(low, u, 0, lw_q_low_bits(format));
  planes(low + lw_q_low(format), u, lw_q_low_bits(format), lw_q_high_bits(format));
}

/// Outputs lane ..< lane + outputs of one panel, a group of all of them at a time.
LW_Q_INLINE void pack_lanes(const int format, uint8_t *panel, ptrdiff_t groups, ptrdiff_t lane,
                            ptrdiff_t outputs, const uint8_t *rows, ptrdiff_t row_bytes) {
  for (ptrdiff_t g = 0; g < groups; g++)
    for (ptrdiff_t o = 0; o < outputs; o++)
      pack_group(format, panel, g, lane + o, rows + o * row_bytes);
}

void lw_pack_rows(void *packed, int format, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t outputs,
                  const void *source, ptrdiff_t row_bytes) {
  const ptrdiff_t panel_bytes = lw_panel_bytes(format, inputs);
  for (ptrdiff_t o = 0; o < outputs;) {
    const ptrdiff_t lane = (first + o) % LW_PANEL;
    const ptrdiff_t n = outputs - o < LW_PANEL - lane ? outputs - o : LW_PANEL - lane;
    uint8_t *panel = (uint8_t *)packed + (first + o) / LW_PANEL * panel_bytes;
    const uint8_t *rows = (const uint8_t *)source + o * row_bytes;
#define PACK(format) \
  case format: pack_lanes(format, panel, inputs / 32, lane, n, rows, row_bytes); break;
    switch (format) {
      PACK(LW_Q4_0) PACK(LW_Q4_1) PACK(LW_Q5_0) PACK(LW_Q5_1) PACK(LW_Q8_0) PACK(LW_IQ4_NL)
      PACK(LW_Q2_K) PACK(LW_Q3_K) PACK(LW_Q4_K) PACK(LW_Q5_K) PACK(LW_Q6_K) PACK(LW_IQ4_XS)
      default:
        for (ptrdiff_t k = 0; k < inputs; k++)
          for (ptrdiff_t i = 0; i < n; i++)
            memcpy(panel + 2 * (k * LW_PANEL + lane + i), rows + i * row_bytes + 2 * k, 2);
    }
#undef PACK
    o += n;
  }
}

// ---- plain reading ---------------------------------------------------------------------------

static float half_at(const uint8_t *p, ptrdiff_t index) {
  uint16_t half;
  memcpy(&half, p + 2 * index, sizeof half);
  return lw_widen_f16(half);
}
/// Number i of planes of `bits` bits.
static uint32_t bits_at(const uint8_t *p, int bits, ptrdiff_t i, ptrdiff_t lane) {
  uint32_t word;
  memcpy(&word, p + 4 * (i * bits / 32 * LW_PANEL + lane), sizeof word);
  return word >> i * bits % 32 & ((1u << bits) - 1);
}

static float weight(int format, const uint8_t *panel, ptrdiff_t k, ptrdiff_t lane) {
  if (format == LW_F16) return half_at(panel, k * LW_PANEL + lane);
  const ptrdiff_t g = k / 32, i = k % 32;
  const uint8_t *group = lw_q_group(format, panel, g), *head = lw_q_head_of(format, panel, g);
  const uint8_t *low = group + lw_q_scales(format), *high = low + lw_q_low(format);
  const int first = lw_q_low_bits(format), bits = lw_q_high_bits(format);
  uint32_t u = bits_at(low, first, i, lane);
  if (bits) u |= bits_at(high, bits, i, lane) << first;
  const ptrdiff_t half = i * lw_q_halves(format) / 32 * LW_PANEL;
  float scale, offset;
  if (lw_q_signed(format)) {
    scale = half_at(head, lane) * (float)(int8_t)group[half + lane];
    offset = scale * lw_q_middle(format);
  } else if (lw_q_super(format)) {
    const uint8_t *offsets = group + lw_q_halves(format) * LW_PANEL;
    scale = half_at(head, lane) * (float)group[half + lane];
    offset = -(half_at(head, LW_PANEL + lane) * (float)offsets[half + lane]);
  } else {
    scale = half_at(group, lane);
    offset = lw_q_scales(format) > 2 * LW_PANEL ? half_at(group, LW_PANEL + lane)
                                                 : scale * lw_q_middle(format);
  }
  return fmaf(scale, lw_q_indexed(format) ? lw_q_table[u] : (float)u, offset);
}

void lw_unpack_panel(int format, const void *panel, ptrdiff_t k0, ptrdiff_t kc, float *out) {
  for (ptrdiff_t k = 0; k < kc; k++)
    for (ptrdiff_t lane = 0; lane < LW_PANEL; lane++)
      out[k * LW_PANEL + lane] = weight(format, panel, k0 + k, lane);
}

void lw_unpack_output(const void *packed, int format, ptrdiff_t inputs, ptrdiff_t output,
                      float *out) {
  const uint8_t *panel =
      (const uint8_t *)packed + output / LW_PANEL * lw_panel_bytes(format, inputs);
  for (ptrdiff_t k = 0; k < inputs; k++) out[k] = weight(format, panel, k, output % LW_PANEL);
}
