#pragma once
// The C kernels of Leeway, called by Swift's `LeewayTensor` (and, for the limits, by the bench).
//
// Laws: in exact precision every output of `linear` is one strictly sequential chain of fused
// multiply-adds over k = 0 ..< inputs that starts from the bias; every other kernel performs the
// same sequence of IEEE operations in every kernel set. So all sets give the same bits.
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Outputs per weight panel, the same in every kernel set.
enum { LW_PANEL = 32 };

/// How weights are stored; the quantised formats are those of llama.cpp.
enum {
  LW_F32 = 0, LW_F16, LW_BF16, LW_Q4_0, LW_Q4_1, LW_Q5_0, LW_Q5_1, LW_Q8_0, LW_IQ4_NL,
  // Blocks of 256 numbers.
  LW_Q2_K, LW_Q3_K, LW_Q4_K, LW_Q5_K, LW_Q6_K, LW_IQ4_XS, LW_FORMATS
};
enum { LW_SILU = 0, LW_GELU_TANH = 1, LW_GELU_ERF = 2, LW_RELU = 3 };

/// y = x Wᵀ + bias over packed weights.
///
/// Backward passes use two more forms, of f32 weights only: x read column by column, and chains
/// that start from what stands in y.
typedef struct lw_linear {
  const float *x;
  ptrdiff_t x_stride;
  // f32 and f16: [panel][inputs][32]; bf16: [panel][ceil(inputs / 2)][32][2]; else see quantised.h.
  const void *weights;
  const float *bias;    // padded to whole panels
  float *y;
  ptrdiff_t y_stride;
  ptrdiff_t rows, inputs, outputs;
  int format;
  int by_column;   // element (row, k) of x is x[k * x_stride + row]
  int accumulate;  // y += x Wᵀ; the bias is not read
} lw_linear;

/// Keys [kvHead][capacity / 16][headWidth][16] and values [kvHead][capacity][headWidth].
typedef struct lw_span {
  float *keys;
  float *values;
  ptrdiff_t count, capacity;
} lw_span;

/// Query rows first_row ..< first_row + rows see spans first_span ..< first_span + spans, in order.
typedef struct lw_piece {
  ptrdiff_t first_row, rows, first_span, spans;
} lw_piece;

typedef struct lw_attention {
  const float *q;
  ptrdiff_t q_stride;
  float *z;
  ptrdiff_t z_stride;
  const int32_t *visible;
  const lw_piece *pieces;
  ptrdiff_t piece_count;
  const lw_span *spans;
  ptrdiff_t heads, kv_heads, head_width;
  float scale;
  float cap;         // scores become cap * tanh(score / cap); 0 leaves them
  ptrdiff_t window;  // a row sees the last `window` of its visible keys; 0: all of them
} lw_attention;

enum { LW_RMS_NORM = 0, LW_LAYER_NORM, LW_ACTIVATE, LW_GATE, LW_ADD, LW_ROTARY, LW_CAP };

/// One row operation on `rows` rows of `columns` numbers of y.
typedef struct lw_rows {
  int operation;
  int kind;         // activation, or whether rotary pairs are interleaved
  const float *_Nullable a;  // what is read; gate: [rows, 2 columns]
  const float *_Nullable b;  // add: the second term
  float *_Nullable y;
  ptrdiff_t a_stride, b_stride, y_stride, rows, columns;
  const float *_Nullable weight;  // norms
  const float *_Nullable bias;    // layer norm
  float epsilon;
  float cap;
  // RMS norm: numbers of one norm; a row of `columns` holds several, with the same weights.
  ptrdiff_t width;
  // Rotary, in place on y: the tables are [position][half].
  const float *_Nullable cosines;
  const float *_Nullable sines;
  const int32_t *_Nullable positions;
  ptrdiff_t heads, head_width, half;
} lw_rows;

struct lw_attention_back;

/// One kernel set.
typedef struct lw_kernels {
  const char *name;
  // Rows row0 ..< row1 and panels panel0 ..< panel1 of y.
  void (*linear)(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1, ptrdiff_t panel0,
                 ptrdiff_t panel1);
  // The same with activations rounded to bf16; null where the processor has no such instruction.
  void (*_Nullable linear_fast)(const lw_linear *job, ptrdiff_t row0, ptrdiff_t row1,
                                ptrdiff_t panel0, ptrdiff_t panel1);
  void (*rms_norm)(const float *x, const float *weight, float epsilon, float *y, ptrdiff_t n);
  void (*layer_norm)(const float *x, const float *weight, const float *bias, float epsilon,
                     float *y, ptrdiff_t n);
  // One head: pairs (i, i + half), or (2i, 2i + 1) when interleaved.
  void (*rotate)(float *x, const float *cosine, const float *sine, ptrdiff_t half,
                 int interleaved);
  void (*activate)(float *x, ptrdiff_t n, int kind);
  void (*gate)(const float *gate, const float *up, float *y, ptrdiff_t n, int kind);
  void (*add)(const float *a, const float *b, float *y, ptrdiff_t n);
  // y = cap * tanh(x / cap); y may be x.
  void (*cap)(const float *x, float cap, float *y, ptrdiff_t n);
  // Rows row0 ..< row1 (counted in q) of one piece, for one key-value head.
  void (*attend)(const lw_attention *job, const lw_piece *piece, ptrdiff_t kv_head, ptrdiff_t row0,
                 ptrdiff_t row1);
  float (*log_sum_exp)(const float *x, ptrdiff_t n);
  ptrdiff_t (*argmax)(const float *x, ptrdiff_t n);
  float (*norm)(const float *x, ptrdiff_t n);
  float (*dot)(const float *a, const float *b, ptrdiff_t n);
  float (*kl_divergence)(const float *steered, const float *baseline, ptrdiff_t n);
  void (*softmax)(float *x, ptrdiff_t n, float temperature);
  // Backward passes and optimisers; see leeway_training.h. dx is written, or added to with `add`;
  // dweight and dbias are added to.
  void (*rms_norm_back)(const float *x, const float *weight, float epsilon, const float *dy,
                        float *dx, float *dweight, ptrdiff_t n, int add);
  void (*layer_norm_back)(const float *x, const float *weight, float epsilon, const float *dy,
                          float *dx, float *dweight, float *dbias, ptrdiff_t n, int add);
  void (*activate_back)(const float *x, const float *dy, float *dx, ptrdiff_t n, int kind);
  // From y: dx = dy (1 - (y / cap)^2).
  void (*cap_back)(const float *y, const float *dy, float cap, float *dx, ptrdiff_t n);
  void (*gate_back)(const float *gate, const float *up, const float *dy, float *dgate, float *dup,
                    ptrdiff_t n, int kind);
  double (*cross_entropy)(float *x, ptrdiff_t n, ptrdiff_t target, float weight);
  void (*attend_back)(const struct lw_attention_back *job, ptrdiff_t sequence, ptrdiff_t kv_head);
  double (*squares)(const float *x, ptrdiff_t n);
  void (*adamw)(float *p, const float *g, float *m, float *v, ptrdiff_t n, const float *constants);
  void (*momentum)(float *p, const float *g, float *m, ptrdiff_t n, const float *constants);
} lw_kernels;

/// The kernel sets that this processor runs, best first; null past the end.
const lw_kernels *_Nullable lw_kernels_at(ptrdiff_t index);

// ---- pool ------------------------------------------------------------------------------------

typedef struct lw_pool lw_pool;
typedef void (*lw_task)(void *_Nullable context, ptrdiff_t index);

/// A pool of `threads` threads, the caller's among them; null when it cannot be made.
lw_pool *_Nullable lw_pool_create(ptrdiff_t threads);
void lw_pool_destroy(lw_pool *pool);
/// Calls task(context, i) for i in 0 ..< count, handed out one by one; returns when all are done.
/// Serial from inside a task, and while another thread uses the pool.
void lw_pool_run(lw_pool *pool, ptrdiff_t count, lw_task task, void *_Nullable context);

// ---- whole operations, with or without a pool ------------------------------------------------

void lw_linear_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_linear *job,
                   int fast);
void lw_attend_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_attention *job);
void lw_rows_run(const lw_kernels *kernels, lw_pool *_Nullable pool, const lw_rows *job);

// ---- packing and memory ----------------------------------------------------------------------

/// Anonymous memory, 2 MiB aligned, huge pages asked for; null when there is none.
void *_Nullable lw_map(size_t bytes);
void lw_unmap(void *memory, size_t bytes);

/// Writes `outputs` outputs of a stored matrix into packed outputs first ..< first + outputs.
/// Element (o, k) of the source is at o * output_step + k * input_step, in elements of `dtype`.
void lw_pack(void *packed, int packed_bf16, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t outputs,
             const void *source, int dtype, ptrdiff_t output_step, ptrdiff_t input_step);

/// Bytes of one panel of packed weights. Inputs of quantised formats come in whole blocks.
ptrdiff_t lw_panel_bytes(int format, ptrdiff_t inputs);
/// The same for f16 and quantised rows, `row_bytes` apart; they stay as they are stored.
void lw_pack_rows(void *packed, int format, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t outputs,
                  const void *source, ptrdiff_t row_bytes);
/// The `inputs` weights of one output of such a packing, widened.
void lw_unpack_output(const void *packed, int format, ptrdiff_t inputs, ptrdiff_t output,
                      float *out);

/// Positions offset ..< offset + rows of a span take k and v, [rows, kvHeads * headWidth] each.
void lw_store_keys_values(const float *k, ptrdiff_t k_stride, const float *v, ptrdiff_t v_stride,
                          ptrdiff_t rows, ptrdiff_t kv_heads, ptrdiff_t head_width, float *keys,
                          float *values, ptrdiff_t capacity, ptrdiff_t offset);

// ---- the machine's own limits, for the bench --------------------------------------------------

/// Runs `rounds` rounds of independent fused multiply-adds, returns how many were done.
double lw_peak_fma(ptrdiff_t rounds);
/// Runs `rounds` rounds of bf16 dot products, returns multiply-adds done (0 without the
/// instruction).
double lw_peak_bf16(ptrdiff_t rounds);
/// Reads n floats.
float lw_read(const float *x, ptrdiff_t n);
/// CPU seconds of the calling thread, and wall seconds.
double lw_thread_seconds(void);
double lw_wall_seconds(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
