// Requests over HTTP and HTTPS. The only door to libcurl.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace argus {

// How a server is spoken to, the same for all requests.
struct HttpOptions {
  std::vector<std::string> headers;         // "Name: value"
  std::string ca;                           // file of certificates; empty: the system's
  bool compressed = false;                  // answers may come compressed
  Nanos silent_after = 300 * kSecond;       // without a byte in either direction, an exchange is given up
  const std::atomic<bool>* stop = nullptr;  // set: Errc::interrupted soon; may be null
};

// One request and its answer, which is read as it comes. One that is destroyed before its end closes the connection.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  // Waits for the answer to begin: its status, 200 where all is well.
  [[nodiscard]] virtual Result<unsigned> status() = 0;
  // Some bytes of the answer, at least one; 0 at its end. Errc::io where it is cut.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> to) = 0;
  [[nodiscard]] virtual bool done() const = 0;  // it was read to its end
};

// A client keeps its connection for the next request. One exchange at a time.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Sends a POST. `body` lives until its status is known; the client outlives it. Returns once the request is sent,
  // or after a moment. Errors name no server: the caller knows it.
  [[nodiscard]] virtual Result<std::unique_ptr<HttpExchange>> post(const std::string& url, Bytes body) = 0;
};

// Errc::unsupported where the library is not there. Loads it the first time.
[[nodiscard]] Result<std::unique_ptr<HttpClient>> http_client(HttpOptions options);

// Text as a value in a URL.
[[nodiscard]] std::string url_escaped(std::string_view text);

}  // namespace argus
