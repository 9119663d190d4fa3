// Packed weights, thread scratch, packing, and the layout of keys and values.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sets.h"

enum { HUGE_PAGE = 2 << 20, SLOTS = 4, PACK_BLOCK = 64 };

// Small maps take ordinary pages: a huge page each would waste memory.
static size_t mapped_bytes(size_t bytes) {
  const size_t unit = bytes >= HUGE_PAGE ? HUGE_PAGE : 4096;
  return (bytes + unit - 1) / unit * unit;
}
void *lw_map(size_t bytes) {
  const size_t size = mapped_bytes(bytes);
  const size_t slack = bytes >= HUGE_PAGE ? HUGE_PAGE : 0;
  char *p = mmap(NULL, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) return NULL;
  if (!slack) return p;
  char *aligned = (char *)(((uintptr_t)p + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
  if (aligned > p) munmap(p, (size_t)(aligned - p));
  const size_t behind = (size_t)((p + size + slack) - (aligned + size));
  if (behind) munmap(aligned + size, behind);
#ifdef MADV_HUGEPAGE
  madvise(aligned, size, MADV_HUGEPAGE);
#endif
  return aligned;
}
void lw_unmap(void *memory, size_t bytes) { munmap(memory, mapped_bytes(bytes)); }

typedef struct {
  void *memory[SLOTS];
  size_t floats[SLOTS];
} scratch;
static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static _Thread_local scratch *scratch_here;

static void scratch_free(void *p) {
  scratch *s = p;
  for (int i = 0; i < SLOTS; i++) free(s->memory[i]);
  free(s);
  scratch_here = NULL;
}
static void scratch_init(void) { pthread_key_create(&scratch_key, scratch_free); }

float *lw_scratch(int slot, size_t floats) {
  if (!scratch_here) {
    pthread_once(&scratch_once, scratch_init);
    scratch_here = calloc(1, sizeof *scratch_here);
    if (!scratch_here) return NULL;
    pthread_setspecific(scratch_key, scratch_here);
  }
  if (scratch_here->floats[slot] < floats) {
    free(scratch_here->memory[slot]);
    scratch_here->floats[slot] = 0;
    const size_t grown = (floats + floats / 4 + 1023) / 1024 * 1024;
    if (posix_memalign(&scratch_here->memory[slot], 64, grown * sizeof(float))) {
      scratch_here->memory[slot] = NULL;
      return NULL;
    }
    memset(scratch_here->memory[slot], 0, grown * sizeof(float));
    scratch_here->floats[slot] = grown;
  }
  return scratch_here->memory[slot];
}

float lw_widen_f16(uint16_t h) {
  const uint32_t sign = (uint32_t)(h & 0x8000) << 16;
  const uint32_t exponent = (h >> 10) & 31, mantissa = h & 0x3ff;
  uint32_t bits;
  float f;
  if (exponent == 31) {
    bits = sign | 0x7f800000u | mantissa << 13;
  } else if (exponent) {
    bits = sign | (exponent + 112) << 23 | mantissa << 13;
  } else {
    // Subnormal: mantissa * 2^-24, exact in f32.
    f = (float)mantissa * 0x1p-24f;
    return sign ? -f : f;
  }
  memcpy(&f, &bits, sizeof f);
  return f;
}
static inline uint32_t load16(const char *p) {
  uint16_t x;
  memcpy(&x, p, sizeof x);
  return x;
}
static inline float load_as_float(const char *p, int dtype) {
  float f;
  if (dtype == LW_F32) {
    memcpy(&f, p, sizeof f);
  } else if (dtype == LW_BF16) {
    const uint32_t bits = load16(p) << 16;
    memcpy(&f, &bits, sizeof f);
  } else {
    f = lw_widen_f16((uint16_t)load16(p));
  }
  return f;
}

/// Inputs k0 ..< k1 of outputs lane0 ..< lane1 of one panel; `from` is the source's (lane0, k0).
static void pack_f32(float *panel, ptrdiff_t lane0, ptrdiff_t lane1, ptrdiff_t k0, ptrdiff_t k1,
                     const char *from, int dtype, ptrdiff_t output_step, ptrdiff_t input_step) {
  const ptrdiff_t size = dtype == LW_F32 ? 4 : 2;
  if (dtype == LW_F32 && output_step == 1 && lane1 - lane0 == LW_PANEL) {
    // A whole panel: a copy of a size known here is a few instructions, not a call.
    for (ptrdiff_t k = k0; k < k1; k++, from += input_step * size)
      memcpy(panel + k * LW_PANEL, from, LW_PANEL * sizeof(float));
    return;
  }
  if (dtype == LW_F32 && output_step == 1) {
    for (ptrdiff_t k = k0; k < k1; k++, from += input_step * size)
      memcpy(panel + k * LW_PANEL + lane0, from, (size_t)((lane1 - lane0) * size));
    return;
  }
  for (ptrdiff_t lane = lane0; lane < lane1; lane++, from += output_step * size)
    for (ptrdiff_t k = k0; k < k1; k++)
      panel[k * LW_PANEL + lane] = load_as_float(from + (k - k0) * input_step * size, dtype);
}
static void pack_pairs(uint32_t *panel, ptrdiff_t lane0, ptrdiff_t lane1, ptrdiff_t k0,
                       ptrdiff_t k1, const char *from, ptrdiff_t output_step,
                       ptrdiff_t input_step) {
  if (output_step == 1) {
    for (ptrdiff_t k = k0; k < k1; k += 2, from += 4 * input_step) {
      const char *next = from + 2 * input_step;
      uint32_t *to = panel + k / 2 * LW_PANEL + lane0;
      for (ptrdiff_t i = 0; i < lane1 - lane0; i++)
        to[i] = load16(from + 2 * i) | (k + 1 < k1 ? load16(next + 2 * i) << 16 : 0);
    }
    return;
  }
  for (ptrdiff_t lane = lane0; lane < lane1; lane++, from += 2 * output_step) {
    const char *at = from;
    for (ptrdiff_t k = k0; k < k1; k += 2, at += 4 * input_step)
      panel[k / 2 * LW_PANEL + lane] =
          load16(at) | (k + 1 < k1 ? load16(at + 2 * input_step) << 16 : 0);
  }
}

/// Outputs first ..< first + outputs at inputs k0 ..< k1; `from` is the source's (first, 0).
static void pack_panels(void *packed, int packed_bf16, ptrdiff_t inputs, ptrdiff_t first,
                        ptrdiff_t outputs, ptrdiff_t k0, ptrdiff_t k1, const char *from, int dtype,
                        ptrdiff_t output_step, ptrdiff_t input_step) {
  const ptrdiff_t size = dtype == LW_F32 ? 4 : 2, end = first + outputs;
  for (ptrdiff_t o0 = first; o0 < end;) {
    const ptrdiff_t panel = o0 / LW_PANEL, start = panel * LW_PANEL;
    const ptrdiff_t o1 = start + LW_PANEL < end ? start + LW_PANEL : end;
    for (ptrdiff_t k = k0; k < k1; k += PACK_BLOCK) {
      const ptrdiff_t next = k + PACK_BLOCK < k1 ? k + PACK_BLOCK : k1;
      const char *at = from + ((o0 - first) * output_step + k * input_step) * size;
      if (packed_bf16)
        pack_pairs((uint32_t *)packed + panel * ((inputs + 1) / 2) * LW_PANEL, o0 - start,
                   o1 - start, k, next, at, output_step, input_step);
      else
        pack_f32((float *)packed + panel * inputs * LW_PANEL, o0 - start, o1 - start, k, next, at,
                 dtype, output_step, input_step);
    }
    o0 = o1;
  }
}

void lw_pack(void *packed, int packed_bf16, ptrdiff_t inputs, ptrdiff_t first, ptrdiff_t outputs,
             const void *source, int dtype, ptrdiff_t output_step, ptrdiff_t input_step) {
  // Along the source's rows: whole inputs of one panel, or all panels of one block of inputs.
  const ptrdiff_t step = output_step == 1 ? PACK_BLOCK : inputs;
  for (ptrdiff_t k = 0; k < inputs; k += step)
    pack_panels(packed, packed_bf16, inputs, first, outputs, k,
                k + step < inputs ? k + step : inputs, source, dtype, output_step, input_step);
}

void lw_store_keys_values(const float *k, ptrdiff_t k_stride, const float *v, ptrdiff_t v_stride,
                          ptrdiff_t rows, ptrdiff_t kv_heads, ptrdiff_t head_width, float *keys,
                          float *values, ptrdiff_t capacity, ptrdiff_t offset) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const ptrdiff_t position = offset + row;
    for (ptrdiff_t head = 0; head < kv_heads; head++) {
      const float *from = k + row * k_stride + head * head_width;
      float *to = keys + (head * capacity + position / 16 * 16) * head_width + position % 16;
      for (ptrdiff_t d = 0; d < head_width; d++) to[d * 16] = from[d];
      memcpy(values + (head * capacity + position) * head_width,
             v + row * v_stride + head * head_width, (size_t)head_width * sizeof(float));
    }
  }
}
