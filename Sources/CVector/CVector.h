// Loops over text for processors with AVX-512, chosen at run time.
//
// Swift compiles a module for one kind of processor, and the service must run on every x86-64. A
// function of C can name the instructions it needs; these are asked for only where
// cvector_available() says so. Each does bit for bit what the plain Swift beside its call does,
// which tests hold it to.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Where a field is in its text, laid out as FieldBound.
typedef struct {
  uint32_t start;
  uint32_t end;
} cvector_bound;

/// What quotes and carriage returns before a place say about it, and what was found on the way.
typedef struct {
  size_t fields;
  size_t quoted;
  size_t escaped;
  size_t line_feeds;
  /// Not 0 when there is a NUL, a carriage return, or a quote or carriage return out of place.
  uint64_t has_nul;
  uint64_t has_returns;
  uint64_t is_irregular;
} cvector_found;

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define CVECTOR                                                                                    \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512cd,avx512vbmi,avx512vbmi2,"      \
                        "popcnt,bmi,bmi2,lzcnt,pclmul")))

/// Whether processor and system know all the instructions named above.
static inline int cvector_available(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  // popcnt, OSXSAVE, pclmulqdq.
  if (!(c >> 23 & 1) || !(c >> 27 & 1) || !(c >> 1 & 1)) return 0;
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  // The system keeps the registers of SSE, AVX and AVX-512.
  if ((low & 0xE6) != 0xE6) return 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  // bmi1, bmi2; avx512f, dq, cd, bw, vl; vbmi, vbmi2.
  const unsigned wanted = 1u << 3 | 1u << 8 | 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  if ((b & wanted) != wanted || !(c >> 1 & 1) || !(c >> 6 & 1)) return 0;
  if (!__get_cpuid(0x80000001, &a, &b, &c, &d)) return 0;
  return c >> 5 & 1;
}

/// Finds the bounds of the fields in `chunks` times 64 bytes.
///
/// `text` counts from `offset`, where a record begins. There is room for 64 bounds and numbers a
/// chunk and 16 more.
CVECTOR static inline void cvector_scan(
    const uint8_t *text, uint32_t offset, size_t chunks, uint8_t delimiter, int looks_at_returns,
    cvector_bound *fields, uint32_t *quoted, uint32_t *escaped, cvector_found *found) {
  const __m512i delimiters = _mm512_set1_epi8((char)delimiter);
  const __m512i feeds = _mm512_set1_epi8('\n');
  const __m512i quotes = _mm512_set1_epi8('"');
  const __m512i returns = _mm512_set1_epi8('\r');
  const __m512i ones = _mm512_set1_epi32(1);
  const __m512i numbers =
      _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i low_pairs =
      _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i high_pairs =
      _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  // The places 0 to 63, as bytes.
  const __m512i places = _mm512_add_epi32(
      _mm512_set1_epi32(0x03020100), _mm512_mullo_epi32(numbers, _mm512_set1_epi32(0x04040404)));
  const __m128i all = _mm_set1_epi8(-1);
  uint64_t nul = 0, seen_returns = 0, odd = 0, line_feeds = 0;
  uint64_t inside = 0, after_separator = 1, after_closing = 0, after_return = 0;
  int sees_quotes = looks_at_returns;
  size_t count = 0, quoted_count = 0, escaped_count = 0;
  // One before the first field: the end of the field before it.
  uint32_t last = offset - 1;
  text += offset;
  for (size_t chunk = 0; chunk < chunks; chunk++, text += 64, offset += 64) {
    const __m512i bytes = _mm512_loadu_si512(text);
    const uint64_t line_ends = _mm512_cmpeq_epi8_mask(bytes, feeds);
    const uint64_t quote_places = _mm512_cmpeq_epi8_mask(bytes, quotes);
    const uint64_t return_places = _mm512_cmpeq_epi8_mask(bytes, returns);
    uint64_t separators = line_ends | _mm512_cmpeq_epi8_mask(bytes, delimiters);
    nul |= _mm512_testn_epi8_mask(bytes, bytes);
    seen_returns |= return_places;
    line_feeds += (uint64_t)_mm_popcnt_u64(line_ends);
    if (sees_quotes || quote_places != 0) {
      // Text with one quote mostly has more: better to be ready than to guess.
      sees_quotes = 1;
      const uint64_t cr = looks_at_returns ? return_places : 0;
      // Bit i: the number of quotes up to byte i is odd.
      const uint64_t open =
          inside ^ (uint64_t)_mm_cvtsi128_si64(_mm_clmulepi64_si128(
                       _mm_cvtsi64_si128((long long)quote_places), all, 0));
      const uint64_t outside = separators & ~open;
      const uint64_t opening = quote_places & open;
      const uint64_t closing = quote_places & ~open;
      const uint64_t firsts = opening & (outside << 1 | after_separator);
      uint64_t doubles = opening & (closing << 1 | after_closing);
      odd |= opening & ~(firsts | doubles);
      const uint64_t may_follow = outside | opening | cr;
      odd |= closing & ~(may_follow >> 1 | 1ull << 63);
      odd |= after_closing & ~may_follow;
      odd |= cr & ~(line_ends >> 1 | 1ull << 63);
      odd |= after_return & ~line_ends;
      inside = 0 - (open >> 63);
      after_closing = closing >> 63;
      after_return = cr >> 63;
      separators = outside;
      // A quote in the first byte belongs to the field that the chunk before has begun.
      quoted[quoted_count] = (uint32_t)count;
      quoted_count += firsts & 1;
      // The others: which of the separators here have one behind them.
      uint64_t begun = _pext_u64(firsts >> 1, separators);
      __m512i next = _mm512_add_epi32(numbers, _mm512_set1_epi32((int)count + 1));
      // Once whether or not there is one: there seldom are more than sixteen.
      do {
        const __mmask16 some = (__mmask16)begun;
        _mm512_storeu_si512(
            quoted + quoted_count, _mm512_maskz_compress_epi32(some, next));
        quoted_count += (size_t)_mm_popcnt_u64(some);
        next = _mm512_add_epi32(next, _mm512_set1_epi32(16));
        begun >>= 16;
      } while (begun != 0);
      // Twice whether or not there are two: they mostly come in pairs.
      for (int pair = 0; pair < 2 || doubles != 0; pair++) {
        const uint64_t before = separators & (_blsi_u64(doubles) - 1);
        escaped[escaped_count] = (uint32_t)(count + (size_t)_mm_popcnt_u64(before));
        escaped_count += doubles != 0;
        doubles = _blsr_u64(doubles);
      }
    }
    after_separator = separators >> 63;
    const size_t found_here = (size_t)_mm_popcnt_u64(separators);
    __m512i compressed = _mm512_maskz_compress_epi8(separators, places);
    __m512i before = _mm512_set1_epi32((int)last);
    const __m512i base = _mm512_set1_epi32((int)offset);
    size_t written = 0;
    // Sixteen at a time, whether or not there are so many.
    do {
      const __m512i ends =
          _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(compressed)), base);
      const __m512i starts = _mm512_add_epi32(_mm512_alignr_epi32(ends, before, 15), ones);
      cvector_bound *target = fields + count + written;
      _mm512_storeu_si512(target, _mm512_permutex2var_epi32(starts, low_pairs, ends));
      _mm512_storeu_si512(target + 8, _mm512_permutex2var_epi32(starts, high_pairs, ends));
      before = ends;
      compressed = _mm512_alignr_epi32(compressed, compressed, 4);
      written += 16;
    } while (written < found_here);
    count += found_here;
    if (separators != 0) last = offset + 63 - (uint32_t)_lzcnt_u64(separators);
  }
  found->fields = count;
  found->quoted = quoted_count;
  found->escaped = escaped_count;
  found->line_feeds = line_feeds;
  found->has_nul = nul;
  found->has_returns = seen_returns;
  found->is_irregular = odd;
}

/// Eight words of memory in a vector.
///
/// Loaded one by one: gather instructions take several times as long. An address that passes
/// through an empty statement is one that the compiler cannot gather from.
CVECTOR static inline __m512i cvector_words(const void *const *words) {
  __m128i pairs[4];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 4; i++) {
    pairs[i] = _mm_castpd_si128(_mm_loadh_pd(
        _mm_castsi128_pd(_mm_loadl_epi64((const __m128i *)words[2 * i])),
        (const double *)words[2 * i + 1]));
  }
  return _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_inserti128_si256(
          _mm256_castsi128_si256(pairs[0]), pairs[1], 1)),
      _mm256_inserti128_si256(_mm256_castsi128_si256(pairs[2]), pairs[3], 1), 1);
}

/// Where the bounds of eight rows are, counted from the first; the last of `count` stands for
/// those that are missing.
static inline void cvector_offsets(size_t stride, size_t count, size_t offsets[8]) {
  for (size_t i = 0; i < 8; i++) offsets[i] = (i < count ? i : count - 1) * stride;
}

/// Eight cells: their first bytes with '0' taken off, and how long they are.
CVECTOR static inline __m512i cvector_cells(
    const uint8_t *text, const cvector_bound *bounds, const size_t offsets[8], __m512i *lengths) {
  const void *bound[8], *cell[8];
#pragma clang loop unroll(full)
  for (size_t i = 0; i < 8; i++) {
    bound[i] = bounds + offsets[i];
    __asm__("" : "+r"(bound[i]));
    cell[i] = text + ((const cvector_bound *)bound[i])->start;
    __asm__("" : "+r"(cell[i]));
  }
  const __m512i both = cvector_words(bound);
  *lengths = _mm512_sub_epi64(
      _mm512_srli_epi64(both, 32), _mm512_and_si512(both, _mm512_set1_epi64(0xFFFFFFFF)));
  return _mm512_xor_si512(cvector_words(cell), _mm512_set1_epi8(0x30));
}

/// The numbers of eight times eight decimal digits, the first in the lowest byte.
CVECTOR static inline __m256i cvector_numbers(__m512i digits) {
  const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
  const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
  const __m512i all = _mm512_add_epi64(
      _mm512_mul_epu32(fours, _mm512_set1_epi64(10000)), _mm512_srli_epi64(fours, 32));
  return _mm512_cvtepi64_epi32(all);
}

/// The cells of which some byte is no digit.
CVECTOR static inline __mmask8 cvector_non_digits(__m512i digits) {
  const __m512i over =
      _mm512_or_si512(_mm512_add_epi64(digits, _mm512_set1_epi8(0x76)), digits);
  return _mm512_test_epi64_mask(over, _mm512_set1_epi8((char)0x80));
}

/// Reads cells of 1 to 8 digits without a needless zero before them; gives how many others there
/// are, whose rows are in `failures`. There is room for `count` results and 16 more.
CVECTOR static inline size_t cvector_integers(
    const uint8_t *text, const cvector_bound *bounds, size_t stride, size_t count,
    int32_t *values, uint32_t *failures) {
  __m256i rows = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  size_t failed = 0;
  size_t offsets[8];
  cvector_offsets(stride, 8, offsets);
  for (size_t row = 0; row < count; row += 8) {
    const size_t left = count - row;
    if (left < 8) cvector_offsets(stride, left, offsets);
    const __mmask8 some = (__mmask8)(left < 8 ? (1u << left) - 1 : 0xFF);
    __m512i lengths;
    const __m512i cells = cvector_cells(text, bounds, offsets, &lengths);
    const __m512i digits = _mm512_sllv_epi64(
        cells, _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(lengths, 3)));
    _mm256_storeu_si256((__m256i *)(values + row), cvector_numbers(digits));
    const __m512i one = _mm512_set1_epi64(1);
    const __mmask8 bad =
        _mm512_cmpge_epu64_mask(_mm512_sub_epi64(lengths, one), _mm512_set1_epi64(8)) |
        cvector_non_digits(digits) |
        (_mm512_testn_epi64_mask(cells, _mm512_set1_epi64(0xFF)) &
         _mm512_cmpgt_epi64_mask(lengths, one));
    _mm256_storeu_si256(
        (__m256i *)(failures + failed), _mm256_maskz_compress_epi32(bad & some, rows));
    failed += (size_t)_mm_popcnt_u64(bad & some);
    bounds += 8 * stride;
    rows = _mm256_add_epi32(rows, _mm256_set1_epi32(8));
  }
  return failed;
}

/// Reads cells of up to 8 bytes that are digits with at most one point among them, and how many
/// digits are behind it; else as cvector_integers.
CVECTOR static inline size_t cvector_decimals(
    const uint8_t *text, const cvector_bound *bounds, size_t stride, size_t count,
    int32_t *values, uint8_t *decimals, uint32_t *failures) {
  __m256i rows = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m512i zero = _mm512_setzero_si512();
  const __m512i one = _mm512_set1_epi64(1);
  size_t failed = 0;
  size_t offsets[8];
  cvector_offsets(stride, 8, offsets);
  for (size_t row = 0; row < count; row += 8) {
    const size_t left = count - row;
    if (left < 8) cvector_offsets(stride, left, offsets);
    const __mmask8 some = (__mmask8)(left < 8 ? (1u << left) - 1 : 0xFF);
    __m512i lengths;
    const __m512i begin = cvector_cells(text, bounds, offsets, &lengths);
    const __m512i cells = _mm512_sllv_epi64(
        begin, _mm512_sub_epi64(_mm512_set1_epi64(64), _mm512_slli_epi64(lengths, 3)));
    // Digits are below 0x10 now, and a point is 0x1E: its byte is the first with this bit.
    const __m512i bits = _mm512_and_si512(cells, _mm512_set1_epi8(0x10));
    const __mmask8 pointed = _mm512_test_epi64_mask(bits, bits);
    const __m512i up_to = _mm512_xor_si512(bits, _mm512_sub_epi64(bits, one));
    const __m512i place = _mm512_sub_epi64(_mm512_set1_epi64(63), _mm512_lzcnt_epi64(up_to));
    const __m512i point = _mm512_and_si512(
        _mm512_srlv_epi64(cells, _mm512_sub_epi64(place, _mm512_set1_epi64(4))),
        _mm512_set1_epi64(0xFF));
    // The bytes below the point move up over it.
    const __m512i above = _mm512_andnot_si512(
        _mm512_or_si512(_mm512_slli_epi64(up_to, 3), _mm512_set1_epi64(7)), cells);
    const __m512i below =
        _mm512_slli_epi64(_mm512_and_si512(cells, _mm512_srli_epi64(up_to, 5)), 8);
    const __m512i digits =
        _mm512_mask_blend_epi64(pointed, cells, _mm512_or_si512(above, below));
    const __m512i after = _mm512_maskz_sub_epi64(
        pointed, _mm512_set1_epi64(7), _mm512_srli_epi64(place, 3));
    const __m512i before = _mm512_sub_epi64(lengths, after);
    const __m512i whole = _mm512_mask_sub_epi64(before, pointed, before, one);
    _mm256_storeu_si256((__m256i *)(values + row), cvector_numbers(digits));
    _mm_storel_epi64((__m128i *)(decimals + row), _mm512_cvtepi64_epi8(after));
    const __mmask8 misplaced =
        _mm512_cmpneq_epi64_mask(point, _mm512_set1_epi64(0x1E)) |
        _mm512_cmple_epi64_mask(after, zero) | _mm512_cmple_epi64_mask(before, one);
    const __mmask8 bad =
        _mm512_cmpge_epu64_mask(_mm512_sub_epi64(lengths, one), _mm512_set1_epi64(8)) |
        (pointed & misplaced) | cvector_non_digits(digits) |
        (_mm512_testn_epi64_mask(begin, _mm512_set1_epi64(0xFF)) &
         _mm512_cmpgt_epi64_mask(whole, one));
    _mm256_storeu_si256(
        (__m256i *)(failures + failed), _mm256_maskz_compress_epi32(bad & some, rows));
    failed += (size_t)_mm_popcnt_u64(bad & some);
    bounds += 8 * stride;
    rows = _mm256_add_epi32(rows, _mm256_set1_epi32(8));
  }
  return failed;
}

#endif
