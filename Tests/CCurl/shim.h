// libcurl as Swift can call it: its variadic setters and getters, one plain function a type of value.

#ifndef SEGMENTD_CCURL_SHIM_H
#define SEGMENTD_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*segmentd_curl_data)(char *, size_t, size_t, void *);

static inline CURLcode segmentd_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode segmentd_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

// Strings, lists, multipart bodies and whatever else libcurl takes as a pointer to an object.
static inline CURLcode segmentd_curl_set_pointer(CURL *handle, CURLoption option,
                                                 const void *value) {
  return curl_easy_setopt(handle, option, value);
}

// The callbacks for body and header bytes, in either direction.
static inline CURLcode segmentd_curl_set_data(CURL *handle, CURLoption option,
                                              segmentd_curl_data callback) {
  return curl_easy_setopt(handle, option, callback);
}

static inline CURLcode segmentd_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode segmentd_curl_get_size(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode segmentd_curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode segmentd_curl_multi_set_long(CURLM *multi, CURLMoption option,
                                                     long value) {
  return curl_multi_setopt(multi, option, value);
}

#endif
