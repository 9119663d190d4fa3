// How one operation is cut into pieces for a pool.
#include <string.h>

#include "sets.h"

// Below about 50 microseconds of work (in multiply-adds) a second thread costs more than it brings.
enum { SERIAL_WORK = 2000000 };
// Rows that share one packing of x, and pieces of a linear map; numbers in a piece of a row
// operation; rows and pieces of attention.
enum { ROW_BLOCK = 192, PIECES = 24, ROW_PIECE = 16384, ATTEND_ROWS = 32, ATTEND_PIECES = 96 };

typedef struct {
  void (*function)(const lw_linear *, ptrdiff_t, ptrdiff_t, ptrdiff_t, ptrdiff_t);
  const lw_linear *job;
  ptrdiff_t row_step, panel_step, panel_groups, panels;
} linear_pieces;

static void linear_piece(void *context, ptrdiff_t index) {
  const linear_pieces *c = context;
  const ptrdiff_t row = index / c->panel_groups * c->row_step;
  const ptrdiff_t panel = index % c->panel_groups * c->panel_step;
  const ptrdiff_t row_end = row + c->row_step < c->job->rows ? row + c->row_step : c->job->rows;
  const ptrdiff_t panel_end =
      panel + c->panel_step < c->panels ? panel + c->panel_step : c->panels;
  c->function(c->job, row, row_end, panel, panel_end);
}

void lw_linear_run(const lw_kernels *kernels, lw_pool *pool, const lw_linear *job, int fast) {
  if (job->rows <= 0 || job->outputs <= 0) return;
  linear_pieces c = {
      .function = fast && job->format != LW_F32 && kernels->linear_fast ? kernels->linear_fast
                                                                        : kernels->linear,
      .job = job,
      .panels = (job->outputs + LW_PANEL - 1) / LW_PANEL,
  };
  const double work = (double)job->rows * (double)job->outputs * (double)job->inputs;
  if (!pool || work < SERIAL_WORK) {
    c.function(job, 0, job->rows, 0, c.panels);
    return;
  }
  // Blocks of rows share one packing of x; enough pieces that a thread which lost its core for a
  // while leaves little for the others to wait for, none so small that packing shows.
  const ptrdiff_t blocks = (job->rows + ROW_BLOCK - 1) / ROW_BLOCK;
  c.row_step = ((job->rows + blocks - 1) / blocks + 11) / 12 * 12;
  ptrdiff_t groups = (PIECES + blocks - 1) / blocks;
  if (groups > c.panels / 4) groups = c.panels / 4;
  if (groups < 1) groups = 1;
  c.panel_step = (c.panels + groups - 1) / groups;
  // A single row reads panels four at a time.
  if (c.panel_step > 4) c.panel_step = (c.panel_step + 3) / 4 * 4;
  c.panel_groups = (c.panels + c.panel_step - 1) / c.panel_step;
  const ptrdiff_t row_groups = (job->rows + c.row_step - 1) / c.row_step;
  lw_pool_run(pool, row_groups * c.panel_groups, linear_piece, &c);
}

// Attention is cut into (piece, block of rows, key-value head); an index of the pool takes a run of
// them, so that many one-row pieces do not queue for the ticket.
typedef struct {
  const lw_kernels *kernels;
  const lw_attention *job;
  ptrdiff_t blocks, parts, batch;
} attend_pieces;

static void attend_part(const attend_pieces *c, ptrdiff_t part) {
  const lw_attention *job = c->job;
  const lw_piece *piece = job->pieces + part / (c->blocks * job->kv_heads);
  const ptrdiff_t row = part / job->kv_heads % c->blocks * ATTEND_ROWS;
  const ptrdiff_t end = row + ATTEND_ROWS < piece->rows ? row + ATTEND_ROWS : piece->rows;
  if (row < end)
    c->kernels->attend(job, piece, part % job->kv_heads, piece->first_row + row,
                       piece->first_row + end);
}
static void attend_batch(void *context, ptrdiff_t index) {
  const attend_pieces *c = context;
  const ptrdiff_t end = (index + 1) * c->batch < c->parts ? (index + 1) * c->batch : c->parts;
  for (ptrdiff_t part = index * c->batch; part < end; part++) attend_part(c, part);
}

void lw_attend_run(const lw_kernels *kernels, lw_pool *pool, const lw_attention *job) {
  attend_pieces c = {.kernels = kernels, .job = job, .blocks = 1};
  ptrdiff_t seen = 0;
  for (ptrdiff_t i = 0; i < job->piece_count; i++) {
    const lw_piece *piece = job->pieces + i;
    const ptrdiff_t blocks = (piece->rows + ATTEND_ROWS - 1) / ATTEND_ROWS;
    if (blocks > c.blocks) c.blocks = blocks;
    for (ptrdiff_t row = 0; row < piece->rows; row++)
      seen += job->window > 0 && job->visible[piece->first_row + row] > job->window
                  ? job->window
                  : job->visible[piece->first_row + row];
  }
  c.parts = job->piece_count * c.blocks * job->kv_heads;
  if (!pool || 2.0 * (double)seen * (double)(job->heads * job->head_width) < SERIAL_WORK) {
    c.batch = c.parts;
    attend_batch(&c, 0);
    return;
  }
  c.batch = (c.parts + ATTEND_PIECES - 1) / ATTEND_PIECES;
  lw_pool_run(pool, (c.parts + c.batch - 1) / c.batch, attend_batch, &c);
}

typedef struct {
  const lw_kernels *kernels;
  const lw_rows *job;
  ptrdiff_t step;
} row_pieces;

static void row(const lw_kernels *k, const lw_rows *j, ptrdiff_t i) {
  const float *a = j->a + i * j->a_stride;
  float *y = j->y + i * j->y_stride;
  switch (j->operation) {
    case LW_RMS_NORM:
      for (ptrdiff_t at = 0; at < j->columns; at += j->width)
        k->rms_norm(a + at, j->weight, j->epsilon, y + at, j->width);
      break;
    case LW_LAYER_NORM: k->layer_norm(a, j->weight, j->bias, j->epsilon, y, j->columns); break;
    case LW_ACTIVATE:
      if (a != y) memcpy(y, a, (size_t)j->columns * sizeof(float));
      k->activate(y, j->columns, j->kind);
      break;
    case LW_GATE: k->gate(a, a + j->columns, y, j->columns, j->kind); break;
    case LW_ADD: k->add(a, j->b + i * j->b_stride, y, j->columns); break;
    case LW_CAP: k->cap(a, j->cap, y, j->columns); break;
    default: {
      const ptrdiff_t angle = j->positions[i] * j->half;
      for (ptrdiff_t head = 0; head < j->heads; head++)
        k->rotate(y + head * j->head_width, j->cosines + angle, j->sines + angle, j->half, j->kind);
    }
  }
}
static void row_piece(void *context, ptrdiff_t index) {
  const row_pieces *c = context;
  const ptrdiff_t first = index * c->step;
  const ptrdiff_t end = first + c->step < c->job->rows ? first + c->step : c->job->rows;
  for (ptrdiff_t i = first; i < end; i++) row(c->kernels, c->job, i);
}

void lw_rows_run(const lw_kernels *kernels, lw_pool *pool, const lw_rows *job) {
  if (job->rows <= 0 || job->columns <= 0) return;
  row_pieces c = {.kernels = kernels, .job = job, .step = job->rows};
  if (!pool || job->rows * job->columns < 4 * ROW_PIECE) {
    row_piece(&c, 0);
    return;
  }
  c.step = (ROW_PIECE + job->columns - 1) / job->columns;
  lw_pool_run(pool, (job->rows + c.step - 1) / c.step, row_piece, &c);
}
