#include "clickhouse/http.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "clickhouse/curl.h"

namespace argus {

namespace {

constexpr long kConnectMs = 10'000;
constexpr long kBufferSize = 128 * 1024, kUploadSize = 512 * 1024;
constexpr int kPollMs = 100;
constexpr Nanos kSendAhead = kSecond;  // that post() waits for its request to be on its way

// What curl's number means to somebody who waits.
struct Trouble {
  int code;
  Errc kind;
  std::string_view says;
};
constexpr auto kTroubles = std::to_array<Trouble>({
    {5, Errc::io, "the proxy's name is unknown"},
    {6, Errc::io, "the host's name is unknown"},
    {7, Errc::io, "it cannot be reached"},
    {18, Errc::io, "the connection broke in the middle of the answer"},
    {28, Errc::io, "it does not answer in time"},
    {35, Errc::io, "TLS could not be agreed on; is this the port for HTTPS?"},
    {52, Errc::io, "it closed the connection without an answer"},
    {55, Errc::io, "the connection broke"},
    {56, Errc::io, "the connection broke"},
    {60, Errc::denied, "its certificate is not one that this machine trusts; name the right one with ?ca=FILE"},
    {77, Errc::io, "the file of certificates cannot be read"},
});

class CurlClient;

class CurlExchange final : public HttpExchange {
 public:
  CurlExchange(const CurlCalls& calls, CurlMulti* multi, const HttpOptions& options)
      : calls_(calls), multi_(multi), options_(options) {}
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;
  ~CurlExchange() override {
    if (easy_ != nullptr) {
      if (added_) calls_.multi_remove_handle(multi_, easy_);
      calls_.easy_cleanup(easy_);
    }
    calls_.slist_free_all(headers_);
  }

  Result<> begin(const std::string& url, Bytes body) {
    easy_ = calls_.easy_init();
    if (easy_ == nullptr) return fail(Errc::io, "no memory for a connection");
    for (const std::string& one : options_.headers) headers_ = calls_.slist_append(headers_, one.c_str());
    headers_ = calls_.slist_append(headers_, "Expect:");  // a body is sent at once
    const auto set = [&](int option, auto value) { (void)calls_.easy_setopt(easy_, option, value); };
    set(curl::kOptUrl, url.c_str());
    set(curl::kOptProtocols, curl::kProtocolHttp | curl::kProtocolHttps);
    set(curl::kOptPost, 1L);
    set(curl::kOptPostFields, reinterpret_cast<const char*>(body.data()));
    set(curl::kOptPostFieldSize, static_cast<std::int64_t>(body.size()));
    set(curl::kOptHttpHeader, headers_);
    set(curl::kOptUserAgent, "argus");
    set(curl::kOptNoSignal, 1L);
    set(curl::kOptTcpNoDelay, 1L);
    set(curl::kOptConnectTimeoutMs, kConnectMs);
    set(curl::kOptBufferSize, kBufferSize);
    set(curl::kOptUploadBufferSize, kUploadSize);
    set(curl::kOptErrorBuffer, said_.data());
    set(curl::kOptWriteFunction, &CurlExchange::on_bytes);
    set(curl::kOptWriteData, static_cast<void*>(this));
    set(curl::kOptHeaderFunction, &CurlExchange::on_header);
    set(curl::kOptHeaderData, static_cast<void*>(this));
    if (!options_.ca.empty()) set(curl::kOptCaInfo, options_.ca.c_str());
    if (options_.compressed) set(curl::kOptAcceptEncoding, "");
    if (calls_.multi_add_handle(multi_, easy_) != 0) return fail(Errc::io, "the connection could not be begun");
    added_ = true;
    active_ = steady_now();
    const Nanos until = active_ + kSendAhead;
    while (!ended_ && uploaded() < static_cast<std::int64_t>(body.size()) && steady_now() < until) ARGUS_TRY(step());
    return {};
  }

  Result<unsigned> status() override {
    while (!ended_ && held_.empty()) ARGUS_TRY(step());
    if (result_ != 0 && held_.empty()) return trouble();
    long code = 0;
    (void)calls_.easy_getinfo(easy_, curl::kInfoResponseCode, &code);
    return static_cast<unsigned>(code);
  }

  Result<std::size_t> read(std::span<std::byte> to) override {
    while (!ended_ && at_ == held_.size()) ARGUS_TRY(step());
    if (at_ == held_.size()) {
      if (result_ != 0) return trouble();
      return std::size_t{0};
    }
    const std::size_t n = std::min(to.size(), held_.size() - at_);
    std::memcpy(to.data(), held_.data() + at_, n);
    at_ += n;
    if (at_ == held_.size()) held_.clear(), at_ = 0;
    return n;
  }
  bool done() const override { return ended_ && at_ == held_.size(); }

 private:
  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& own = *static_cast<CurlExchange*>(self);
    const auto* first = reinterpret_cast<const std::byte*>(bytes);
    own.held_.insert(own.held_.end(), first, first + size * count);
    own.active_ = steady_now();
    return size * count;
  }
  static std::size_t on_header(char*, std::size_t size, std::size_t count, void* self) {
    static_cast<CurlExchange*>(self)->active_ = steady_now();
    return size * count;
  }
  [[nodiscard]] std::int64_t uploaded() {
    std::int64_t out = 0;
    (void)calls_.easy_getinfo(easy_, curl::kInfoSizeUpload, &out);
    if (out != uploaded_) active_ = steady_now();
    return uploaded_ = out;
  }
  // Goes on until something happened, or a moment passed.
  Result<> step() {
    if (options_.stop != nullptr && *options_.stop) return fail(Errc::interrupted, "interrupted");
    int running = 0, left = 0;
    if (calls_.multi_perform(multi_, &running) != 0) return fail(Errc::io, "the connection failed");
    while (const CurlMessage* message = calls_.multi_info_read(multi_, &left))
      if (message->message == curl::kDone && message->easy == easy_) ended_ = true, result_ = message->data.result;
    if (ended_ || !held_.empty()) return {};
    (void)uploaded();
    if (steady_now() - active_ > options_.silent_after)
      return fail(Errc::io, "no answer for {} s", options_.silent_after / kSecond);
    (void)calls_.multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    return {};
  }
  [[nodiscard]] Error trouble() const {
    for (const Trouble& one : kTroubles)
      if (one.code == result_) return fail(one.kind, "{}", one.says);
    const std::string said = said_[0] != '\0' ? said_.data() : calls_.easy_strerror(result_);
    return fail(Errc::io, "{}", escaped(said));
  }

  const CurlCalls& calls_;
  CurlMulti* multi_;
  const HttpOptions& options_;
  Curl* easy_ = nullptr;
  CurlList* headers_ = nullptr;
  std::array<char, curl::kErrorSize> said_{};
  std::vector<std::byte> held_;
  std::size_t at_ = 0;
  Nanos active_ = 0;
  std::int64_t uploaded_ = 0;
  bool added_ = false, ended_ = false;
  int result_ = 0;
};

class CurlClient final : public HttpClient {
 public:
  CurlClient(const CurlCalls& calls, HttpOptions options)
      : calls_(calls), options_(std::move(options)), multi_(calls.multi_init()) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override {
    if (multi_ != nullptr) calls_.multi_cleanup(multi_);
  }
  Result<std::unique_ptr<HttpExchange>> post(const std::string& url, Bytes body) override {
    if (multi_ == nullptr) return fail(Errc::io, "no memory for a connection");
    auto out = std::make_unique<CurlExchange>(calls_, multi_, options_);
    ARGUS_TRY(out->begin(url, body));
    return std::unique_ptr<HttpExchange>(std::move(out));
  }

 private:
  const CurlCalls& calls_;
  HttpOptions options_;
  CurlMulti* multi_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> http_client(HttpOptions options) {
  ARGUS_TRY_LET(const CurlCalls* calls, curl_calls());
  return std::unique_ptr<HttpClient>(std::make_unique<CurlClient>(*calls, std::move(options)));
}

std::string url_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
    if (plain) out += c;
    else out += {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  }
  return out;
}

}  // namespace argus
