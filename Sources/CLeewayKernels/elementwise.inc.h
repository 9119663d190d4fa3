// Row kernels, included once per kernel set with LW_NAME(x), inside its target attribute. Each set
// does the same IEEE operations in the same order, so all give the same bits: no contraction, no
// reassociation, sums in 16 fixed partial sums and one fixed tree.
//
// Needs LW_LOAD_N(p, n) and LW_STORE_N(p, v, n): 1 ... 15 lanes, the others zero and left alone.
#pragma STDC FP_CONTRACT OFF

#define LW_INLINE static inline __attribute__((always_inline))

LW_INLINE v16 lw_splat(float x) { return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
LW_INLINE v16 lw_load(const float *p) {
  v16 v;
  memcpy(&v, p, sizeof v);
  return v;
}
LW_INLINE void lw_store(float *p, v16 v) { memcpy(p, &v, sizeof v); }
LW_INLINE v16 lw_load_part(const float *p, ptrdiff_t n) {
  return n >= 16 ? lw_load(p) : LW_LOAD_N(p, n);
}
LW_INLINE void lw_store_part(float *p, v16 v, ptrdiff_t n) {
  if (n >= 16)
    lw_store(p, v);
  else
    LW_STORE_N(p, v, n);
}
LW_INLINE v16 lw_fma(v16 a, v16 b, v16 c) { return __builtin_elementwise_fma(a, b, c); }
LW_INLINE d16 lw_fma_d(d16 a, d16 b, d16 c) { return __builtin_elementwise_fma(a, b, c); }
LW_INLINE v16 lw_select(i16 mask, v16 yes, v16 no) {
  return (v16)((mask & (i16)yes) | (~mask & (i16)no));
}
LW_INLINE d16 lw_select_d(l16 mask, d16 yes, d16 no) {
  return (d16)((mask & (l16)yes) | (~mask & (l16)no));
}
LW_INLINE d16 lw_wide(v16 x) { return __builtin_convertvector(x, d16); }
LW_INLINE v16 lw_narrow(d16 x) { return __builtin_convertvector(x, v16); }
LW_INLINE d16 lw_splat_d(double x) {
  return (d16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}
/// Lanes below n.
LW_INLINE i16 lw_lanes(ptrdiff_t n) {
  const i16 index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const int32_t m = n > 16 ? 16 : (int32_t)n;
  return index < (i16){m, m, m, m, m, m, m, m, m, m, m, m, m, m, m, m};
}
/// The one reduction tree.
LW_INLINE double lw_sum(d16 v) {
  double s[16];
  memcpy(s, &v, sizeof s);
  for (int step = 8; step > 0; step /= 2)
    for (int i = 0; i < step; i++) s[i] += s[i + step];
  return s[0];
}
LW_INLINE float lw_max(v16 v) {
  float s[16];
  memcpy(s, &v, sizeof s);
  for (int step = 8; step > 0; step /= 2)
    for (int i = 0; i < step; i++) s[i] = s[i + step] > s[i] ? s[i + step] : s[i];
  return s[0];
}

/// exp(x + low) where |low| is at most a few ulp of x. 0 below -104, infinity above 89.
LW_INLINE v16 lw_exp(v16 x, v16 low) {
  const v16 magic = lw_splat(12582912.0f);
  x = lw_select(x > lw_splat(89.0f), lw_splat(89.0f), x);
  x = lw_select(x < lw_splat(-104.0f), lw_splat(-104.0f), x);
  const v16 t = lw_fma(x, lw_splat(1.44269504f), magic);
  const v16 n = t - magic;
  v16 r = lw_fma(n, lw_splat(-0.693145752f), x);
  r = lw_fma(n, lw_splat(-1.42860677e-6f), r);
  r = r + low;
  v16 p = lw_splat(1.98412698e-4f);
  p = lw_fma(p, r, lw_splat(1.38888889e-3f));
  p = lw_fma(p, r, lw_splat(8.33333333e-3f));
  p = lw_fma(p, r, lw_splat(4.16666667e-2f));
  p = lw_fma(p, r, lw_splat(1.66666667e-1f));
  p = lw_fma(p, r, lw_splat(0.5f));
  p = lw_fma(p * r, r, r) + lw_splat(1.0f);
  // 2^n in two steps: each factor stays a normal number while the product may be subnormal.
  const i16 k = (i16)t - (i16)magic;
  const i16 half = k >> 1;
  const v16 a = (v16)((half + 127) << 23), b = (v16)((k - half + 127) << 23);
  return p * a * b;
}

/// exp in double, for what needs more than f32 on the way; |x| below 700.
LW_INLINE d16 lw_exp_d(d16 x) {
  const d16 magic = lw_splat_d(6755399441055744.0);
  const d16 t = lw_fma_d(x, lw_splat_d(1.4426950408889634), magic);
  const d16 n = t - magic;
  d16 r = lw_fma_d(n, lw_splat_d(-0.6931471805599453), x);
  d16 p = lw_splat_d(1.0 / 362880);
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 40320));
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 5040));
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 720));
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 120));
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 24));
  p = lw_fma_d(p, r, lw_splat_d(1.0 / 6));
  p = lw_fma_d(p, r, lw_splat_d(0.5));
  p = lw_fma_d(p, r, lw_splat_d(1.0));
  p = lw_fma_d(p, r, lw_splat_d(1.0));
  const l16 k = (l16)t - (l16)magic;
  return p * (d16)((k + 1023) << 52);
}

/// Natural logarithm of a positive, normal number, by ours alone: libraries differ in the last bit.
/// NaN and infinity stay what they are.
LW_INLINE double lw_log(double x) {
  if (!(x < __builtin_inf())) return x;
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int64_t exponent = (int64_t)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffull) | 0x3ff0000000000000ull;
  double m;
  memcpy(&m, &bits, sizeof m);
  if (m > 1.4142135623730951) m *= 0.5, exponent++;
  const double t = (m - 1.0) / (m + 1.0), t2 = t * t;
  double p = 0.0;
  for (int k = 19; k >= 1; k -= 2) p = __builtin_fma(p, t2, 2.0 / k);
  return __builtin_fma((double)exponent, 0.6931471805599453, p * t);
}

LW_INLINE v16 lw_silu(v16 x) {
  return x / (lw_splat(1.0f) + lw_exp(-x, lw_splat(0.0f)));
}
/// x / (1 + exp(-2 u)): the same as 0.5 x (1 + tanh u) without its cancellation. The argument is
/// formed in double, since exp turns its absolute error into a relative one.
LW_INLINE v16 lw_gelu_tanh(v16 x) {
  const d16 w = lw_wide(x);
  const d16 u =
      w * lw_fma_d(w * w, lw_splat_d(-0.071354816272600248), lw_splat_d(-1.5957691216057308));
  const v16 high = lw_narrow(u);
  v16 low = lw_narrow(u - lw_wide(high));
  // Where exp is cut off there is nothing to correct, and the difference may be huge or infinite.
  low = lw_select((high > lw_splat(-104.0f)) & (high < lw_splat(89.0f)), low, lw_splat(0.0f));
  return x / (lw_splat(1.0f) + lw_exp(high, low));
}
/// The normal distribution function, by exp(-a²) erfcx(a) with a = |x| / sqrt(2): the tail keeps
/// its relative precision. The polynomial was fitted here (Chebyshev, error 1.6e-9).
LW_INLINE d16 lw_normal_share(d16 x) {
  d16 a = x;
  a = lw_select_d(a < lw_splat_d(0.0), -a, a) * lw_splat_d(0.70710678118654752);
  a = lw_select_d(a > lw_splat_d(26.0), lw_splat_d(26.0), a);
  const d16 t = (a - lw_splat_d(2.0)) / (a + lw_splat_d(2.0));
  d16 p = lw_splat_d(-2.45299431164682445e-6);
  p = lw_fma_d(p, t, lw_splat_d(0.0000796704662339704315));
  p = lw_fma_d(p, t, lw_splat_d(0.00018146096363291814));
  p = lw_fma_d(p, t, lw_splat_d(-0.000392770292945391832));
  p = lw_fma_d(p, t, lw_splat_d(-0.00143022378056405163));
  p = lw_fma_d(p, t, lw_splat_d(0.00124444616374915091));
  p = lw_fma_d(p, t, lw_splat_d(0.00871147811878524722));
  p = lw_fma_d(p, t, lw_splat_d(-0.0080280974565374865));
  p = lw_fma_d(p, t, lw_splat_d(-0.0542179753725758131));
  p = lw_fma_d(p, t, lw_splat_d(0.164050703795026981));
  p = lw_fma_d(p, t, lw_splat_d(-0.16603052861653782));
  p = lw_fma_d(p, t, lw_splat_d(-0.0927638100242711357));
  p = lw_fma_d(p, t, lw_splat_d(1.2769783828972256));
  const d16 tail = lw_splat_d(0.5) * lw_exp_d(-a * a) * p / (lw_splat_d(1.0) + a + a);
  return lw_select_d(x > lw_splat_d(0.0), lw_splat_d(1.0) - tail, tail);
}
LW_INLINE v16 lw_gelu_erf(v16 x) {
  const d16 wide = lw_wide(x);
  return lw_narrow(wide * lw_normal_share(wide));
}
LW_INLINE v16 lw_relu(v16 x) { return lw_select(x < lw_splat(0.0f), lw_splat(0.0f), x); }

LW_INLINE v16 lw_activation(v16 x, int kind) {
  switch (kind) {
    case LW_SILU: return lw_silu(x);
    case LW_GELU_TANH: return lw_gelu_tanh(x);
    case LW_GELU_ERF: return lw_gelu_erf(x);
    default: return lw_relu(x);
  }
}
LW_INLINE void lw_activate_kind(float *x, ptrdiff_t n, const int kind) {
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(x + i, lw_activation(lw_load_part(x + i, n - i), kind), n - i);
}
LW_INLINE void lw_gate_kind(const float *gate, const float *up, float *y, ptrdiff_t n,
                            const int kind) {
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 g = lw_activation(lw_load_part(gate + i, n - i), kind);
    lw_store_part(y + i, g * lw_load_part(up + i, n - i), n - i);
  }
}
// One loop per kind, so that none of them tests it inside.
static void LW_NAME(activate)(float *x, ptrdiff_t n, int kind) {
  switch (kind) {
    case LW_SILU: lw_activate_kind(x, n, LW_SILU); break;
    case LW_GELU_TANH: lw_activate_kind(x, n, LW_GELU_TANH); break;
    case LW_GELU_ERF: lw_activate_kind(x, n, LW_GELU_ERF); break;
    default: lw_activate_kind(x, n, LW_RELU);
  }
}
static void LW_NAME(gate)(const float *gate, const float *up, float *y, ptrdiff_t n, int kind) {
  switch (kind) {
    case LW_SILU: lw_gate_kind(gate, up, y, n, LW_SILU); break;
    case LW_GELU_TANH: lw_gate_kind(gate, up, y, n, LW_GELU_TANH); break;
    case LW_GELU_ERF: lw_gate_kind(gate, up, y, n, LW_GELU_ERF); break;
    default: lw_gate_kind(gate, up, y, n, LW_RELU);
  }
}
static void LW_NAME(add)(const float *a, const float *b, float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(y + i, lw_load_part(a + i, n - i) + lw_load_part(b + i, n - i), n - i);
}

/// cap tanh(x / cap), by (e - 1) / (e + 1) with e = exp(2 x / cap) in double; near 0, where that
/// cancels, by x itself.
LW_INLINE v16 lw_capped(v16 x, float cap) {
  const d16 one = lw_splat_d(1.0);
  const d16 t = lw_wide(x) / lw_splat_d((double)cap);
  d16 u = t + t;
  u = lw_select_d(u > lw_splat_d(60.0), lw_splat_d(60.0), u);
  u = lw_select_d(u < lw_splat_d(-60.0), lw_splat_d(-60.0), u);
  const d16 e = lw_exp_d(u);
  const d16 y = (e - one) / (e + one);
  const l16 small = (t < lw_splat_d(1e-6)) & (t > lw_splat_d(-1e-6));
  return lw_narrow(lw_select_d(small, t, y) * lw_splat_d((double)cap));
}
static void LW_NAME(cap)(const float *x, float cap, float *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(y + i, lw_capped(lw_load_part(x + i, n - i), cap), n - i);
}

static void LW_NAME(rms_norm)(const float *x, const float *weight, float epsilon, float *y,
                              ptrdiff_t n) {
  d16 squares = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const d16 v = lw_wide(lw_load_part(x + i, n - i));
    squares = lw_fma_d(v, v, squares);
  }
  const double mean = lw_sum(squares) / (double)n;
  const v16 inverse = lw_splat((float)(1.0 / __builtin_sqrt(mean + (double)epsilon)));
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 v = lw_load_part(x + i, n - i) * inverse;
    lw_store_part(y + i, v * lw_load_part(weight + i, n - i), n - i);
  }
}
static void LW_NAME(layer_norm)(const float *x, const float *weight, const float *bias,
                                float epsilon, float *y, ptrdiff_t n) {
  d16 sums = lw_splat_d(0.0), squares = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) sums += lw_wide(lw_load_part(x + i, n - i));
  const double mean = lw_sum(sums) / (double)n;
  for (ptrdiff_t i = 0; i < n; i += 16) {
    d16 v = lw_wide(lw_load_part(x + i, n - i)) - lw_splat_d(mean);
    if (n - i < 16) v = lw_wide(lw_select(lw_lanes(n - i), lw_narrow(v), lw_splat(0.0f)));
    squares = lw_fma_d(v, v, squares);
  }
  const double variance = lw_sum(squares) / (double)n;
  const d16 inverse = lw_splat_d(1.0 / __builtin_sqrt(variance + (double)epsilon));
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const d16 v = (lw_wide(lw_load_part(x + i, n - i)) - lw_splat_d(mean)) * inverse;
    lw_store_part(y + i,
                  lw_fma(lw_narrow(v), lw_load_part(weight + i, n - i),
                         lw_load_part(bias + i, n - i)),
                  n - i);
  }
}
static void LW_NAME(rotate)(float *x, const float *cosine, const float *sine, ptrdiff_t half,
                            int interleaved) {
  if (interleaved) {
    for (ptrdiff_t i = 0; i < half; i++) {
      const float a = x[2 * i], b = x[2 * i + 1];
      x[2 * i] = a * cosine[i] - b * sine[i];
      x[2 * i + 1] = b * cosine[i] + a * sine[i];
    }
    return;
  }
  for (ptrdiff_t i = 0; i < half; i += 16) {
    const ptrdiff_t n = half - i;
    const v16 a = lw_load_part(x + i, n), b = lw_load_part(x + half + i, n);
    const v16 c = lw_load_part(cosine + i, n), s = lw_load_part(sine + i, n);
    lw_store_part(x + i, a * c - b * s, n);
    lw_store_part(x + half + i, b * c + a * s, n);
  }
}

/// Largest of n numbers; NaN never wins unless a lane saw nothing else.
LW_INLINE float lw_row_max(const float *x, ptrdiff_t n) {
  v16 best = lw_splat(-__builtin_inff());
  for (ptrdiff_t i = 0; i < n; i += 16) {
    v16 v = lw_load_part(x + i, n - i);
    if (n - i < 16) v = lw_select(lw_lanes(n - i), v, lw_splat(-__builtin_inff()));
    best = lw_select(v > best, v, best);
  }
  return lw_max(best);
}
/// exp(x - top) of n numbers, and where y is given kept there; returns the sum.
LW_INLINE double lw_row_exp(const float *x, ptrdiff_t n, float top, float *y) {
  d16 sums = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    v16 e = lw_exp(lw_load_part(x + i, n - i) - lw_splat(top), lw_splat(0.0f));
    if (n - i < 16) e = lw_select(lw_lanes(n - i), e, lw_splat(0.0f));
    if (y) lw_store_part(y + i, e, n - i);
    sums += lw_wide(e);
  }
  return lw_sum(sums);
}
static float LW_NAME(log_sum_exp)(const float *x, ptrdiff_t n) {
  const float top = lw_row_max(x, n);
  if (!(top - top == 0.0f)) return top;
  return (float)((double)top + lw_log(lw_row_exp(x, n, top, NULL)));
}
static ptrdiff_t LW_NAME(argmax)(const float *x, ptrdiff_t n) {
  const float top = lw_row_max(x, n);
  for (ptrdiff_t i = 0; i < n; i++)
    if (x[i] == top) return i;
  return 0;
}
static float LW_NAME(norm)(const float *x, ptrdiff_t n) {
  d16 squares = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const d16 v = lw_wide(lw_load_part(x + i, n - i));
    squares = lw_fma_d(v, v, squares);
  }
  return (float)__builtin_sqrt(lw_sum(squares));
}
static float LW_NAME(dot)(const float *a, const float *b, ptrdiff_t n) {
  d16 sums = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16)
    sums = lw_fma_d(lw_wide(lw_load_part(a + i, n - i)), lw_wide(lw_load_part(b + i, n - i)), sums);
  return (float)lw_sum(sums);
}
/// sum p (log p - log q) = sum p ((a - b)) - (lse a - lse b), with p = exp(a - top) / sum.
static float LW_NAME(kl_divergence)(const float *a, const float *b, ptrdiff_t n) {
  const float top_a = lw_row_max(a, n), top_b = lw_row_max(b, n);
  d16 sums = lw_splat_d(0.0), weighted = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < n; i += 16) {
    const v16 va = lw_load_part(a + i, n - i), vb = lw_load_part(b + i, n - i);
    v16 e = lw_exp(va - lw_splat(top_a), lw_splat(0.0f));
    d16 gap = (lw_wide(va) - lw_splat_d(top_a)) - (lw_wide(vb) - lw_splat_d(top_b));
    if (n - i < 16) e = lw_select(lw_lanes(n - i), e, lw_splat(0.0f));
    // A probability of 0 adds nothing, whatever the logits' gap (both may be minus infinity).
    const d16 p = lw_wide(e);
    gap = lw_select_d(p > lw_splat_d(0.0), gap, lw_splat_d(0.0));
    sums += p;
    weighted = lw_fma_d(p, gap, weighted);
  }
  const double sum_a = lw_sum(sums), sum_b = lw_row_exp(b, n, top_b, NULL);
  const double kl = lw_sum(weighted) / sum_a + (lw_log(sum_b) - lw_log(sum_a));
  return (float)(kl < 0.0 ? 0.0 : kl);
}
static void LW_NAME(softmax)(float *x, ptrdiff_t n, float temperature) {
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(x + i, lw_load_part(x + i, n - i) / lw_splat(temperature), n - i);
  const float top = lw_row_max(x, n);
  const v16 inverse = lw_splat((float)(1.0 / lw_row_exp(x, n, top, x)));
  for (ptrdiff_t i = 0; i < n; i += 16)
    lw_store_part(x + i, lw_load_part(x + i, n - i) * inverse, n - i);
}
