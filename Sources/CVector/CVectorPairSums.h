// Sums of distances between all pairs for processors with AVX-512, chosen at run time.
//
// Kernels.swift has the loops these stand in for. The bits are the same: the same operations in the
// same order, nothing fused.
#pragma once

#include <stddef.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define CVECTOR_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))

/// The distance of sixteen samples from a row, from the squares of their differences, added feature
/// by feature.
CVECTOR_TARGET static inline __m512 cvector_distance(
    const float *x, size_t stride, const float *row, size_t features) {
  const __m512 first = _mm512_sub_ps(_mm512_loadu_ps(x), _mm512_set1_ps(row[0]));
  __m512 squared = _mm512_mul_ps(first, first);
  for (size_t feature = 1; feature < features; feature++) {
    const __m512 next =
        _mm512_sub_ps(_mm512_loadu_ps(x + feature * stride), _mm512_set1_ps(row[feature]));
    squared = _mm512_add_ps(squared, _mm512_mul_ps(next, next));
  }
  return _mm512_sqrt_ps(squared);
}

/// Adds sixteen values to eight running sums, the first eight before the others.
CVECTOR_TARGET static inline __m256 cvector_add_halves(__m256 lanes, __m512 values) {
  return _mm256_add_ps(
      _mm256_add_ps(lanes, _mm512_castps512_ps256(values)), _mm512_extractf32x8_ps(values, 1));
}

/// The sum of eight running sums: neighbours, then pairs, then halves.
CVECTOR_TARGET static inline float cvector_join(__m256 lanes) {
  float lane[8];
  _mm256_storeu_ps(lane, lanes);
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

/// Sums the weighted distances between `count` samples, a multiple of sixteen, feature by feature,
/// and `row_count` rows of as many features, for each of both.
CVECTOR_TARGET static inline void cvector_sum_distances(
    const float *x, size_t stride, size_t features, size_t count, const float *weights,
    const float *rows, const float *row_weights, size_t row_count, float *to_rows,
    float *from_rows) {
  for (size_t i = 0; i < count; i += 16) _mm512_storeu_ps(to_rows + i, _mm512_setzero_ps());
  // The number of features is known to the loops that matter, so that they keep a row in registers.
#define CVECTOR_TWO_ROWS(FEATURES)                                                                 \
  for (; row + 2 <= row_count; row += 2) {                                                         \
    const float *a = rows + row * (FEATURES), *b = a + (FEATURES);                                 \
    const __m512 weight_a = _mm512_set1_ps(row_weights[row]);                                      \
    const __m512 weight_b = _mm512_set1_ps(row_weights[row + 1]);                                  \
    __m256 lanes_a = _mm256_setzero_ps(), lanes_b = _mm256_setzero_ps();                           \
    for (size_t i = 0; i < count; i += 16) {                                                       \
      const __m512 distance_a = cvector_distance(x + i, stride, a, (FEATURES));                    \
      const __m512 distance_b = cvector_distance(x + i, stride, b, (FEATURES));                    \
      const __m512 weight = _mm512_loadu_ps(weights + i);                                          \
      const __m512 sum =                                                                           \
          _mm512_add_ps(_mm512_loadu_ps(to_rows + i), _mm512_mul_ps(weight_a, distance_a));        \
      _mm512_storeu_ps(to_rows + i, _mm512_add_ps(sum, _mm512_mul_ps(weight_b, distance_b)));      \
      lanes_a = cvector_add_halves(lanes_a, _mm512_mul_ps(weight, distance_a));                    \
      lanes_b = cvector_add_halves(lanes_b, _mm512_mul_ps(weight, distance_b));                    \
    }                                                                                              \
    from_rows[row] = cvector_join(lanes_a);                                                        \
    from_rows[row + 1] = cvector_join(lanes_b);                                                    \
  }
  size_t row = 0;
  switch (features) {
    case 1: CVECTOR_TWO_ROWS(1) break;
    case 2: CVECTOR_TWO_ROWS(2) break;
    case 3: CVECTOR_TWO_ROWS(3) break;
    case 4: CVECTOR_TWO_ROWS(4) break;
    default: CVECTOR_TWO_ROWS(features) break;
  }
#undef CVECTOR_TWO_ROWS
  for (; row < row_count; row++) {
    const __m512 weight_of_row = _mm512_set1_ps(row_weights[row]);
    __m256 lanes = _mm256_setzero_ps();
    for (size_t i = 0; i < count; i += 16) {
      const __m512 distance =
          cvector_distance(x + i, stride, rows + row * features, features);
      _mm512_storeu_ps(
          to_rows + i,
          _mm512_add_ps(_mm512_loadu_ps(to_rows + i), _mm512_mul_ps(weight_of_row, distance)));
      lanes = cvector_add_halves(lanes, _mm512_mul_ps(_mm512_loadu_ps(weights + i), distance));
    }
    from_rows[row] = cvector_join(lanes);
  }
}

#undef CVECTOR_TARGET

#endif
