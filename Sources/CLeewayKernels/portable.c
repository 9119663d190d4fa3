// The set that runs everywhere: plain C, fmaf from the compiler or the C library.
#include <math.h>

#include "sets.h"
#include "leeway_training.h"
#include "quantised.h"
#include "vectors.h"

#define LW_NAME(x) portable_##x
static inline v16 portable_load_n(const float *p, ptrdiff_t n) {
  v16 v = {0};
  for (ptrdiff_t i = 0; i < n; i++) v[i] = p[i];
  return v;
}
static inline void portable_store_n(float *p, v16 v, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) p[i] = v[i];
}
#define LW_LOAD_N portable_load_n
#define LW_STORE_N portable_store_n
#include "elementwise.inc.h"
#include "attention.inc.h"
#include "backward.inc.h"
#include "attention_backward.inc.h"
#include "optimizer.inc.h"

static inline float widen(uint16_t x) {
  const uint32_t u = (uint32_t)x << 16;
  float f;
  memcpy(&f, &u, sizeof f);
  return f;
}

/// Formats that are widened as they are read: a stretch of inputs at a time, the chains going on
/// from what stands in y.
static void portable_widened(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1,
                             ptrdiff_t panel0, ptrdiff_t panel1) {
  enum { STRETCH = 256 };
  float *w = lw_scratch(3, STRETCH * LW_PANEL);
  if (!w) __builtin_trap();
  const ptrdiff_t bytes = lw_panel_bytes(job->format, job->inputs);
  for (ptrdiff_t panel = panel0; panel < panel1; panel++) {
    const ptrdiff_t first = panel * LW_PANEL;
    const ptrdiff_t n = job->outputs - first < LW_PANEL ? job->outputs - first : LW_PANEL;
    for (ptrdiff_t row = row0; row < row1; row++)
      memcpy(job->y + row * job->y_stride + first, job->bias + first, (size_t)n * sizeof(float));
    for (ptrdiff_t k0 = 0; k0 < job->inputs; k0 += STRETCH) {
      const ptrdiff_t kc = job->inputs - k0 < STRETCH ? job->inputs - k0 : STRETCH;
      lw_unpack_panel(job->format, (const char *)job->weights + panel * bytes, k0, kc, w);
      for (ptrdiff_t row = row0; row < row1; row++) {
        const float *x = job->x + row * job->x_stride + k0;
        float *y = job->y + row * job->y_stride + first;
        for (ptrdiff_t k = 0; k < kc; k++)
          for (ptrdiff_t j = 0; j < n; j++) y[j] = fmaf(x[k], w[k * LW_PANEL + j], y[j]);
      }
    }
  }
}

static void portable_linear(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                            ptrdiff_t panel1) {
  if (lw_widened(job->format)) {
    portable_widened(job, row0, row1, panel0, panel1);
    return;
  }
  const ptrdiff_t inputs = job->inputs;
  for (ptrdiff_t panel = panel0; panel < panel1; panel++) {
    const ptrdiff_t first = panel * LW_PANEL;
    const ptrdiff_t n = job->outputs - first < LW_PANEL ? job->outputs - first : LW_PANEL;
    for (ptrdiff_t row = row0; row < row1; row++) {
      const float *x = job->x + row * (job->by_column ? 1 : job->x_stride);
      const ptrdiff_t step = job->by_column ? job->x_stride : 1;
      float *y = job->y + row * job->y_stride + first;
      float acc[LW_PANEL];
      memcpy(acc, job->accumulate ? y : job->bias + first, (size_t)n * sizeof(float));
      if (job->format == LW_BF16) {
        const uint16_t *w =
            (const uint16_t *)job->weights + panel * ((inputs + 1) / 2) * 2 * LW_PANEL;
        for (ptrdiff_t k = 0; k < inputs; k++)
          for (ptrdiff_t j = 0; j < n; j++)
            acc[j] = fmaf(x[k * step], widen(w[(k / 2) * 2 * LW_PANEL + 2 * j + k % 2]), acc[j]);
      } else {
        const float *w = (const float *)job->weights + panel * inputs * LW_PANEL;
        for (ptrdiff_t k = 0; k < inputs; k++)
          for (ptrdiff_t j = 0; j < n; j++) acc[j] = fmaf(x[k * step], w[k * LW_PANEL + j], acc[j]);
      }
      memcpy(y, acc, (size_t)n * sizeof(float));
    }
  }
}

#define LW_TABLE_NAME "portable"
#define LW_LINEAR portable_linear
#define LW_LINEAR_FAST NULL
const lw_kernels lw_set_portable = {
#include "table.inc.h"
};
