// What a fuzzer is: a function that takes any bytes, and ends the process where something is wrong with what comes of
// them. libFuzzer calls it, or driver.cpp.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
