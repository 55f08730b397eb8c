// Distances from points to centroids for processors with AVX-512 or AVX2, chosen at run time.
//
// Kernels.swift has the loops these stand in for, and says what each one gives. The bits are the
// same: every lane is one point, whose squares are added feature by feature, and nothing is fused.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

/// The widest registers that processor and system offer the loops below: 512 bits, 256, or 0.
static inline int cvector_register_bits(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  // OSXSAVE, AVX.
  if (!(c >> 27 & 1) || !(c >> 28 & 1)) return 0;
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 0x06) != 0x06 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  // AVX2; then registers of AVX-512 that the system keeps, avx512f, dq, bw, vl.
  if (!(b >> 5 & 1)) return 0;
  const unsigned wanted = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
  return (low & 0xE6) == 0xE6 && (b & wanted) == wanted ? 512 : 256;
}

/// Asks for the cache lines of listed rows.
static inline void cvector_prefetch_rows(
    const float *rows, const int32_t *places, size_t features, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float *row = rows + (size_t)places[i] * features;
    for (size_t f = 0; f < features; f += 16) _mm_prefetch((const char *)(row + f), _MM_HINT_T0);
    _mm_prefetch((const char *)(row + features - 1), _MM_HINT_T0);
  }
}

#define CVECTOR_PASTE_(a, b) a##_##b
#define CVECTOR_PASTE(a, b) CVECTOR_PASTE_(a, b)

// AVX-512, Float32 with Int32 labels.
#define CVECTOR_NAME(name) CVECTOR_PASTE(name, f32_512)
#define CVECTOR_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define CVECTOR_REAL float
#define CVECTOR_LABEL int32_t
#define CVECTOR_LANES 16
#define CVECTOR_REGISTERS 32
#define V __m512
#define I __m512i
#define V_SET(x) _mm512_set1_ps(x)
#define V_LOAD(p) _mm512_loadu_ps(p)
#define V_STORE(p, v) _mm512_storeu_ps(p, v)
#define V_SUB(a, b) _mm512_sub_ps(a, b)
#define V_ADD(a, b) _mm512_add_ps(a, b)
#define V_MUL(a, b) _mm512_mul_ps(a, b)
#define V_MIN(a, b) _mm512_min_ps(a, b)
#define V_MAX(a, b) _mm512_max_ps(a, b)
#define V_ROOT(a) _mm512_sqrt_ps(a)
#define I_SET(x) _mm512_set1_epi32(x)
#define I_STORE(p, v) _mm512_storeu_si512(p, v)
#define I_IF_LESS(a, b, yes, no)                                                                   \
  _mm512_mask_mov_epi32(no, _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), yes)
#include "CVectorDistancesBody.h"

// AVX-512, Float64 with Int64 labels.
#define CVECTOR_NAME(name) CVECTOR_PASTE(name, f64_512)
#define CVECTOR_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#define CVECTOR_REAL double
#define CVECTOR_LABEL int64_t
#define CVECTOR_LANES 8
#define CVECTOR_REGISTERS 32
#define V __m512d
#define I __m512i
#define V_SET(x) _mm512_set1_pd(x)
#define V_LOAD(p) _mm512_loadu_pd(p)
#define V_STORE(p, v) _mm512_storeu_pd(p, v)
#define V_SUB(a, b) _mm512_sub_pd(a, b)
#define V_ADD(a, b) _mm512_add_pd(a, b)
#define V_MUL(a, b) _mm512_mul_pd(a, b)
#define V_MIN(a, b) _mm512_min_pd(a, b)
#define V_MAX(a, b) _mm512_max_pd(a, b)
#define V_ROOT(a) _mm512_sqrt_pd(a)
#define I_SET(x) _mm512_set1_epi64(x)
#define I_STORE(p, v) _mm512_storeu_si512(p, v)
#define I_IF_LESS(a, b, yes, no)                                                                   \
  _mm512_mask_mov_epi64(no, _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ), yes)
#include "CVectorDistancesBody.h"

// AVX2, Float32 with Int32 labels.
#define CVECTOR_NAME(name) CVECTOR_PASTE(name, f32_256)
#define CVECTOR_TARGET __attribute__((target("avx2")))
#define CVECTOR_REAL float
#define CVECTOR_LABEL int32_t
#define CVECTOR_LANES 8
#define CVECTOR_REGISTERS 16
#define V __m256
#define I __m256i
#define V_SET(x) _mm256_set1_ps(x)
#define V_LOAD(p) _mm256_loadu_ps(p)
#define V_STORE(p, v) _mm256_storeu_ps(p, v)
#define V_SUB(a, b) _mm256_sub_ps(a, b)
#define V_ADD(a, b) _mm256_add_ps(a, b)
#define V_MUL(a, b) _mm256_mul_ps(a, b)
#define V_MIN(a, b) _mm256_min_ps(a, b)
#define V_MAX(a, b) _mm256_max_ps(a, b)
#define V_ROOT(a) _mm256_sqrt_ps(a)
#define I_SET(x) _mm256_set1_epi32(x)
#define I_STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define I_IF_LESS(a, b, yes, no)                                                                   \
  _mm256_blendv_epi8(no, yes, _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_LT_OQ)))
#include "CVectorDistancesBody.h"

// AVX2, Float64 with Int64 labels.
#define CVECTOR_NAME(name) CVECTOR_PASTE(name, f64_256)
#define CVECTOR_TARGET __attribute__((target("avx2")))
#define CVECTOR_REAL double
#define CVECTOR_LABEL int64_t
#define CVECTOR_LANES 4
#define CVECTOR_REGISTERS 16
#define V __m256d
#define I __m256i
#define V_SET(x) _mm256_set1_pd(x)
#define V_LOAD(p) _mm256_loadu_pd(p)
#define V_STORE(p, v) _mm256_storeu_pd(p, v)
#define V_SUB(a, b) _mm256_sub_pd(a, b)
#define V_ADD(a, b) _mm256_add_pd(a, b)
#define V_MUL(a, b) _mm256_mul_pd(a, b)
#define V_MIN(a, b) _mm256_min_pd(a, b)
#define V_MAX(a, b) _mm256_max_pd(a, b)
#define V_ROOT(a) _mm256_sqrt_pd(a)
#define I_SET(x) _mm256_set1_epi64x(x)
#define I_STORE(p, v) _mm256_storeu_si256((__m256i *)(p), v)
#define I_IF_LESS(a, b, yes, no)                                                                   \
  _mm256_blendv_epi8(no, yes, _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_LT_OQ)))
#include "CVectorDistancesBody.h"

// What a point may still be asked of: AVX-512 alone has the instructions.
#define CVECTOR_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))

/// As `Kernels.listBelow`; there is room for 16 more behind the last.
CVECTOR_TARGET static inline size_t cvector_list_below(
    float bound, const float *values, size_t count, int32_t *list) {
  const __m512 bounds = _mm512_set1_ps(bound);
  __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  size_t found = 0;
  for (size_t i = 0; i < count; i += 16) {
    const __mmask16 there = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1) : 0xFFFF;
    const __mmask16 below = _mm512_mask_cmp_ps_mask(
        there, _mm512_maskz_loadu_ps(there, values + i), bounds, _CMP_LT_OQ);
    _mm512_storeu_si512(list + found, _mm512_maskz_compress_epi32(below, places));
    found += (size_t)__builtin_popcount(below);
    places = _mm512_add_epi32(places, _mm512_set1_epi32(16));
  }
  return found;
}

/// As `Kernels.listExceeded` for groups of 16; there is room for 16 more behind the last.
CVECTOR_TARGET static inline size_t cvector_list_exceeded(
    const float *limits, const int32_t *labels, const float *used, const int32_t *groups,
    size_t group_count, size_t count, int32_t *list) {
  const __m512i places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  size_t found = 0;
  for (size_t index = 0; index < group_count; index++) {
    const size_t i = (size_t)groups[index] * 16;
    const __mmask16 there = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1) : 0xFFFF;
    const __m512 own = _mm512_mask_i32gather_ps(
        _mm512_setzero_ps(), there, _mm512_maskz_loadu_epi32(there, labels + i), used, 4);
    const __mmask16 exceeded = _mm512_mask_cmp_ps_mask(
        there, _mm512_maskz_loadu_ps(there, limits + i), own, _CMP_LT_OQ);
    _mm512_storeu_si512(
        list + found,
        _mm512_maskz_compress_epi32(
            exceeded, _mm512_add_epi32(places, _mm512_set1_epi32((int)i))));
    found += (size_t)__builtin_popcount(exceeded);
  }
  return found;
}

/// As `Kernels.limitGroups` for groups of 16, listed or, without a list, the first so many.
CVECTOR_TARGET static inline void cvector_limit_groups(
    const int32_t *groups, size_t group_count, const float *limits, const int32_t *labels,
    const float *used, float used_at_most, size_t count, float *group_limits) {
  for (size_t index = 0; index < group_count; index++) {
    const size_t group = groups ? (size_t)groups[index] : index;
    const size_t i = group * 16;
    const __mmask16 there = count - i < 16 ? (__mmask16)((1u << (count - i)) - 1) : 0xFFFF;
    const __m512 own = _mm512_mask_i32gather_ps(
        _mm512_setzero_ps(), there, _mm512_maskz_loadu_epi32(there, labels + i), used, 4);
    const __m512 left = _mm512_mask_sub_ps(
        _mm512_set1_ps(__builtin_inff()), there, _mm512_maskz_loadu_ps(there, limits + i), own);
    group_limits[group] = _mm512_reduce_min_ps(left) + used_at_most;
  }
}

#undef CVECTOR_TARGET
#undef CVECTOR_PASTE
#undef CVECTOR_PASTE_

#endif
