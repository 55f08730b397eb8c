// Makes what Swift's runtime does between threads visible to the thread sanitizer on Linux, where the
// runtime itself is not built for it. Tests/run loads this ahead of the runtime (LD_PRELOAD); the functions
// below stand in front of the runtime's own, by their names, and tell the sanitizer what they did.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Absent in the processes that are loaded with this and not built for the sanitizer.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

// --- Mutex -----------------------------------------------------------------------------------------------
//
// A Mutex that is free is taken by code inlined into its user, which the sanitizer sees. One that is held is
// waited for inside the standard library: the sanitizer takes every access that follows for a race.

// _MutexHandle._lockSlow(_: UInt32) and _MutexHandle._unlockSlow(), Swift 6.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void LockSlow(uint32_t thread, SELF void *handle);
typedef SWIFT void UnlockSlow(SELF void *handle);

static LockSlow *library_lock_slow;
static UnlockSlow *library_unlock_slow;

SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
  library_lock_slow(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);
SWIFT void unlock_slow(SELF void *handle) {
  if (__tsan_release) __tsan_release(handle);
  library_unlock_slow(handle);
}

// --- Reference counts ------------------------------------------------------------------------------------
//
// An array that two threads hold is only read; who finds that the other has let go of it may write in place.
// That orders the other's reads before this one's writes: releasing is a release, finding oneself the only
// owner an acquire (the runtime's RefCount.h). Objects with one owner are left out, which costs least.

typedef void Release(void *object);
typedef bool IsUnique(void *object);
typedef size_t RetainCount(void *object);

static Release *library_release;
static IsUnique *library_is_unique;
static RetainCount *library_retain_count;

static void find_library_functions(void);

void swift_release(void *object) {
  // Other libraries begin before this one does.
  if (!library_release) find_library_functions();
  if (__tsan_release && object && library_retain_count(object) > 1) __tsan_release(object);
  library_release(object);
}

bool swift_isUniquelyReferenced_nonNull_native(void *object) {
  if (!library_is_unique) find_library_functions();
  bool is_unique = library_is_unique(object);
  if (__tsan_acquire && is_unique) __tsan_acquire(object);
  return is_unique;
}

__attribute__((constructor)) static void find_library_functions(void) {
  library_lock_slow = (LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW);
  library_unlock_slow = (UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
  library_release = (Release *)dlsym(RTLD_NEXT, "swift_release");
  library_is_unique = (IsUnique *)dlsym(RTLD_NEXT, "swift_isUniquelyReferenced_nonNull_native");
  library_retain_count = (RetainCount *)dlsym(RTLD_NEXT, "swift_retainCount");
}
