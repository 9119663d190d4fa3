// Attention, included once per kernel set after elementwise.inc.h.
//
// A query is one row of q and one head. Queries of a block share their key-value head, so each key
// and value is read once for all of them; none of it changes a query's own order of operations.

enum { LW_QUERIES = 4 };

/// Scores of R queries with keys from ..< limit along the spans, in 16 keys a step. A step may begin
/// before `from` and run past a span's count: what it writes there is overwritten by the next span or
/// never read.
LW_INLINE void lw_scores(const int R, const lw_attention *job, const lw_piece *piece,
                         ptrdiff_t kv_head, const float *const *q, ptrdiff_t from, ptrdiff_t limit,
                         float *scores, ptrdiff_t stride) {
  const ptrdiff_t width = job->head_width;
  const v16 scale = lw_splat(job->scale);
  ptrdiff_t base = 0;
  for (ptrdiff_t s = 0; s < piece->spans && base < limit; s++) {
    const lw_span *span = job->spans + piece->first_span + s;
    const ptrdiff_t n = span->count < limit - base ? span->count : limit - base;
    const float *keys = span->keys + kv_head * span->capacity * width;
    ptrdiff_t k = from > base ? (from - base) / 16 * 16 : 0;
    for (; k + 32 < n; k += 64) {
      // Four groups of 16 keys; the last ones may lie past n but not past the capacity.
      const ptrdiff_t groups = (n - k + 15) / 16;
      const float *g[4];
      for (int j = 0; j < 4; j++)
        g[j] = keys + (k / 16 + (j < groups ? j : groups - 1)) * 16 * width;
      v16 acc[LW_QUERIES][4];
      for (int r = 0; r < R; r++)
        for (int j = 0; j < 4; j++) acc[r][j] = lw_splat(0.0f);
      for (ptrdiff_t d = 0; d < width; d++) {
        v16 key[4];
        for (int j = 0; j < 4; j++) key[j] = lw_load(g[j] + d * 16);
        for (int r = 0; r < R; r++) {
          const v16 x = lw_splat(q[r][d]);
          for (int j = 0; j < 4; j++) acc[r][j] = lw_fma(x, key[j], acc[r][j]);
        }
      }
      for (int r = 0; r < R; r++)
        for (int j = 0; j < 4 && j < groups; j++)
          lw_store(scores + r * stride + base + k + 16 * j, acc[r][j] * scale);
    }
    for (; k < n; k += 16) {
      const float *group = keys + k * width;
      v16 acc[LW_QUERIES];
      for (int r = 0; r < R; r++) acc[r] = lw_splat(0.0f);
      for (ptrdiff_t d = 0; d < width; d++) {
        const v16 key = lw_load(group + d * 16);
        for (int r = 0; r < R; r++) acc[r] = lw_fma(lw_splat(q[r][d]), key, acc[r]);
      }
      for (int r = 0; r < R; r++) lw_store(scores + r * stride + base + k, acc[r] * scale);
    }
    base += n;
  }
}

/// z += p v over keys from ..< to, for V groups of 16 numbers of the head from column d on; the
/// last group has `part` of them.
LW_INLINE void lw_values(const int R, const int V, const lw_attention *job, const lw_piece *piece,
                         ptrdiff_t kv_head, ptrdiff_t d, ptrdiff_t part, ptrdiff_t from,
                         ptrdiff_t to, const float *p, ptrdiff_t stride, v16 (*acc)[4]) {
  const ptrdiff_t width = job->head_width;
  ptrdiff_t base = 0;
  for (ptrdiff_t s = 0; s < piece->spans && base < to; s++) {
    const lw_span *span = job->spans + piece->first_span + s;
    const ptrdiff_t end = base + span->count < to ? base + span->count : to;
    const float *values = span->values + kv_head * span->capacity * width + d;
    for (ptrdiff_t k = base > from ? base : from; k < end; k++) {
      const float *row = values + (k - base) * width;
      v16 value[4];
      for (int j = 0; j < V; j++)
        value[j] = j + 1 < V ? lw_load(row + 16 * j) : lw_load_part(row + 16 * j, part);
      for (int r = 0; r < R; r++) {
        const v16 weight = lw_splat(p[r * stride + k]);
        for (int j = 0; j < V; j++) acc[r][j] = lw_fma(weight, value[j], acc[r][j]);
      }
    }
    base += span->count;
  }
}
/// The keys first[r] ..< visible[r] of each query, in order: those before and behind the ones that
/// all of them see go one query at a time.
LW_INLINE void lw_mix(const int R, const int V, const lw_attention *job, const lw_piece *piece,
                      ptrdiff_t kv_head, ptrdiff_t d, ptrdiff_t part, const ptrdiff_t *first,
                      const ptrdiff_t *visible, const float *p, ptrdiff_t stride, float *const *z) {
  ptrdiff_t common = visible[0], start = first[0];
  for (int r = 1; r < R; r++) {
    common = visible[r] < common ? visible[r] : common;
    start = first[r] > start ? first[r] : start;
  }
  if (start > common) start = common;
  v16 acc[LW_QUERIES][4];
  for (int r = 0; r < R; r++)
    for (int j = 0; j < V; j++) acc[r][j] = lw_splat(0.0f);
  for (int r = 0; r < R; r++)
    if (first[r] < start)
      lw_values(1, V, job, piece, kv_head, d, part, first[r], start, p + r * stride, stride,
                acc + r);
  lw_values(R, V, job, piece, kv_head, d, part, start, common, p, stride, acc);
  for (int r = 0; r < R; r++) {
    if (visible[r] > common)
      lw_values(1, V, job, piece, kv_head, d, part, first[r] > common ? first[r] : common,
                visible[r], p + r * stride, stride, acc + r);
    for (int j = 0; j < V; j++)
      lw_store_part(z[r] + d + 16 * j, acc[r][j], j + 1 < V ? 16 : part);
  }
}

LW_INLINE void lw_queries(const int R, const lw_attention *job, const lw_piece *piece,
                          ptrdiff_t kv_head, const float *const *q, float *const *z,
                          const ptrdiff_t *visible) {
  ptrdiff_t first[LW_QUERIES];
  for (int r = 0; r < R; r++)
    first[r] = job->window > 0 && visible[r] > job->window ? visible[r] - job->window : 0;
  ptrdiff_t limit = visible[0], from = first[0];
  for (int r = 1; r < R; r++) {
    limit = visible[r] > limit ? visible[r] : limit;
    from = first[r] < from ? first[r] : from;
  }
  const ptrdiff_t stride = (limit + 31) / 16 * 16;
  float *scores = lw_scratch(1, (size_t)(R * stride));
  if (!scores) __builtin_trap();
  lw_scores(R, job, piece, kv_head, q, from, limit, scores, stride);
  for (int r = 0; r < R; r++) {
    float *row = scores + r * stride + first[r];
    const ptrdiff_t seen = visible[r] - first[r];
    if (job->cap > 0.0f) LW_NAME(cap)(row, job->cap, row, seen);
    const float top = lw_row_max(row, seen);
    const v16 inverse = lw_splat((float)(1.0 / lw_row_exp(row, seen, top, row)));
    for (ptrdiff_t i = 0; i < seen; i += 16) lw_store(row + i, lw_load(row + i) * inverse);
  }
  const ptrdiff_t width = job->head_width;
  ptrdiff_t d = 0;
  for (; d + 64 <= width; d += 64)
    lw_mix(R, 4, job, piece, kv_head, d, 16, first, visible, scores, stride, z);
  for (; d < width; d += 16)
    lw_mix(R, 1, job, piece, kv_head, d, width - d < 16 ? width - d : 16, first, visible, scores,
           stride, z);
}

static void LW_NAME(queries4)(const lw_attention *job, const lw_piece *piece, ptrdiff_t kv_head,
                              const float *const *q, float *const *z, const ptrdiff_t *visible) {
  lw_queries(LW_QUERIES, job, piece, kv_head, q, z, visible);
}
static void LW_NAME(queries1)(const lw_attention *job, const lw_piece *piece, ptrdiff_t kv_head,
                              const float *const *q, float *const *z, const ptrdiff_t *visible) {
  lw_queries(1, job, piece, kv_head, q, z, visible);
}

static void LW_NAME(attend)(const lw_attention *job, const lw_piece *piece, ptrdiff_t kv_head,
                            ptrdiff_t row0, ptrdiff_t row1) {
  const ptrdiff_t group = job->heads / job->kv_heads;
  const float *q[LW_QUERIES];
  float *z[LW_QUERIES];
  ptrdiff_t visible[LW_QUERIES];
  int n = 0;
  for (ptrdiff_t row = row0; row < row1; row++)
    for (ptrdiff_t g = 0; g < group; g++) {
      const ptrdiff_t column = (kv_head * group + g) * job->head_width;
      q[n] = job->q + row * job->q_stride + column;
      z[n] = job->z + row * job->z_stride + column;
      visible[n] = job->visible[row];
      if (++n == LW_QUERIES) {
        LW_NAME(queries4)(job, piece, kv_head, q, z, visible);
        n = 0;
      }
    }
  for (int i = 0; i < n; i++)
    LW_NAME(queries1)(job, piece, kv_head, q + i, z + i, visible + i);
}
