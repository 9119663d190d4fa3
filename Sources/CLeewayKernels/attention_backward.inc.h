// The gradient of causal attention within one sequence, for one key-value head; included once per
// kernel set after attention.inc.h. Probabilities are computed again instead of kept.

/// out[r][k] = q[r] · key[k] for keys 0 ..< groups * 16, which stand in groups of 16, [width][16].
LW_INLINE void lw_products(const float *q, ptrdiff_t stride, ptrdiff_t width, const float *keys,
                           ptrdiff_t groups, float *out, ptrdiff_t out_stride) {
  ptrdiff_t group = 0;
  for (; group + 4 <= groups; group += 4) {
    v16 acc[LW_QUERIES][4];
    for (int r = 0; r < LW_QUERIES; r++)
      for (int j = 0; j < 4; j++) acc[r][j] = lw_splat(0.0f);
    const float *from = keys + group * 16 * width;
    for (ptrdiff_t d = 0; d < width; d++) {
      v16 key[4];
      for (int j = 0; j < 4; j++) key[j] = lw_load(from + (j * width + d) * 16);
      for (int r = 0; r < LW_QUERIES; r++) {
        const v16 x = lw_splat(q[r * stride + d]);
        for (int j = 0; j < 4; j++) acc[r][j] = lw_fma(x, key[j], acc[r][j]);
      }
    }
    for (int r = 0; r < LW_QUERIES; r++)
      for (int j = 0; j < 4; j++) lw_store(out + r * out_stride + (group + j) * 16, acc[r][j]);
  }
  for (; group < groups; group++) {
    v16 acc[LW_QUERIES];
    for (int r = 0; r < LW_QUERIES; r++) acc[r] = lw_splat(0.0f);
    const float *from = keys + group * 16 * width;
    for (ptrdiff_t d = 0; d < width; d++) {
      const v16 key = lw_load(from + d * 16);
      for (int r = 0; r < LW_QUERIES; r++)
        acc[r] = lw_fma(lw_splat(q[r * stride + d]), key, acc[r]);
    }
    for (int r = 0; r < LW_QUERIES; r++) lw_store(out + r * out_stride + group * 16, acc[r]);
  }
}

/// dq[r] = sum over keys of weight[r][k] key[k], for V groups of 16 numbers.
LW_INLINE void lw_weighted(const int V, const float *weight, ptrdiff_t stride, const float *keys,
                           ptrdiff_t key_stride, ptrdiff_t limit, float *out,
                           ptrdiff_t out_stride) {
  v16 acc[LW_QUERIES][4];
  for (int r = 0; r < LW_QUERIES; r++)
    for (int j = 0; j < V; j++) acc[r][j] = lw_splat(0.0f);
  for (ptrdiff_t k = 0; k < limit; k++) {
    v16 key[4];
    for (int j = 0; j < V; j++) key[j] = lw_load(keys + k * key_stride + 16 * j);
    for (int r = 0; r < LW_QUERIES; r++) {
      const v16 x = lw_splat(weight[r * stride + k]);
      for (int j = 0; j < V; j++) acc[r][j] = lw_fma(x, key[j], acc[r][j]);
    }
  }
  for (int r = 0; r < LW_QUERIES; r++)
    for (int j = 0; j < V; j++) lw_store(out + r * out_stride + 16 * j, acc[r][j]);
}

/// sum[k] += weight[r][k] x[r] over the queries, for V groups of 16 numbers.
LW_INLINE void lw_spread(const int V, const float *weight, ptrdiff_t stride, const float *x,
                         ptrdiff_t x_stride, ptrdiff_t limit, float *sum, ptrdiff_t sum_stride) {
  v16 row[LW_QUERIES][4];
  for (int r = 0; r < LW_QUERIES; r++)
    for (int j = 0; j < V; j++) row[r][j] = lw_load(x + r * x_stride + 16 * j);
  for (ptrdiff_t k = 0; k < limit; k++) {
    float *to = sum + k * sum_stride;
    v16 acc[4];
    for (int j = 0; j < V; j++) acc[j] = lw_load(to + 16 * j);
    for (int r = 0; r < LW_QUERIES; r++) {
      const v16 w = lw_splat(weight[r * stride + k]);
      for (int j = 0; j < V; j++) acc[j] = lw_fma(w, row[r][j], acc[j]);
    }
    for (int j = 0; j < V; j++) lw_store(to + 16 * j, acc[j]);
  }
}
#define LW_BY_FOURS(call)                  \
  for (ptrdiff_t d = 0; d < wide;) {       \
    if (d + 64 <= wide) {                  \
      enum { V = 4 };                      \
      call;                                \
      d += 64;                             \
    } else {                               \
      enum { V = 1 };                      \
      call;                                \
      d += 16;                             \
    }                                      \
  }

/// Scores become probabilities, dp becomes the gradient of the unscaled products; both are 0 before
/// `first` and from `visible` to the end of the last group. Where scores are capped, `slope` has room
/// for as many numbers.
LW_INLINE void lw_softmax_back(float *p, float *dp, ptrdiff_t first, ptrdiff_t visible,
                               ptrdiff_t end, float scale, float cap, float *slope) {
  const v16 factor = lw_splat(scale);
  for (ptrdiff_t i = 0; i < visible; i += 16) lw_store(p + i, lw_load(p + i) * factor);
  if (cap > 0.0f) {
    for (ptrdiff_t i = 0; i < end; i += 16) lw_store(slope + i, lw_splat(1.0f));
    LW_NAME(cap)(p, cap, p, visible);
    LW_NAME(cap_back)(p, slope, cap, slope, visible);
  }
  const float top = lw_row_max(p + first, visible - first);
  const v16 inverse = lw_splat(
      (float)(1.0 / lw_row_exp(p + first, visible - first, top, p + first)));
  d16 dots = lw_splat_d(0.0);
  for (ptrdiff_t i = 0; i < end; i += 16) {
    const i16 seen = lw_lanes(visible - i) & ~lw_lanes(first - i);
    const v16 share = lw_select(seen, lw_load(p + i) * inverse, lw_splat(0.0f));
    lw_store(p + i, share);
    dots = lw_fma_d(lw_wide(share), lw_wide(lw_load(dp + i)), dots);
  }
  const v16 mean = lw_splat((float)lw_sum(dots));
  for (ptrdiff_t i = 0; i < end; i += 16)
    lw_store(dp + i, lw_load(p + i) * (lw_load(dp + i) - mean) * factor);
  if (cap > 0.0f)
    for (ptrdiff_t i = 0; i < end; i += 16)
      lw_store(dp + i, lw_load(dp + i) * lw_load(slope + i));
}

/// Rows of `width` numbers, padded with zeros to `wide`.
LW_INLINE void lw_padded_rows(const float *from, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t width,
                              ptrdiff_t wide, float *to) {
  for (ptrdiff_t i = 0; i < rows; i++) {
    memcpy(to + i * wide, from + i * stride, (size_t)width * sizeof(float));
    memset(to + i * wide + width, 0, (size_t)(wide - width) * sizeof(float));
  }
}
/// Groups of 16 rows, [width][16], the rows past the end zero.
LW_INLINE void lw_grouped_rows(const float *rows, ptrdiff_t count, ptrdiff_t end, ptrdiff_t width,
                               ptrdiff_t wide, float *to) {
  for (ptrdiff_t k = 0; k < end; k++)
    for (ptrdiff_t d = 0; d < width; d++)
      to[(k / 16 * width + d) * 16 + k % 16] = k < count ? rows[k * wide + d] : 0.0f;
}

static void LW_NAME(attend_back)(const lw_attention_back *job, ptrdiff_t sequence,
                                 ptrdiff_t kv_head) {
  const ptrdiff_t first = job->sequences[sequence].first_row;
  const ptrdiff_t rows = job->sequences[sequence].rows, width = job->head_width;
  const ptrdiff_t wide = (width + 15) / 16 * 16, end = (rows + 15) / 16 * 16;
  const ptrdiff_t padded = (rows + LW_QUERIES - 1) / LW_QUERIES * LW_QUERIES;
  const ptrdiff_t group = job->heads / job->kv_heads;
  // Keys and values by row and in groups; their gradients; queries and dz by row; scores of a few.
  float *at = lw_scratch(2, (size_t)(6 * end * wide + 2 * (padded + LW_QUERIES) * wide +
                                     LW_QUERIES * wide + (2 * LW_QUERIES + 1) * end));
  if (!at) __builtin_trap();
  float *k_rows = at, *k_groups = k_rows + end * wide, *v_groups = k_groups + end * wide;
  float *dk = v_groups + end * wide, *dv = dk + end * wide, *v_rows = dv + end * wide;
  float *q = v_rows + end * wide, *dz = q + padded * wide, *dq = dz + padded * wide;
  float *p = dq + LW_QUERIES * wide, *dp = p + LW_QUERIES * end, *slope = dp + LW_QUERIES * end;
  const ptrdiff_t column = kv_head * width;
  lw_padded_rows(job->k + first * job->kv_stride + column, job->kv_stride, rows, width, wide,
                 k_rows);
  lw_padded_rows(job->v + first * job->kv_stride + column, job->kv_stride, rows, width, wide,
                 v_rows);
  lw_grouped_rows(k_rows, rows, end, width, wide, k_groups);
  lw_grouped_rows(v_rows, rows, end, width, wide, v_groups);
  memset(dk, 0, (size_t)(2 * end * wide) * sizeof(float));
  for (ptrdiff_t g = 0; g < group; g++) {
    const ptrdiff_t head = (kv_head * group + g) * width;
    lw_padded_rows(job->q + first * job->q_stride + head, job->q_stride, rows, width, wide, q);
    lw_padded_rows(job->dz + first * job->dz_stride + head, job->dz_stride, rows, width, wide, dz);
    memset(q + rows * wide, 0, (size_t)((padded - rows) * wide) * sizeof(float));
    memset(dz + rows * wide, 0, (size_t)((padded - rows) * wide) * sizeof(float));
    for (ptrdiff_t row = 0; row < rows; row += LW_QUERIES) {
      const ptrdiff_t limit = row + LW_QUERIES < rows ? row + LW_QUERIES : rows;
      const ptrdiff_t groups = (limit + 15) / 16;
      const float *these = q + row * wide, *those = dz + row * wide;
      lw_products(these, wide, width, k_groups, groups, p, end);
      lw_products(those, wide, width, v_groups, groups, dp, end);
      for (int r = 0; r < LW_QUERIES; r++) {
        const ptrdiff_t visible = row + r + 1 < rows ? row + r + 1 : rows;
        const ptrdiff_t before =
            job->window > 0 && visible > job->window ? visible - job->window : 0;
        lw_softmax_back(p + r * end, dp + r * end, before, visible, groups * 16, job->scale,
                        job->cap, slope);
      }
      LW_BY_FOURS(lw_weighted(V, dp, end, k_rows + d, wide, limit, dq + d, wide))
      LW_BY_FOURS(lw_spread(V, dp, end, these + d, wide, limit, dk + d, wide))
      LW_BY_FOURS(lw_spread(V, p, end, those + d, wide, limit, dv + d, wide))
      for (ptrdiff_t r = 0; r < limit - row; r++)
        memcpy(job->dq + (first + row + r) * job->dq_stride + head, dq + r * wide,
               (size_t)width * sizeof(float));
    }
  }
  for (ptrdiff_t i = 0; i < rows; i++) {
    const ptrdiff_t to = (first + i) * job->dkv_stride + column;
    memcpy(job->dk + to, dk + i * wide, (size_t)width * sizeof(float));
    memcpy(job->dv + to, dv + i * wide, (size_t)width * sizeof(float));
  }
}
