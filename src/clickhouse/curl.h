// The curl library as far as argus needs it, looked for when the first URL is named: a build needs nothing of it, and
// a machine without it can do everything else. The declarations and numbers are those of curl 7.66 and later, whose
// binary interface does not change.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace argus {

struct Curl;       // CURL
struct CurlMulti;  // CURLM
struct CurlList;   // struct curl_slist

struct CurlMessage {  // CURLMsg
  int message;
  Curl* easy;
  union {
    void* whatever;
    int result;
  } data;
};

// Numbers of curl.h, under its names without CURL.
namespace curl {
inline constexpr int kOptWriteData = 10001, kOptUrl = 10002, kOptErrorBuffer = 10010, kOptPostFields = 10015,
                     kOptUserAgent = 10018, kOptHttpHeader = 10023, kOptHeaderData = 10029, kOptCaInfo = 10065,
                     kOptAcceptEncoding = 10102, kOptWriteFunction = 20011, kOptHeaderFunction = 20079,
                     kOptPostFieldSize = 30120, kOptPost = 47, kOptBufferSize = 98, kOptNoSignal = 99,
                     kOptTcpNoDelay = 121, kOptConnectTimeoutMs = 156, kOptProtocols = 181, kOptUploadBufferSize = 280;
inline constexpr int kInfoResponseCode = 0x200002, kInfoSizeUpload = 0x600007;
inline constexpr long kProtocolHttp = 1, kProtocolHttps = 2;
inline constexpr long kGlobalAll = 3;
inline constexpr int kDone = 1;  // CURLMSG_DONE
inline constexpr std::size_t kErrorSize = 256;
}  // namespace curl

struct CurlCalls {
  int (*global_init)(long flags) = nullptr;
  Curl* (*easy_init)() = nullptr;
  int (*easy_setopt)(Curl*, int option, ...) = nullptr;
  int (*easy_getinfo)(Curl*, int info, ...) = nullptr;
  const char* (*easy_strerror)(int code) = nullptr;
  void (*easy_cleanup)(Curl*) = nullptr;
  CurlMulti* (*multi_init)() = nullptr;
  int (*multi_add_handle)(CurlMulti*, Curl*) = nullptr;
  int (*multi_remove_handle)(CurlMulti*, Curl*) = nullptr;
  int (*multi_perform)(CurlMulti*, int* running) = nullptr;
  int (*multi_poll)(CurlMulti*, void* extra, unsigned count, int timeout_ms, int* met) = nullptr;
  CurlMessage* (*multi_info_read)(CurlMulti*, int* left) = nullptr;
  int (*multi_cleanup)(CurlMulti*) = nullptr;
  CurlList* (*slist_append)(CurlList*, const char* text) = nullptr;
  void (*slist_free_all)(CurlList*) = nullptr;
};

// Errc::unsupported with the package to install when it is not there. Lives as long as the process.
[[nodiscard]] Result<const CurlCalls*> curl_calls();

}  // namespace argus
