// Gradients of the row kernels, included once per kernel set after elementwise.inc.h.

/// 1 / sqrt(mean(x²) + epsilon) = r; dx = r (g - x r² mean(g x)) with g = weight dy.
static void LW_NAME(rms_norm_back)(const float *x, const float *weight, float epsilon,
                                   const float *dy, float *dx, float *dweight, ptrdiff_t n,
                                   int add) {
  d16 squares = lw_splat_d(0.0), dots = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 v = lw_load_part(x + i, n - i);
    const v16 g = lw_load_part(dy + i, n - i) * lw_load_part(weight + i, n - i);
    const d16 w = lw_wide(v);
    squares = lw_fma_d(w, w, squares);
    dots = lw_fma_d(lw_wide(g), w, dots);
  }
  const double inverse = 1.0 / __builtin_sqrt(lw_sum(squares) / (double)n + (double)epsilon);
  const v16 r = lw_splat((float)inverse);
  const v16 back = lw_splat((float)(-lw_sum(dots) / (double)n * inverse * inverse));
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 v = lw_load_part(x + i, n - i), d = lw_load_part(dy + i, n - i);
    const v16 g = d * lw_load_part(weight + i, n - i);
    v16 out = lw_fma(v, back, g) * r;
    if (add) out = out + lw_load_part(dx + i, n - i);
    lw_store_part(dx + i, out, n - i);
    lw_store_part(dweight + i, lw_fma(d, v * r, lw_load_part(dweight + i, n - i)), n - i);
  }
}

/// dx = (g - mean(g) - h mean(g h)) / sd with g = weight dy and h = (x - mean) / sd.
static void LW_NAME(layer_norm_back)(const float *x, const float *weight, float epsilon,
                                     const float *dy, float *dx, float *dweight, float *dbias,
                                     ptrdiff_t n, int add) {
  d16 sums = lw_splat_d(0.0), squares = sums, gradients = sums, dots = sums;
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 g = lw_load_part(dy + i, n - i) * lw_load_part(weight + i, n - i);
    sums += lw_wide(lw_load_part(x + i, n - i));
    gradients += lw_wide(g);
  }
  const double mean = lw_sum(sums) / (double)n;
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 g = lw_load_part(dy + i, n - i) * lw_load_part(weight + i, n - i);
    d16 v = lw_wide(lw_load_part(x + i, n - i)) - lw_splat_d(mean);
    if (n - i < 16) v = lw_wide(lw_select(lw_lanes(n - i), lw_narrow(v), lw_splat(0.0f)));
    squares = lw_fma_d(v, v, squares);
    dots = lw_fma_d(lw_wide(g), v, dots);
  }
  const double inverse = 1.0 / __builtin_sqrt(lw_sum(squares) / (double)n + (double)epsilon);
  const v16 r = lw_splat((float)inverse);
  const v16 g0 = lw_splat((float)(-lw_sum(gradients) / (double)n));
  const v16 back = lw_splat((float)(-lw_sum(dots) / (double)n * inverse));
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 d = lw_load_part(dy + i, n - i);
    const v16 g = d * lw_load_part(weight + i, n - i);
    const v16 h =
        lw_narrow((lw_wide(lw_load_part(x + i, n - i)) - lw_splat_d(mean)) * lw_splat_d(inverse));
    v16 out = lw_fma(h, back, g + g0) * r;
    if (add) out = out + lw_load_part(dx + i, n - i);
    lw_store_part(dx + i, out, n - i);
    lw_store_part(dweight + i, lw_fma(d, h, lw_load_part(dweight + i, n - i)), n - i);
    lw_store_part(dbias + i, d + lw_load_part(dbias + i, n - i), n - i);
  }
}

/// s (1 + x (1 - s)) with s = 1 / (1 + exp(-x)).
LW_INLINE v16 lw_silu_slope(v16 x) {
  const v16 one = lw_splat(1.0f);
  const v16 s = one / (one + lw_exp(-x, lw_splat(0.0f)));
  return s * lw_fma(x, one - s, one);
}
/// s (1 + x (1 - s) u') with s = 1 / (1 + exp(-u)), u = 2 sqrt(2 / pi) (x + 0.044715 x³).
LW_INLINE v16 lw_gelu_tanh_slope(v16 x) {
  const v16 one = lw_splat(1.0f), square = x * x;
  const v16 u = x * lw_fma(square, lw_splat(0.071354816f), lw_splat(1.5957691f));
  const v16 du = lw_fma(square, lw_splat(0.21406445f), lw_splat(1.5957691f));
  // Beyond 12 the slope is 0 or 1, and the square of a huge x would be infinite.
  const i16 large = (x > lw_splat(12.0f)) | (x < lw_splat(-12.0f));
  const v16 s = one / (one + lw_exp(-u, lw_splat(0.0f)));
  const v16 slope = s * lw_fma(x * (one - s), du, one);
  return lw_select(large, lw_select(x > lw_splat(0.0f), one, lw_splat(0.0f)), slope);
}
/// The normal distribution function and x times its density.
LW_INLINE v16 lw_gelu_erf_slope(v16 x) {
  const d16 w = lw_wide(x);
  d16 limited = lw_select_d(w > lw_splat_d(26.0), lw_splat_d(26.0), w);
  limited = lw_select_d(limited < lw_splat_d(-26.0), lw_splat_d(-26.0), limited);
  const d16 density =
      lw_exp_d(limited * limited * lw_splat_d(-0.5)) * lw_splat_d(0.39894228040143268);
  return lw_narrow(lw_fma_d(limited, density, lw_normal_share(w)));
}
LW_INLINE v16 lw_relu_slope(v16 x) {
  return lw_select(x > lw_splat(0.0f), lw_splat(1.0f), lw_splat(0.0f));
}
LW_INLINE v16 lw_slope(v16 x, int kind) {
  switch (kind) {
    case LW_SILU: return lw_silu_slope(x);
    case LW_GELU_TANH: return lw_gelu_tanh_slope(x);
    case LW_GELU_ERF: return lw_gelu_erf_slope(x);
    default: return lw_relu_slope(x);
  }
}
LW_INLINE void lw_activate_back_kind(const float *x, const float *dy, float *dx, ptrdiff_t n,
                                     const int kind) {
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(dx + i, lw_load_part(dy + i, n - i) * lw_slope(lw_load_part(x + i, n - i), kind),
                  n - i);
}
LW_INLINE void lw_gate_back_kind(const float *gate, const float *up, const float *dy, float *dgate,
                                 float *dup, ptrdiff_t n, const int kind) {
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 g = lw_load_part(gate + i, n - i), d = lw_load_part(dy + i, n - i);
    const v16 u = lw_load_part(up + i, n - i);
    lw_store_part(dgate + i, d * u * lw_slope(g, kind), n - i);
    lw_store_part(dup + i, d * lw_activation(g, kind), n - i);
  }
}
static void LW_NAME(activate_back)(const float *x, const float *dy, float *dx, ptrdiff_t n,
                                   int kind) {
  switch (kind) {
    case LW_SILU: lw_activate_back_kind(x, dy, dx, n, LW_SILU); break;
    case LW_GELU_TANH: lw_activate_back_kind(x, dy, dx, n, LW_GELU_TANH); break;
    case LW_GELU_ERF: lw_activate_back_kind(x, dy, dx, n, LW_GELU_ERF); break;
    default: lw_activate_back_kind(x, dy, dx, n, LW_RELU);
  }
}
static void LW_NAME(gate_back)(const float *gate, const float *up, const float *dy, float *dgate,
                               float *dup, ptrdiff_t n, int kind) {
  switch (kind) {
    case LW_SILU: lw_gate_back_kind(gate, up, dy, dgate, dup, n, LW_SILU); break;
    case LW_GELU_TANH: lw_gate_back_kind(gate, up, dy, dgate, dup, n, LW_GELU_TANH); break;
    case LW_GELU_ERF: lw_gate_back_kind(gate, up, dy, dgate, dup, n, LW_GELU_ERF); break;
    default: lw_gate_back_kind(gate, up, dy, dgate, dup, n, LW_RELU);
  }
}

static void LW_NAME(cap_back)(const float *y, const float *dy, float cap, float *dx, ptrdiff_t n) {
  const v16 one = lw_splat(1.0f), whole = lw_splat(cap);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 t = lw_load_part(y + i, n - i) / whole;
    lw_store_part(dx + i, lw_load_part(dy + i, n - i) * lw_fma(-t, t, one), n - i);
  }
}

/// A row of logits becomes weight (softmax - one at the target); returns the loss, unweighted.
static double LW_NAME(cross_entropy)(float *x, ptrdiff_t n, ptrdiff_t target, float weight) {
  if (weight == 0.0f) {
    memset(x, 0, (size_t)n * sizeof *x);
    return 0.0;
  }
  const float at = x[target], top = lw_row_max(x, n);
  const double sum = lw_row_exp(x, n, top, x);
  const v16 factor = lw_splat((float)((double)weight / sum));
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(x + i, lw_load_part(x + i, n - i) * factor, n - i);
  x[target] -= weight;
  return lw_log(sum) + ((double)top - (double)at);
}
