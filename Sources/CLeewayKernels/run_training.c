// How one operation of a backward pass or an optimiser is cut into pieces for a pool. The cuts
// depend on sizes alone.
#include <string.h>

#include "leeway_training.h"
#include "sets.h"

// Rows and columns of c in a piece of an outer product: the packing of either side is shared by so
// many; half as many rows where there would be few pieces. Numbers in a piece of a row operation and
// of an optimiser step.
enum { OUTER_ROWS = 264, OUTER_PANELS = 8, OUTER_PIECES = 4, ROW_PIECE = 16384, STEP_PIECE = 65536, COLUMNS = 64 };

typedef struct {
  const lw_kernels *kernels;
  const lw_outer *job;
  ptrdiff_t row_step, row_groups;
} outer_pieces;

/// Packs some columns of b as weights, then runs the kernel of linear maps over a's columns.
static void outer_piece(void *context, ptrdiff_t index) {
  const outer_pieces *c = context;
  const lw_outer *j = c->job;
  const ptrdiff_t row = index % c->row_groups * c->row_step;
  const ptrdiff_t row_end = row + c->row_step < j->rows ? row + c->row_step : j->rows;
  const ptrdiff_t column = index / c->row_groups * OUTER_PANELS * LW_PANEL;
  const ptrdiff_t wide = OUTER_PANELS * LW_PANEL;
  const ptrdiff_t columns = column + wide < j->columns ? wide : j->columns - column;
  const ptrdiff_t panels = (columns + LW_PANEL - 1) / LW_PANEL;
  float *packed = lw_scratch(2, (size_t)(panels * LW_PANEL * j->depth));
  if (!packed) __builtin_trap();
  if (columns % LW_PANEL)
    memset(packed + (panels - 1) * LW_PANEL * j->depth, 0,
           (size_t)(LW_PANEL * j->depth) * sizeof(float));
  lw_pack(packed, 0, j->depth, 0, columns, j->b + column, LW_F32, 1, j->b_stride);
  const lw_linear linear = {
      .x = j->a + row,
      .x_stride = j->a_stride,
      .weights = packed,
      .bias = packed,
      .y = j->c + row * j->c_stride + column,
      .y_stride = j->c_stride,
      .rows = row_end - row,
      .inputs = j->depth,
      .outputs = columns,
      .by_column = 1,
      .accumulate = 1,
  };
  c->kernels->linear(&linear, 0, linear.rows, 0, panels);
}

void lw_outer_run(const lw_kernels *kernels, lw_pool *pool, const lw_outer *job) {
  if (job->rows <= 0 || job->columns <= 0 || job->depth <= 0) return;
  outer_pieces c = {.kernels = kernels, .job = job, .row_step = OUTER_ROWS};
  const ptrdiff_t wide = OUTER_PANELS * LW_PANEL;
  const ptrdiff_t column_groups = (job->columns + wide - 1) / wide;
  if ((job->rows + OUTER_ROWS - 1) / OUTER_ROWS * column_groups < OUTER_PIECES)
    c.row_step = OUTER_ROWS / 2;
  c.row_groups = (job->rows + c.row_step - 1) / c.row_step;
  const ptrdiff_t pieces = c.row_groups * column_groups;
  if (pool)
    lw_pool_run(pool, pieces, outer_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) outer_piece(&c, i);
}

typedef struct {
  const lw_kernels *kernels;
  const lw_rows_back *job;
  ptrdiff_t step, sums;
} back_pieces;

static void add(const lw_kernels *k, float *to, const float *from, ptrdiff_t n) {
  k->add(to, from, to, n);
}
static void back_row(const back_pieces *c, ptrdiff_t i, float *partial) {
  const lw_kernels *k = c->kernels;
  const lw_rows_back *j = c->job;
  const ptrdiff_t n = j->columns;
  const float *dy = j->dy + i * j->dy_stride;
  if (j->operation == LW_COLUMN_SUMS) {
    add(k, partial, dy, n);
    return;
  }
  const float *x = j->x + i * j->x_stride;
  float *dx = j->dx + i * j->dx_stride;
  switch (j->operation) {
    case LW_RMS_NORM_BACK:
      for (ptrdiff_t at = 0; at < n; at += j->width)
        k->rms_norm_back(x + at, j->weight, j->epsilon, dy + at, dx + at, partial, j->width,
                         j->add);
      break;
    case LW_LAYER_NORM_BACK:
      k->layer_norm_back(x, j->weight, j->epsilon, dy, dx, partial, partial + n, n, j->add);
      break;
    case LW_ACTIVATE_BACK: k->activate_back(x, dy, dx, n, j->kind); break;
    case LW_CAP_BACK: k->cap_back(x, dy, j->cap, dx, n); break;
    default: k->gate_back(x, x + n, dy, dx, dx + n, n, j->kind);
  }
}
static void back_piece(void *context, ptrdiff_t index) {
  const back_pieces *c = context;
  const ptrdiff_t first = index * c->step;
  const ptrdiff_t end = first + c->step < c->job->rows ? first + c->step : c->job->rows;
  float *partial = NULL;
  if (c->sums) {
    partial = c->job->partials + index * c->sums * c->job->columns;
    memset(partial, 0, (size_t)(c->sums * c->job->columns) * sizeof(float));
  }
  for (ptrdiff_t i = first; i < end; i++) back_row(c, i, partial);
}

void lw_rows_back_run(const lw_kernels *kernels, lw_pool *pool, const lw_rows_back *job) {
  if (job->rows <= 0 || job->columns <= 0) return;
  back_pieces c = {.kernels = kernels, .job = job};
  c.sums = job->operation == LW_LAYER_NORM_BACK                                         ? 2
           : job->operation == LW_RMS_NORM_BACK || job->operation == LW_COLUMN_SUMS ? 1
                                                                                    : 0;
  // With sums the cut decides the order of additions, so it is the same with and without threads.
  c.step = c.sums ? LW_BACK_ROWS : (ROW_PIECE + job->columns - 1) / job->columns;
  const ptrdiff_t pieces = (job->rows + c.step - 1) / c.step;
  if (pool && job->rows * job->columns >= 2 * ROW_PIECE)
    lw_pool_run(pool, pieces, back_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) back_piece(&c, i);
  if (!c.sums) return;
  for (ptrdiff_t i = 0; i < pieces; i++) {
    const float *partial = job->partials + i * c.sums * job->columns;
    if (job->dweight)
      add(kernels, job->dweight, partial,
          job->operation == LW_RMS_NORM_BACK ? job->width : job->columns);
    if (job->dbias) add(kernels, job->dbias, partial + (c.sums - 1) * job->columns, job->columns);
  }
}

typedef struct {
  const lw_kernels *kernels;
  const lw_attention_back *job;
} attend_back_pieces;

static void attend_back_piece(void *context, ptrdiff_t index) {
  const attend_back_pieces *c = context;
  c->kernels->attend_back(c->job, index / c->job->kv_heads, index % c->job->kv_heads);
}
void lw_attend_back_run(const lw_kernels *kernels, lw_pool *pool, const lw_attention_back *job) {
  attend_back_pieces c = {.kernels = kernels, .job = job};
  const ptrdiff_t pieces = job->count * job->kv_heads;
  if (pool)
    lw_pool_run(pool, pieces, attend_back_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) attend_back_piece(&c, i);
}

typedef struct {
  const lw_kernels *kernels;
  const lw_cross_entropy *job;
  ptrdiff_t step;
} cross_entropy_pieces;

static void cross_entropy_piece(void *context, ptrdiff_t index) {
  const cross_entropy_pieces *c = context;
  const lw_cross_entropy *j = c->job;
  const ptrdiff_t first = index * c->step;
  const ptrdiff_t end = first + c->step < j->rows ? first + c->step : j->rows;
  for (ptrdiff_t i = first; i < end; i++)
    j->losses[i] = c->kernels->cross_entropy(j->logits + i * j->stride, j->columns, j->targets[i],
                                             j->weights[i]);
}
void lw_cross_entropy_run(const lw_kernels *kernels, lw_pool *pool, const lw_cross_entropy *job) {
  cross_entropy_pieces c = {.kernels = kernels, .job = job};
  c.step = (ROW_PIECE + job->columns - 1) / job->columns;
  const ptrdiff_t pieces = (job->rows + c.step - 1) / c.step;
  if (pool)
    lw_pool_run(pool, pieces, cross_entropy_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) cross_entropy_piece(&c, i);
}

typedef struct {
  const lw_kernels *kernels;
  const lw_scatter *job;
} scatter_pieces;

// A piece is a few columns of all rows, so that no two threads meet in the table.
static void scatter_piece(void *context, ptrdiff_t index) {
  const scatter_pieces *c = context;
  const lw_scatter *j = c->job;
  const ptrdiff_t column = index * COLUMNS;
  const ptrdiff_t n = column + COLUMNS < j->columns ? COLUMNS : j->columns - column;
  for (ptrdiff_t row = 0; row < j->rows; row++)
    add(c->kernels, j->table + j->index[row] * j->table_stride + column,
        j->x + row * j->x_stride + column, n);
}
void lw_scatter_run(const lw_kernels *kernels, lw_pool *pool, const lw_scatter *job) {
  scatter_pieces c = {.kernels = kernels, .job = job};
  const ptrdiff_t pieces = (job->columns + COLUMNS - 1) / COLUMNS;
  if (pool)
    lw_pool_run(pool, pieces, scatter_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) scatter_piece(&c, i);
}

typedef struct {
  const lw_kernels *kernels;
  const lw_step *job;
} step_pieces;

static void step_piece(void *context, ptrdiff_t index) {
  const step_pieces *c = context;
  const lw_step *j = c->job;
  const ptrdiff_t at = index * STEP_PIECE;
  const ptrdiff_t n = at + STEP_PIECE < j->n ? STEP_PIECE : j->n - at;
  if (j->kind == LW_ADAMW)
    c->kernels->adamw(j->p + at, j->g + at, j->m + at, j->v + at, n, j->constants);
  else
    c->kernels->momentum(j->p + at, j->g + at, j->m + at, n, j->constants);
}
void lw_step_run(const lw_kernels *kernels, lw_pool *pool, const lw_step *job) {
  step_pieces c = {.kernels = kernels, .job = job};
  const ptrdiff_t pieces = (job->n + STEP_PIECE - 1) / STEP_PIECE;
  if (pool)
    lw_pool_run(pool, pieces, step_piece, &c);
  else
    for (ptrdiff_t i = 0; i < pieces; i++) step_piece(&c, i);
}

double lw_squares(const lw_kernels *kernels, const float *x, ptrdiff_t n) {
  double sum = 0;
  for (ptrdiff_t at = 0; at < n; at += STEP_PIECE)
    sum += kernels->squares(x + at, at + STEP_PIECE < n ? STEP_PIECE : n - at);
  return sum;
}
