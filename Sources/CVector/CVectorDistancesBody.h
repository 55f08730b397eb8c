// The loops of CVectorDistances.h for one kind of number and register, named by the macros that it
// sets before each inclusion and this file forgets at its end. Hence no guard against a second one.

/// Squared distances from `vectors` registers full of points to one centroid.
CVECTOR_TARGET static inline __attribute__((always_inline)) void CVECTOR_NAME(cvector_squares)(
    const V *held, const CVECTOR_REAL *x, size_t stride, size_t features, size_t vectors,
    const CVECTOR_REAL *center, V *sums) {
#pragma clang fp contract(off)
  const V first = V_SET(center[0]);
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    const V p = V_SUB(held ? held[v] : V_LOAD(x + v * CVECTOR_LANES), first);
    sums[v] = V_MUL(p, p);
  }
#pragma clang loop unroll(full)
  for (size_t f = 1; f < features; f++) {
    const V c = V_SET(center[f]);
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      const V p =
          V_SUB(held ? held[f * vectors + v] : V_LOAD(x + f * stride + v * CVECTOR_LANES), c);
      sums[v] = V_ADD(sums[v], V_MUL(p, p));
    }
  }
}

/// Nearest and perhaps second nearest centroid for `vectors` registers full of points.
///
/// `second` may be null. With `holds`, the coordinates are read once and stay in registers.
CVECTOR_TARGET static inline __attribute__((always_inline)) void CVECTOR_NAME(cvector_points)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t vectors, int holds,
    const CVECTOR_REAL *centroids, size_t clusters, CVECTOR_REAL *nearest, CVECTOR_REAL *second,
    CVECTOR_LABEL *labels) {
  V held[32];
  V sums[4], best[4], next[4];
  I found[4];
  if (holds)
#pragma clang loop unroll(full)
    for (size_t f = 0; f < features; f++)
#pragma clang loop unroll(full)
      for (size_t v = 0; v < vectors; v++)
        held[f * vectors + v] = V_LOAD(x + f * stride + v * CVECTOR_LANES);
  CVECTOR_NAME(cvector_squares)(
      holds ? held : 0, x, stride, features, vectors, centroids, best);
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    next[v] = V_SET((CVECTOR_REAL)__builtin_inff());
    found[v] = I_SET(0);
  }
#pragma clang loop unroll(disable)
  for (size_t cluster = 1; cluster < clusters; cluster++) {
    centroids += features;
    CVECTOR_NAME(cvector_squares)(
        holds ? held : 0, x, stride, features, vectors, centroids, sums);
    const I index = I_SET((CVECTOR_LABEL)cluster);
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      found[v] = I_IF_LESS(sums[v], best[v], index, found[v]);
      if (second) next[v] = V_MIN(next[v], V_MAX(sums[v], best[v]));
      best[v] = V_MIN(best[v], sums[v]);
    }
  }
#pragma clang loop unroll(full)
  for (size_t v = 0; v < vectors; v++) {
    V_STORE(nearest + v * CVECTOR_LANES, best[v]);
    if (second) V_STORE(second + v * CVECTOR_LANES, next[v]);
    I_STORE(labels + v * CVECTOR_LANES, found[v]);
  }
}

/// As many points as there are: whole registers, the last of which may do some of them again.
CVECTOR_TARGET static inline __attribute__((always_inline)) void CVECTOR_NAME(cvector_block)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t vectors, int holds, size_t count,
    const CVECTOR_REAL *centroids, size_t clusters, CVECTOR_REAL *nearest, CVECTOR_REAL *second,
    CVECTOR_LABEL *labels) {
  const size_t step = vectors * CVECTOR_LANES;
  size_t i = 0;
  for (; i + step <= count; i += step)
    CVECTOR_NAME(cvector_points)(
        x + i, stride, features, vectors, holds, centroids, clusters, nearest + i,
        second ? second + i : 0, labels + i);
  for (; i < count; i += CVECTOR_LANES) {
    if (i + CVECTOR_LANES > count) i = count - CVECTOR_LANES;
    CVECTOR_NAME(cvector_points)(
        x + i, stride, features, 1, holds, centroids, clusters, nearest + i,
        second ? second + i : 0, labels + i);
  }
}

/// How many registers full of points are worked on side by side when each point takes `features`
/// of them: what is left over holds distances, labels and a centroid.
#define CVECTOR_SIDE(features)                                                                     \
  ((features) * 4 <= CVECTOR_REGISTERS - 20 ? 4 : (features) * 2 <= CVECTOR_REGISTERS - 10 ? 2 : 1)
#define CVECTOR_CASE(features)                                                                     \
  case features:                                                                                   \
    CVECTOR_NAME(cvector_block)(                                                                   \
        x, stride, features, CVECTOR_SIDE(features), 1, count, centroids, clusters, nearest,       \
        second, labels);                                                                           \
    break;

/// Nearest and perhaps second nearest centroids of `count` points, at least a register full.
CVECTOR_TARGET static inline __attribute__((always_inline)) void CVECTOR_NAME(cvector_any)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t count,
    const CVECTOR_REAL *centroids, size_t clusters, CVECTOR_REAL *nearest, CVECTOR_REAL *second,
    CVECTOR_LABEL *labels) {
  switch (features) {
    CVECTOR_CASE(1)
    CVECTOR_CASE(2)
    CVECTOR_CASE(3)
    CVECTOR_CASE(4)
    CVECTOR_CASE(5)
    CVECTOR_CASE(6)
    CVECTOR_CASE(7)
    CVECTOR_CASE(8)
  default:
    CVECTOR_NAME(cvector_block)(
        x, stride, features, 2, 0, count, centroids, clusters, nearest, second, labels);
  }
}

/// As `Kernels.assign` for at least a register full of points.
CVECTOR_TARGET static inline void CVECTOR_NAME(cvector_assign)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t count,
    const CVECTOR_REAL *centroids, size_t clusters, CVECTOR_REAL *nearest,
    CVECTOR_LABEL *labels) {
  CVECTOR_NAME(cvector_any)(
      x, stride, features, count, centroids, clusters, nearest, 0, labels);
}

/// As `Kernels.assignWithSecond` for at least a register full of points.
CVECTOR_TARGET static inline void CVECTOR_NAME(cvector_assign_with_second)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t count,
    const CVECTOR_REAL *centroids, size_t clusters, CVECTOR_REAL *nearest, CVECTOR_REAL *second,
    CVECTOR_LABEL *labels) {
  CVECTOR_NAME(cvector_any)(
      x, stride, features, count, centroids, clusters, nearest, second, labels);
}

/// As `Kernels.squaredDistances` for at least a register full of points.
CVECTOR_TARGET static inline void CVECTOR_NAME(cvector_squared_distances)(
    const CVECTOR_REAL *x, size_t stride, size_t features, size_t count,
    const CVECTOR_REAL *center, CVECTOR_REAL *squared) {
  for (size_t i = 0; i < count; i += CVECTOR_LANES) {
    if (i + CVECTOR_LANES > count) i = count - CVECTOR_LANES;
    V sum;
    CVECTOR_NAME(cvector_squares)(0, x + i, stride, features, 1, center, &sum);
    V_STORE(squared + i, sum);
  }
}

/// As `Kernels.margins` for at least a register full of points.
CVECTOR_TARGET static inline void CVECTOR_NAME(cvector_margins)(
    const CVECTOR_REAL *nearest, const CVECTOR_REAL *second, size_t count, CVECTOR_REAL *margins) {
  for (size_t i = 0; i < count; i += CVECTOR_LANES) {
    if (i + CVECTOR_LANES > count) i = count - CVECTOR_LANES;
    V_STORE(margins + i, V_SUB(V_ROOT(V_LOAD(second + i)), V_ROOT(V_LOAD(nearest + i))));
  }
}

#undef CVECTOR_CASE
#undef CVECTOR_SIDE
#undef CVECTOR_NAME
#undef CVECTOR_TARGET
#undef CVECTOR_REAL
#undef CVECTOR_LABEL
#undef CVECTOR_LANES
#undef CVECTOR_REGISTERS
#undef V
#undef I
#undef V_SET
#undef V_LOAD
#undef V_STORE
#undef V_SUB
#undef V_ADD
#undef V_MUL
#undef V_MIN
#undef V_MAX
#undef V_ROOT
#undef I_SET
#undef I_STORE
#undef I_IF_LESS
