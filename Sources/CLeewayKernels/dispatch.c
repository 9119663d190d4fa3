#include "sets.h"

#if defined(__x86_64__)
static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}
static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
static int has_avx512bf16(void) { return has_avx512() && __builtin_cpu_supports("avx512bf16"); }
#endif

const lw_kernels *lw_kernels_at(ptrdiff_t index) {
  const lw_kernels *sets[5];
  ptrdiff_t count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (has_avx512bf16()) sets[count++] = &lw_set_avx512bf16;
  if (has_avx512()) sets[count++] = &lw_set_avx512;
  if (has_avx2()) sets[count++] = &lw_set_avx2;
#elif defined(__aarch64__)
  sets[count++] = &lw_set_neon;
#endif
  sets[count++] = &lw_set_portable;
  return index >= 0 && index < count ? sets[index] : NULL;
}
