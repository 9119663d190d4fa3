// y = x Wᵀ + bias for one kernel set and one form of product, included once for each.
//
// Needs LT(x) for names, LT_PAIRS (0: f32 weights; 1: bf16 weights in pairs of k, widened; 2: bf16
// dot products of pairs), V (a vector of VL floats), V_LOAD, V_STORE, V_FMA(a, b, c), V_SPLAT; for
// LT_PAIRS 1 V_EVEN(p) and V_ODD(p), for 2 V_DOT(acc, pair, p); LT_ROWS and LT_WIDE (rows and
// vectors of the largest tile), LT_WIDE1, LT_WIDE2, LT_WIDE3 (vectors side by side when there are
// 1, 2, 3 rows: independent chains hide the latency that one row cannot); LT_WIDEST (the most of
// all); LT_AHEAD (weight rows to prefetch); LT_FORGET() (a barrier that makes the compiler load
// pairs twice where registers are few, or nothing); LT_ITEM and LT_PACK(x, stride, rows, kc, out)
// (packed x); for LT_PAIRS 0 and 2 LT_UNPACK(job, panel, k, kc), a block of weights of the formats
// that are widened as they are read.
//
// A weight row is 128 bytes in every form: 32 floats of one k, or 32 pairs of two k.

#define LT_LANES (LW_PANEL / VL)  // vectors of one panel
// Inputs and rows of one packed block of x: it stays in the second-level cache while a panel's
// block of weights passes through the first.
enum { LT(KC) = LT_PAIRS == 2 ? 1024 : 768, LT(MC) = 192 };

/// One tile: rows x (wide * VL) outputs over kc inputs. The chain of each output starts from `init`
/// (the bias, or what the last block of inputs left in c) and runs over k in order.
static inline __attribute__((always_inline)) void LT(tile)(
    const int rows, const int wide, ptrdiff_t kc, const LT_ITEM *a, const float *w,
    ptrdiff_t panel_stride, const float *init, ptrdiff_t init_stride, float *c,
    ptrdiff_t c_stride) {
  // Sizes known before inlining, so that both live in registers.
  V acc[LT_ROWS][LT_WIDEST];
#if LT_PAIRS < 2
  V weight[LT_WIDEST];
#endif
  _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++)
  _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
    acc[i][j] = V_LOAD(init + i * init_stride + j * VL);
#define LT_AT(j) (w + (j) / LT_LANES * panel_stride + (j) % LT_LANES * VL)
  const ptrdiff_t steps = LT_PAIRS ? kc / 2 : kc;
  for (ptrdiff_t k = 0; k < steps; k++) {
    _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j += 16 / VL)
      __builtin_prefetch(LT_AT(j) + LW_PANEL * LT_AHEAD, 0, 3);
#if LT_PAIRS == 0
    _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++) weight[j] = V_LOAD(LT_AT(j));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
      const V x = V_SPLAT(a[i]);
      _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
        acc[i][j] = V_FMA(x, weight[j], acc[i][j]);
    }
    a += rows;
#elif LT_PAIRS == 1
    _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++) weight[j] = V_EVEN(LT_AT(j));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
      const V x = V_SPLAT(a[i]);
      _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
        acc[i][j] = V_FMA(x, weight[j], acc[i][j]);
    }
    LT_FORGET();
    _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++) weight[j] = V_ODD(LT_AT(j));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
      const V x = V_SPLAT(a[rows + i]);
      _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
        acc[i][j] = V_FMA(x, weight[j], acc[i][j]);
    }
    a += 2 * rows;
#else
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++)
    _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
      acc[i][j] = V_DOT(acc[i][j], a[i], LT_AT(j));
    a += rows;
#endif
    w += LW_PANEL;
  }
#if LT_PAIRS == 1
  if (kc % 2) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {
      const V x = V_SPLAT(a[i]);
      _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
        acc[i][j] = V_FMA(x, V_EVEN(LT_AT(j)), acc[i][j]);
    }
  }
#endif
  _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++)
  _Pragma("clang loop unroll(full)") for (int j = 0; j < wide; j++)
    V_STORE(c + i * c_stride + j * VL, acc[i][j]);
#undef LT_AT
}

typedef void (*LT(tile_function))(ptrdiff_t kc, const LT_ITEM *a, const float *w,
                                  ptrdiff_t panel_stride, const float *init, ptrdiff_t init_stride,
                                  float *c, ptrdiff_t c_stride);
#define LT_TILE(name, rows, wide)                                                              \
  static void LT(name)(ptrdiff_t kc, const LT_ITEM *a, const float *w, ptrdiff_t panel_stride, \
                       const float *init, ptrdiff_t init_stride, float *c, ptrdiff_t c_stride) { \
    LT(tile)(rows, wide, kc, a, w, panel_stride, init, init_stride, c, c_stride);              \
  }
LT_TILE(tile1, 1, LT_WIDE)
LT_TILE(tile2, 2, LT_WIDE)
LT_TILE(tile3, 3, LT_WIDE)
LT_TILE(tile4, 4, LT_WIDE)
LT_TILE(tile5, 5, LT_WIDE)
LT_TILE(tile6, 6, LT_WIDE)
LT_TILE(wide1, 1, LT_WIDE1)
LT_TILE(wide2, 2, LT_WIDE2)
LT_TILE(wide3, 3, LT_WIDE3)
#if LT_ROWS == 12
LT_TILE(tile7, 7, LT_WIDE)
LT_TILE(tile8, 8, LT_WIDE)
LT_TILE(tile9, 9, LT_WIDE)
LT_TILE(tile10, 10, LT_WIDE)
LT_TILE(tile11, 11, LT_WIDE)
LT_TILE(tile12, 12, LT_WIDE)
#endif

static const LT(tile_function) LT(tiles)[LT_ROWS + 1] = {
    NULL,      LT(tile1), LT(tile2), LT(tile3), LT(tile4),  LT(tile5),  LT(tile6),
#if LT_ROWS == 12
    LT(tile7), LT(tile8), LT(tile9), LT(tile10), LT(tile11), LT(tile12),
#endif
};

/// Runs the tile over one whole panel, or over the outputs that the last panel has.
static void LT(panel)(const int rows, ptrdiff_t kc, const LT_ITEM *a, const float *w,
                      const float *bias, int first, float *c, ptrdiff_t c_stride, ptrdiff_t n) {
  enum { WIDE = LT_WIDE * VL };
  if (n >= LW_PANEL) {
    for (int column = 0; column < LW_PANEL; column += WIDE)
      LT(tiles)[rows](kc, a, w + column, 0, first ? bias + column : c + column,
                      first ? 0 : c_stride, c + column, c_stride);
    return;
  }
  float part[LT_ROWS * LW_PANEL];
  for (int i = 0; i < rows; i++) {
    memset(part + i * LW_PANEL, 0, LW_PANEL * sizeof(float));
    memcpy(part + i * LW_PANEL, first ? bias : c + i * c_stride, (size_t)n * sizeof(float));
  }
  for (int column = 0; column < n; column += WIDE)
    LT(tiles)[rows](kc, a, w + column, 0, part + column, LW_PANEL, part + column, LW_PANEL);
  for (int i = 0; i < rows; i++)
    memcpy(c + i * c_stride, part + i * LW_PANEL, (size_t)n * sizeof(float));
}

/// Up to three rows: several panels side by side.
static void LT(few)(const lw_linear *job, ptrdiff_t row0, const int rows, ptrdiff_t panel0,
                    ptrdiff_t panel1) {
  const ptrdiff_t panel_stride = (LT_PAIRS ? (job->inputs + 1) / 2 : job->inputs) * LW_PANEL;
  const float *x = job->x + row0 * job->x_stride;
  const LT_ITEM *a;
#if LT_PAIRS < 2
  if (rows == 1) {
    a = x;
  } else
#endif
  {
    LT_ITEM *packed = (LT_ITEM *)lw_scratch(0, (size_t)(rows * (job->inputs + 1) + 512));
    if (!packed) __builtin_trap();
    LT_PACK(x, job->x_stride, rows, job->inputs, packed);
    a = packed;
  }
  const LT(tile_function) wide = rows == 1 ? LT(wide1) : rows == 2 ? LT(wide2) : LT(wide3);
  const int vectors = rows == 1 ? LT_WIDE1 : rows == 2 ? LT_WIDE2 : LT_WIDE3;
  const ptrdiff_t group = vectors / LT_LANES;
  float *y = job->y + row0 * job->y_stride;
  for (ptrdiff_t panel = panel0; panel < panel1;) {
    const ptrdiff_t first = panel * LW_PANEL;
    const float *w = (const float *)job->weights + panel * panel_stride;
    if (group > 0 && panel + group <= panel1 && first + group * LW_PANEL <= job->outputs) {
      wide(job->inputs, a, w, panel_stride, job->bias + first, 0, y + first, job->y_stride);
      panel += group;
    } else {
      LT(panel)(rows, job->inputs, a, w, job->bias + first, 1, y + first, job->y_stride,
                job->outputs - first);
      panel++;
    }
  }
}

#if LT_PAIRS == 0
/// kc x rows of an x that is read by column to [kc][rows]. Each copy takes 16 numbers while as many
/// follow; the next one overwrites what was too much, and scratch has room behind the last.
static inline __attribute__((always_inline)) void LT(pack_columns)(
    const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t kc, float *out) {
  ptrdiff_t k = 0;
  for (; (kc - 1 - k) * stride >= 16; k++) memcpy(out + k * rows, x + k * stride, 64);
  for (; k < kc; k++)
    for (ptrdiff_t i = 0; i < rows; i++) out[k * rows + i] = x[k * stride + i];
}
#endif

static void LT(linear)(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                       ptrdiff_t panel1) {
  if (row1 - row0 <= 3 && !job->by_column && !job->accumulate && !lw_widened(job->format)) {
    if (row1 > row0) LT(few)(job, row0, (int)(row1 - row0), panel0, panel1);
    return;
  }
  const ptrdiff_t inputs = job->inputs, blocks = (row1 - row0 + LT(MC) - 1) / LT(MC);
  const ptrdiff_t panel_stride = (LT_PAIRS ? (inputs + 1) / 2 : inputs) * LW_PANEL;
  for (ptrdiff_t block = 0; block < blocks; block++) {
    const ptrdiff_t begin = row0 + (row1 - row0) * block / blocks;
    const ptrdiff_t end = row0 + (row1 - row0) * (block + 1) / blocks;
    const ptrdiff_t rows = end - begin, tiles = (rows + LT_ROWS - 1) / LT_ROWS;
    LT_ITEM *packed = (LT_ITEM *)lw_scratch(0, (size_t)(rows * (LT(KC) + 1) + 512));
    if (!packed) __builtin_trap();
    ptrdiff_t k = 0;
    do {
      const ptrdiff_t kc = inputs - k < LT(KC) ? inputs - k : LT(KC);
      // Tiles of nearly equal height: 13 rows are 7 and 6, not 12 and 1.
      LT_ITEM *a = packed;
      for (ptrdiff_t tile = 0; tile < tiles; tile++) {
        const ptrdiff_t i = rows * tile / tiles, n = rows * (tile + 1) / tiles - i;
#if LT_PAIRS == 0
        if (job->by_column)
          LT(pack_columns)(job->x + k * job->x_stride + begin + i, job->x_stride, n, kc, a);
        else
#endif
          LT_PACK(job->x + (begin + i) * job->x_stride + k, job->x_stride, n, kc, a);
        a += n * (LT_PAIRS == 2 ? (kc + 1) / 2 : kc);
      }
      for (ptrdiff_t panel = panel0; panel < panel1; panel++) {
        const ptrdiff_t first = panel * LW_PANEL;
        const float *w;
#if LT_PAIRS != 1
        if (lw_widened(job->format))
          w = LT_UNPACK(job, panel, k, kc);
        else
#endif
          w = (const float *)job->weights + panel * panel_stride +
              (LT_PAIRS ? k / 2 : k) * LW_PANEL;
        a = packed;
        for (ptrdiff_t tile = 0; tile < tiles; tile++) {
          const ptrdiff_t i = rows * tile / tiles, n = rows * (tile + 1) / tiles - i;
          LT(panel)((int)n, LT_PAIRS == 2 ? (kc + 1) / 2 * 2 : kc, a, w, job->bias + first,
                    k == 0 && !job->accumulate,
                    job->y + (begin + i) * job->y_stride + first, job->y_stride,
                    job->outputs - first);
          a += n * (LT_PAIRS == 2 ? (kc + 1) / 2 : kc);
        }
      }
      k += kc;
    } while (k < inputs);
  }
}
#undef LT_TILE
#undef LT_LANES
