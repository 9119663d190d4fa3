// 16 lanes of float, whatever the instruction set has: the compiler cuts them into registers.
// Every function is inlined into a caller with its own target attribute.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef double d16 __attribute__((vector_size(128)));
typedef int64_t l16 __attribute__((vector_size(128)));
