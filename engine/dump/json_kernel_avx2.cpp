// The kernel for processors with AVX2; see json_kernel.hpp.
#define DQREWRITE_KERNEL json_kernel_avx2
#include "engine/dump/json_kernel_code.hpp"
