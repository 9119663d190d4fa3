// Runs every operation of every kernel set that this processor has on the same numbers, and prints a
// hash of the bits that come out. See kernel_bits.sh.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "leeway_kernels.h"
#include "leeway_training.h"

static uint64_t state;
static uint32_t draw(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}
static float number(void) { return (float)((int)(draw() % 20001) - 10000) / 4096.0f; }
static float *numbers(ptrdiff_t n) {
  float *x = malloc((size_t)n * sizeof(float) + 64);
  for (ptrdiff_t i = 0; i < n; i++) x[i] = number();
  return x;
}
static void tell(const char *set, const char *what, const void *bytes, size_t n) {
  uint64_t hash = 1469598103934665603u;
  for (size_t i = 0; i < n; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
  printf("%s %s %016llx\n", set, what, (unsigned long long)hash);
}

// Bytes of a block, numbers in it, and where its half-precision scales stand.
static const struct { const char *name; int bytes, numbers, at[2]; } BLOCKS[LW_FORMATS] = {
    [LW_F16] = {"f16", 2, 1, {-1, -1}},   [LW_Q4_0] = {"q4_0", 18, 32, {0, -1}},
    [LW_Q4_1] = {"q4_1", 20, 32, {0, 2}}, [LW_Q5_0] = {"q5_0", 22, 32, {0, -1}},
    [LW_Q5_1] = {"q5_1", 24, 32, {0, 2}}, [LW_Q8_0] = {"q8_0", 34, 32, {0, -1}},
    [LW_Q4_K] = {"q4_k", 144, 256, {0, 2}}, [LW_Q5_K] = {"q5_k", 176, 256, {0, 2}},
    [LW_Q6_K] = {"q6_k", 210, 256, {208, -1}}, [LW_Q2_K] = {"q2_k", 84, 256, {80, 82}},
    [LW_Q3_K] = {"q3_k", 110, 256, {108, -1}}, [LW_IQ4_NL] = {"iq4_nl", 18, 32, {0, -1}},
    [LW_IQ4_XS] = {"iq4_xs", 136, 256, {0, -1}},
};

static void *packed(int format, ptrdiff_t inputs, ptrdiff_t outputs) {
  ptrdiff_t panels = (outputs + LW_PANEL - 1) / LW_PANEL;
  void *weights = calloc(1, (size_t)(panels * lw_panel_bytes(format, inputs)) + 64);
  if (format == LW_F32 || format == LW_BF16) {
    float *source = numbers(inputs * outputs);
    lw_pack(weights, format == LW_BF16, inputs, 0, outputs, source, LW_F32, inputs, 1);
    free(source);
    return weights;
  }
  ptrdiff_t row = inputs / BLOCKS[format].numbers * BLOCKS[format].bytes;
  uint8_t *source = malloc((size_t)(row * outputs));
  for (ptrdiff_t i = 0; i < row * outputs; i++) source[i] = (uint8_t)draw();
  for (ptrdiff_t at = 0; at < row * outputs; at += BLOCKS[format].bytes) {
    // Scales between 2^-7 and 2^-4, so that nothing overflows; so are weights in f16.
    for (int i = 0; i < 2; i++)
      if (BLOCKS[format].at[i] >= 0)
        source[at + BLOCKS[format].at[i] + 1] = (uint8_t)(0x20 | (draw() & 0x0f));
    if (format == LW_F16) source[at + 1] = (uint8_t)((draw() & 0x80) | 0x20 | (draw() & 0x0f));
  }
  lw_pack_rows(weights, format, inputs, 0, outputs, source, row);
  free(source);
  return weights;
}

static void linear(const lw_kernels *set, int format, ptrdiff_t rows, ptrdiff_t inputs,
                   ptrdiff_t outputs) {
  state = (uint64_t)(format + 100 * rows);
  void *weights = packed(format, inputs, outputs);
  ptrdiff_t whole = (outputs + LW_PANEL - 1) / LW_PANEL * LW_PANEL;
  float *x = numbers(rows * inputs), *bias = numbers(whole);
  float *y = calloc((size_t)(rows * outputs), sizeof(float));
  lw_linear job = {.x = x, .x_stride = inputs, .weights = weights, .bias = bias, .y = y,
                   .y_stride = outputs, .rows = rows, .inputs = inputs, .outputs = outputs,
                   .format = format};
  lw_linear_run(set, NULL, &job, 0);
  char what[64];
  const char *name = format == LW_F32 ? "f32" : format == LW_BF16 ? "bf16" : BLOCKS[format].name;
  snprintf(what, sizeof what, "linear-%s-%td-rows", name, rows);
  tell(set->name, what, y, (size_t)(rows * outputs) * sizeof(float));
  if (format == LW_F32) {
    job.by_column = 1, job.x_stride = rows, job.accumulate = 1;
    lw_linear_run(set, NULL, &job, 0);
    snprintf(what, sizeof what, "linear-by-column-%td-rows", rows);
    tell(set->name, what, y, (size_t)(rows * outputs) * sizeof(float));
  }
  free(x), free(y), free(bias), free(weights);
}

enum { ROWS = 37, HEADS = 6, KV = 2, HEAD = 20, CAPACITY = 48 };

static void attention(const lw_kernels *set, float cap, ptrdiff_t window) {
  state = 7;
  ptrdiff_t width = HEADS * HEAD, narrow = KV * HEAD;
  float *q = numbers(ROWS * width), *k = numbers(ROWS * narrow), *v = numbers(ROWS * narrow);
  float *z = calloc(ROWS * width, sizeof(float)), *keys = calloc(CAPACITY * narrow, sizeof(float));
  float *values = calloc(CAPACITY * narrow, sizeof(float));
  lw_store_keys_values(k, narrow, v, narrow, ROWS, KV, HEAD, keys, values, CAPACITY, 0);
  int32_t visible[ROWS];
  for (int i = 0; i < ROWS; i++) visible[i] = i + 1;
  lw_piece piece = {0, ROWS, 0, 1};
  lw_span span = {keys, values, ROWS, CAPACITY};
  lw_attention job = {.q = q, .q_stride = width, .z = z, .z_stride = width, .visible = visible,
                      .pieces = &piece, .piece_count = 1, .spans = &span, .heads = HEADS,
                      .kv_heads = KV, .head_width = HEAD, .scale = 0.25f, .cap = cap,
                      .window = window};
  lw_attend_run(set, NULL, &job);
  tell(set->name, "attend", z, ROWS * (size_t)width * sizeof(float));
  lw_sequence sequence = {0, ROWS};
  float *dq = numbers(ROWS * width), *dk = numbers(ROWS * narrow), *dv = numbers(ROWS * narrow);
  lw_attention_back back = {.q = q, .k = k, .v = v, .dz = z, .dq = dq, .dk = dk, .dv = dv,
                            .q_stride = width, .kv_stride = narrow, .dz_stride = width,
                            .dq_stride = width, .dkv_stride = narrow, .sequences = &sequence,
                            .count = 1, .heads = HEADS, .kv_heads = KV, .head_width = HEAD,
                            .scale = 0.25f, .cap = cap, .window = window};
  lw_attend_back_run(set, NULL, &back);
  tell(set->name, "attend-back-q", dq, ROWS * (size_t)width * sizeof(float));
  tell(set->name, "attend-back-k", dk, ROWS * (size_t)narrow * sizeof(float));
  tell(set->name, "attend-back-v", dv, ROWS * (size_t)narrow * sizeof(float));
  free(q), free(k), free(v), free(z), free(keys), free(values), free(dq), free(dk), free(dv);
}

static void rows(const lw_kernels *set, ptrdiff_t n) {
  state = (uint64_t)n;
  size_t bytes = (size_t)n * sizeof(float);
  float *a = numbers(n), *b = numbers(n), *c = numbers(n), *y = numbers(n), *w = numbers(n);
#define TELL(what) tell(set->name, what, y, bytes)
  set->rms_norm(a, b, 1e-5f, y, n), TELL("rms-norm");
  set->layer_norm(a, b, c, 1e-5f, y, n), TELL("layer-norm");
  set->add(a, b, y, n), TELL("add");
  set->cap(a, 1.5f, y, n), TELL("cap");
  set->rotate(y, b, c, n / 2, 0), TELL("rotate");
  set->rotate(y, b, c, n / 2, 1), TELL("rotate-interleaved");
  for (int kind = LW_SILU; kind <= LW_RELU; kind++) {
    memcpy(y, a, bytes);
    set->activate(y, n, kind), TELL("activate");
    set->gate(a, b, y, n, kind), TELL("gate");
    set->activate_back(a, b, y, n, kind), TELL("activate-back");
    set->gate_back(a, b, c, y, w, n, kind), TELL("gate-back");
    tell(set->name, "gate-back-up", w, bytes);
  }
  set->cap_back(a, b, 9, y, n), TELL("cap-back");
  set->rms_norm_back(a, b, 1e-5f, c, y, w, n, 0), TELL("rms-norm-back");
  set->layer_norm_back(a, b, 1e-5f, c, y, w, w, n, 1), TELL("layer-norm-back");
  tell(set->name, "norm-back-weights", w, bytes);
  float told[4] = {set->log_sum_exp(a, n), set->norm(a, n), set->dot(a, b, n),
                   set->kl_divergence(a, b, n)};
  tell(set->name, "sums", told, sizeof told);
  ptrdiff_t best = set->argmax(a, n);
  tell(set->name, "argmax", &best, sizeof best);
  memcpy(y, a, bytes);
  set->softmax(y, n, 0.7f), TELL("softmax");
  double sums[2] = {set->squares(a, n), set->cross_entropy(y, n, n / 3, 0.5f)};
  tell(set->name, "double-sums", sums, sizeof sums);
  TELL("cross-entropy");
  float constants[9] = {1, 0.99f, 0.9f, 0.1f, 0.98f, 0.02f, 1.5f, 1e-8f, 0.01f};
  for (ptrdiff_t i = 0; i < n; i++) w[i] = w[i] * w[i];
  set->adamw(y, a, b, w, n, constants), TELL("adamw");
  set->momentum(y, a, b, n, constants), TELL("momentum");
  free(a), free(b), free(c), free(y), free(w);
}

int main(void) {
  const lw_kernels *set;
  for (ptrdiff_t i = 0; (set = lw_kernels_at(i)); i++) {
    for (int format = 0; format < LW_FORMATS; format++)
      for (ptrdiff_t count = 1; count <= 73; count += count < 13 ? 3 : 30)
        linear(set, format, count, 512, 83);
    linear(set, LW_F32, 5, 333, 50);
    linear(set, LW_BF16, 5, 333, 50);
    attention(set, 0, 0);
    attention(set, 2, 9);
    rows(set, 16), rows(set, 62), rows(set, 1000);
  }
  return 0;
}
