// A main for fuzz targets where libFuzzer is not to be had: fuzz_NAME SECONDS FILE… changes the files at random, the
// same way each time but for DQREWRITE_SEED. The input at hand stands in fuzz_NAME-last-input while it is looked at.
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/setting.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

std::string changed(const std::vector<std::string>& seeds, std::mt19937& random) {
    const auto pick = [&](size_t below) { return below == 0 ? 0 : random() % below; };
    std::string text = seeds[pick(seeds.size())];
    for (size_t edits = 1 + pick(4); edits > 0 && !text.empty(); --edits) {
        const size_t at = pick(text.size());
        switch (pick(5)) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, 1 + pick(20)); break;
        case 2: text.insert(at, 1 + pick(3), "{}[]\",:\\ 0"[pick(10)]); break;
        case 3: text.insert(at, text, pick(text.size()), pick(100)); break;
        default: {
            const std::string& other = seeds[pick(seeds.size())];
            text.replace(at, pick(100), other, pick(other.size()), pick(100));
        }
        }
    }
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fprintf(stderr, "usage: %s SECONDS FILE...\n", argv[0]), 2;
    std::vector<std::string> seeds;
    for (int i = 2; i < argc; ++i) {
        std::ifstream file(argv[i], std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    const auto seed = static_cast<uint32_t>(dqrewrite::test::setting("DQREWRITE_SEED", 1));
    std::mt19937 random(seed);
    const std::string last = std::filesystem::path(argv[0]).filename().string() + "-last-input";
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(argv[1]));
    size_t runs = 0;
    for (; std::chrono::steady_clock::now() < end; ++runs) {
        const std::string text = changed(seeds, random);
        std::ofstream(last, std::ios::binary) << text;
        LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    }
    std::filesystem::remove(last);
    std::printf("%zu inputs from seed %u\n", runs, seed);
    return 0;
}
