// The kernel for every processor, and the choice of the best one.
#define DQREWRITE_KERNEL json_kernel_base
#include "engine/dump/json_kernel_code.hpp"

#ifdef __x86_64__
#include <sys/platform/x86.h>
#endif

namespace dqrewrite {

JsonKernel json_kernel_avx2();
JsonKernel json_kernel_avx512();

std::span<const JsonKernel> json_kernels() {
    static const JsonKernel all[] = {
#ifdef __x86_64__
        json_kernel_avx512(), json_kernel_avx2(),
#endif
        json_kernel_base()};
    std::span<const JsonKernel> kernels = all;
#ifdef __x86_64__
    // The C library has asked the processor already; to ask it again takes long on a virtual machine.
    const bool avx2 = CPU_FEATURE_ACTIVE(AVX2) && CPU_FEATURE_ACTIVE(BMI1) && CPU_FEATURE_ACTIVE(POPCNT);
    const bool avx512 = avx2 && CPU_FEATURE_ACTIVE(AVX512BW) && CPU_FEATURE_ACTIVE(AVX512_VBMI2);
    kernels = kernels.subspan(avx512 ? 0 : avx2 ? 1 : 2);
#endif
    return kernels;
}

}  // namespace dqrewrite
