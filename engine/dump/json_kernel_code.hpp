// The code of a kernel, which one source file for each kind of processor includes, compiled for it: with AVX-512,
// AVX2 or SSE2, else byte by byte. All is static but the kernel, the name of which is DQREWRITE_KERNEL.
#include "engine/dump/json_bits.hpp"
#include "engine/dump/json_kernel.hpp"
#include "engine/dump/json_text.hpp"

#include <cstring>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace dqrewrite {

JsonKernel DQREWRITE_KERNEL();

namespace {

// What the bytes of a block are.
struct Block {
    uint64_t quotes = 0;
    uint64_t backslashes = 0;
    uint64_t operators = 0;  // brackets, commas, colons
    uint64_t spaces = 0;
    uint64_t controls = 0;  // below 0x20, some of which are spaces
    bool ascii = true;
};

// Of the low four bits: the operator, after [ and ] have become { and }, and the space that they may be.
[[maybe_unused]] constexpr char operators[] = "\0\0\0\0\0\0\0\0\0\0:{,}\0";
[[maybe_unused]] constexpr char spaces[] = " \0\0\0\0\0\0\0\0\t\n\0\0\r\0";

#if defined(__AVX512BW__)
Block block_at(const char* bytes) {
    const auto table = [](const char* sixteen) {
        return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen)));
    };
    const __m512i v = _mm512_loadu_si512(bytes);
    const __m512i folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
    return {_mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')),
            _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')),
            _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(table(operators), v)),
            _mm512_cmpeq_epi8_mask(v, _mm512_shuffle_epi8(table(spaces), v)),
            _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20)),
            _mm512_movepi8_mask(v) == 0};
}
#elif defined(__AVX2__)
Block block_at(const char* bytes) {
    Block block;
    const auto table = [](const char* sixteen) {
        return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen)));
    };
    __m256i high = _mm256_setzero_si256();
    for (unsigned part = 0; part < json_block; part += 32) {
        const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + part));
        const __m256i folded = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
        const auto mask = [part](__m256i found) { return uint64_t{uint32_t(_mm256_movemask_epi8(found))} << part; };
        block.quotes |= mask(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')));
        block.backslashes |= mask(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
        block.operators |= mask(_mm256_cmpeq_epi8(folded, _mm256_shuffle_epi8(table(operators), v)));
        block.spaces |= mask(_mm256_cmpeq_epi8(v, _mm256_shuffle_epi8(table(spaces), v)));
        block.controls |= mask(_mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v));
        high = _mm256_or_si256(high, v);
    }
    block.ascii = _mm256_movemask_epi8(high) == 0;
    return block;
}
#elif defined(__SSE2__)
Block block_at(const char* bytes) {
    Block block;
    __m128i high = _mm_setzero_si128();
    for (unsigned part = 0; part < json_block; part += 16) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + part));
        const __m128i folded = _mm_or_si128(v, _mm_set1_epi8(0x20));
        const auto is = [v](char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); };
        const auto mask = [part](__m128i found) { return uint64_t{uint32_t(_mm_movemask_epi8(found))} << part; };
        const __m128i brackets =
            _mm_or_si128(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), _mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
        const __m128i breaks = _mm_or_si128(_mm_or_si128(is('\n'), is('\r')), is('\t'));
        block.quotes |= mask(is('"'));
        block.backslashes |= mask(is('\\'));
        block.operators |= mask(_mm_or_si128(brackets, _mm_or_si128(is(','), is(':'))));
        block.spaces |= mask(_mm_or_si128(is(' '), breaks));
        block.controls |= mask(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v));
        high = _mm_or_si128(high, v);
    }
    block.ascii = _mm_movemask_epi8(high) == 0;
    return block;
}
#else
Block block_at(const char* bytes) {
    Block block;
    for (unsigned i = 0; i < json_block; ++i) {
        const char c = bytes[i];
        const auto bit = [i](bool is) { return uint64_t{is} << i; };
        block.quotes |= bit(c == '"');
        block.backslashes |= bit(c == '\\');
        block.operators |= bit((c | 0x20) == '{' || (c | 0x20) == '}' || c == ',' || c == ':');
        block.spaces |= bit(c == ' ' || c == '\n' || c == '\r' || c == '\t');
        block.controls |= bit(static_cast<unsigned char>(c) < 0x20);
        block.ascii &= static_cast<unsigned char>(c) < 0x80;
    }
    return block;
}
#endif

// Appends `base` and the place of each bit.
#if defined(__AVX512VBMI2__)
uint32_t* append_places(uint64_t bits, uint32_t base, uint32_t* out) {
    alignas(64) static constexpr unsigned char all[] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const int count = __builtin_popcountll(bits);
    __m512i found = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(all));
    for (int written = 0; written < count; written += 16) {
        const __m512i sixteen = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found));
        _mm512_storeu_si512(out + written, _mm512_add_epi32(sixteen, _mm512_set1_epi32(static_cast<int>(base))));
        found = _mm512_alignr_epi64(found, found, 2);
    }
    return out + count;
}
#elif defined(__POPCNT__)
// Eight at once, also where there are fewer: what is guessed wrong costs more.
uint32_t* append_places(uint64_t bits, uint32_t base, uint32_t* out) {
    const int count = __builtin_popcountll(bits);
    for (int written = 0; written < count; written += 8) {
        for (int i = 0; i < 8; ++i, bits &= bits - 1)
            out[written + i] = base + static_cast<uint32_t>(_tzcnt_u64(bits));
    }
    return out + count;
}
#else
uint32_t* append_places(uint64_t bits, uint32_t base, uint32_t* out) {
    for (; bits != 0; bits &= bits - 1) *out++ = base + static_cast<uint32_t>(__builtin_ctzll(bits));
    return out;
}
#endif

// Of what is not checked yet, up to `end` and the end of the character there.
bool check_utf8(JsonKernelState& state, const char* end) {
    if (state.checked < state.at) state.checked = state.at;
    while (state.checked < end) {
        const size_t length = utf8_length(state.checked, state.text_end);
        if (length == 0) return false;
        state.checked += length;
    }
    return true;
}

uint32_t* append_starts(JsonKernelState& state, const char* end, const char* window, uint32_t* out) {
    JsonKernelState now = state;
    now.backslashes = false;
    while (now.at != end) {
        const char* bytes = now.at;
        const char* next = now.at + json_block;
        char last[json_block];
        if (static_cast<size_t>(end - now.at) < json_block) {
            std::memset(last, ' ', sizeof last);
            std::memcpy(last, now.at, static_cast<size_t>(end - now.at));
            bytes = last;
            next = end;
        }
        const Block block = block_at(bytes);
        if (!block.ascii && !check_utf8(now, next)) return nullptr;
        now.backslashes |= block.backslashes != 0;
        const uint64_t quotes = block.quotes & ~escaped_by(block.backslashes, now.escaped);
        const uint64_t in_string = parity_up_to(quotes) ^ now.in_string;  // with the opening quote
        if ((block.controls & in_string) != 0) return nullptr;
        const uint64_t behind_open = in_string ^ quotes;  // with the closing quote
        // By the table of operators 0x0C is a comma and 0x1A a colon.
        const uint64_t punctuation = block.operators & ~block.controls;
        const uint64_t other = ~(punctuation | block.spaces);
        const uint64_t scalars = other & ~quotes;
        // What follows a number or word belongs to it, a quote too.
        const uint64_t starts = (punctuation | (other & ~(scalars << 1 | now.scalar))) & ~behind_open;
        now.in_string = 0 - (in_string >> 63);
        now.scalar = scalars >> 63;
        out = append_places(starts, static_cast<uint32_t>(now.at - window), out);
        now.at = next;
    }
    state = now;
    return out;
}

}  // namespace

JsonKernel DQREWRITE_KERNEL() {
    return append_starts;
}

}  // namespace dqrewrite
