#include "leeway_kernels.h"
