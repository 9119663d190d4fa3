#pragma once
// What the files of this target share.
#include "leeway_kernels.h"

#if defined(__x86_64__)
extern const lw_kernels lw_set_avx512bf16, lw_set_avx512, lw_set_avx2;
#elif defined(__aarch64__)
extern const lw_kernels lw_set_neon;
#endif
extern const lw_kernels lw_set_portable;

/// At least `floats` floats of this thread's own, 64-byte aligned, kept until the thread ends.
/// Slot 0 serves linear, slot 1 attention, slot 2 backward passes, slot 3
/// widened weights. Contents are lost when it grows.
float *lw_scratch(int slot, size_t floats);
/// Exact.
float lw_widen_f16(uint16_t half);
