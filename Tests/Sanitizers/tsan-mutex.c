// Makes Swift's Mutex visible to the thread sanitizer on Linux.
//
// A Mutex that is free is taken by code inlined into its user, which the sanitizer sees. One that is held is
// waited for inside the standard library, which is not built for the sanitizer: it takes every access that
// follows for a race. These two stand in front of the library's own functions, by their mangled names, and
// tell it of the wait. Tests/run loads them ahead of the library (LD_PRELOAD).

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// _MutexHandle._lockSlow(_: UInt32) and _MutexHandle._unlockSlow(), Swift 6.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Absent in the processes that are loaded with this and not built for the sanitizer.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef SWIFT void LockSlow(uint32_t thread, SELF void *handle);
typedef SWIFT void UnlockSlow(SELF void *handle);

static LockSlow *library_lock_slow;
static UnlockSlow *library_unlock_slow;

__attribute__((constructor)) static void find_library_functions(void) {
  library_lock_slow = (LockSlow *)dlsym(RTLD_NEXT, LOCK_SLOW);
  library_unlock_slow = (UnlockSlow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

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
