// Optimiser steps, included once per kernel set after elementwise.inc.h.

LW_INLINE v16 lw_sqrt(v16 x) { return __builtin_elementwise_sqrt(x); }

static double LW_NAME(squares)(const float *x, ptrdiff_t n) {
  d16 squares = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const d16 v = lw_wide(lw_load_part(x + i, n - i));
    squares = lw_fma_d(v, v, squares);
  }
  return lw_sum(squares);
}

/// Loshchilov and Hutter 2019, arXiv:1711.05101, with the constants of `lw_step`.
static void LW_NAME(adamw)(float *p, const float *g, float *m, float *v, ptrdiff_t n,
                           const float *constants) {
  const v16 factor = lw_splat(constants[0]), keep = lw_splat(constants[1]);
  const v16 beta1 = lw_splat(constants[2]), rest1 = lw_splat(constants[3]);
  const v16 beta2 = lw_splat(constants[4]), rest2 = lw_splat(constants[5]);
  const v16 unbias = lw_splat(constants[6]), epsilon = lw_splat(constants[7]);
  const v16 rate = lw_splat(constants[8]);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 slope = lw_load_part(g + i, n - i) * factor;
    const v16 first = lw_fma(lw_load_part(m + i, n - i), beta1, rest1 * slope);
    const v16 second = lw_fma(lw_load_part(v + i, n - i), beta2, rest2 * slope * slope);
    const v16 step = rate * first / lw_fma(lw_sqrt(second), unbias, epsilon);
    lw_store_part(m + i, first, n - i);
    lw_store_part(v + i, second, n - i);
    lw_store_part(p + i, lw_load_part(p + i, n - i) * keep - step, n - i);
  }
}

/// m = momentum m + g + decay p; p -= rate m.
static void LW_NAME(momentum)(float *p, const float *g, float *m, ptrdiff_t n,
                              const float *constants) {
  const v16 factor = lw_splat(constants[0]), decay = lw_splat(constants[1]);
  const v16 momentum = lw_splat(constants[2]), rate = lw_splat(constants[3]);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 at = lw_load_part(p + i, n - i);
    const v16 slope = lw_fma(at, decay, lw_load_part(g + i, n - i) * factor);
    const v16 speed = lw_fma(lw_load_part(m + i, n - i), momentum, slope);
    lw_store_part(m + i, speed, n - i);
    lw_store_part(p + i, at - rate * speed, n - i);
  }
}
