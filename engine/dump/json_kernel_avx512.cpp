// The kernel for processors with AVX-512; see json_kernel.hpp.
#define DQREWRITE_KERNEL json_kernel_avx512
#include "engine/dump/json_kernel_code.hpp"
