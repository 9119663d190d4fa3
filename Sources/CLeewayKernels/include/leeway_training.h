#pragma once
// What training needs beside the forward kernels: gradients of each operation, and optimisers.
//
// Laws: sums over rows run over fixed blocks of rows in order, so neither the number of threads nor
// the kernel set changes a bit.
#include "leeway_kernels.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Rows that share one partial sum of a weight's gradient.
enum { LW_BACK_ROWS = 32 };

/// c += aᵀ b: a is [depth, rows], b [depth, columns], c [rows, columns]. Each element of c is one
/// sequential chain of fused multiply-adds over the depth that starts from what stood there.
typedef struct lw_outer {
  const float *a;
  ptrdiff_t a_stride;
  const float *b;
  ptrdiff_t b_stride;
  float *c;
  ptrdiff_t c_stride;
  ptrdiff_t depth, rows, columns;
} lw_outer;

enum {
  LW_RMS_NORM_BACK = 0,
  LW_LAYER_NORM_BACK,
  LW_ACTIVATE_BACK,
  LW_GATE_BACK,
  LW_COLUMN_SUMS,
  LW_CAP_BACK
};

/// The gradient of one row operation on rows of `columns` numbers.
typedef struct lw_rows_back {
  int operation;
  int kind;  // activation
  int add;   // norms: dx is added to, not written
  const float *_Nullable x;  // what the operation read; gate: [rows, 2 columns]; cap: what it gave
  const float *_Nullable dy;
  float *_Nullable dx;  // gate: [rows, 2 columns]
  ptrdiff_t x_stride, dy_stride, dx_stride, rows, columns;
  const float *_Nullable weight;
  float epsilon;
  float cap;
  ptrdiff_t width;  // RMS norm: numbers of one norm, of which a row holds several
  // Norms and column sums: a sum for each block of LW_BACK_ROWS rows, [blocks][sums][columns], and
  // where all of them are added to in the end.
  float *_Nullable partials;
  float *_Nullable dweight;
  float *_Nullable dbias;
} lw_rows_back;

/// Rows first_row ..< first_row + rows attend to one another, each to itself and those before it.
typedef struct lw_sequence {
  ptrdiff_t first_row, rows;
} lw_sequence;

/// The gradient of causal attention within sequences. dq, dk and dv are written.
typedef struct lw_attention_back {
  const float *q, *k, *v, *dz;
  float *dq, *dk, *dv;
  ptrdiff_t q_stride, kv_stride, dz_stride, dq_stride, dkv_stride;
  const lw_sequence *sequences;
  ptrdiff_t count, heads, kv_heads, head_width;
  float scale;
  float cap;         // as in lw_attention
  ptrdiff_t window;  // as in lw_attention
} lw_attention_back;

/// Rows of logits become the gradient of their weighted losses; losses[row] is the loss itself,
/// unweighted, 0 where the weight is 0.
typedef struct lw_cross_entropy {
  float *logits;
  ptrdiff_t stride, rows, columns;
  const int32_t *targets;
  const float *weights;
  double *losses;
} lw_cross_entropy;

/// table[index[row]] += x[row], in the order of rows.
typedef struct lw_scatter {
  const float *x;
  ptrdiff_t x_stride, rows, columns;
  const int32_t *index;
  float *table;
  ptrdiff_t table_stride;
} lw_scatter;

enum { LW_ADAMW = 0, LW_MOMENTUM };

/// One step on n weights. AdamW's constants: factor on the gradient, 1 - lr * decay, beta1,
/// 1 - beta1, beta2, 1 - beta2, 1 / sqrt(1 - beta2^t), epsilon, lr / (1 - beta1^t). Those of
/// momentum: factor on the gradient, decay, momentum, lr.
typedef struct lw_step {
  int kind;
  float *p, *m;
  float *_Nullable v;
  const float *g;
  ptrdiff_t n;
  float constants[9];
} lw_step;

void lw_outer_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_outer *job);
void lw_rows_back_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_rows_back *job);
void lw_attend_back_run(const lw_kernels *kernels, lw_pool *_Nullable pool,
                        const lw_attention_back *job);
void lw_cross_entropy_run(const lw_kernels *kernels, lw_pool *_Nullable pool,
                          const lw_cross_entropy *job);
void lw_scatter_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_scatter *job);
void lw_step_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_step *job);
/// The sum of squares, over fixed blocks in order.
double lw_squares(const lw_kernels *kernels, const float *x, ptrdiff_t n);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
