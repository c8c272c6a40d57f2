#include "clickhouse/shard.h"

#include <algorithm>
#include <array>

#include "base/time.h"
#include "clickhouse/server_error.h"

namespace argus {

namespace {

constexpr std::size_t kAnswerMax = 64u << 20, kTroubleMax = 16 * 1024;
constexpr Nanos kCancelWait = 2 * kSecond;
constexpr unsigned kGood = 200, kReadOnly = 164;

Result<std::string> whole_answer(HttpExchange& exchange, std::size_t most) {
  std::string out;
  std::vector<std::byte> piece(64 * 1024);
  while (out.size() < most) {
    ARGUS_TRY_LET(const std::size_t n, exchange.read(piece));
    if (n == 0) return out;
    out.append(reinterpret_cast<const char*>(piece.data()), std::min(n, most - out.size()));
  }
  return out;
}

Error refused(unsigned status, const std::string& text) {
  if (server_error_code(text) != 0) return server_error(text);
  return fail(Errc::io, "it answers with HTTP status {}; is it a ClickHouse server's port for HTTP?", status);
}

// Another server may do better.
bool may_move(const Error& error) {
  return error.code != Errc::interrupted && error.code != Errc::denied && error.code != Errc::unsupported;
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

ShardAnswer::ShardAnswer(std::string server, std::unique_ptr<HttpExchange> exchange)
    : server_(std::move(server)),
      exchange_(std::move(exchange)),
      reader_([this](std::span<std::byte> to) { return exchange_->read(to); }) {}

Result<bool> ShardAnswer::next(NativeBlock& out) {
  auto some = reader_.next(out);
  if (!some) return while_doing(server_, std::move(some.error()));
  return some;
}

std::string ClickHouseShard::url(const ShardRequest& request, std::string_view sql) const {
  std::string out =
      fmt::format("{}://{}/?database={}", place_.tls ? "https" : "http", server(), url_escaped(place_.database));
  if (!request.query_id.empty()) out += "&query_id=" + url_escaped(request.query_id);
  out += request.parameters;
  if (!settings_refused_) out += request.settings;
  if (!sql.empty()) out += "&query=" + url_escaped(sql);
  return out;
}

HttpOptions ClickHouseShard::http_options() const {
  HttpOptions options;
  if (!place_.user.empty()) options.headers.push_back("X-ClickHouse-User: " + place_.user);
  if (!place_.password.empty()) options.headers.push_back("X-ClickHouse-Key: " + place_.password);
  options.ca = place_.ca;
  options.silent_after = place_.silent_after;
  options.compressed = !is_loopback(servers_[current_].host);
  options.stop = stop_;
  return options;
}

Result<> ClickHouseShard::reach() {
  ARGUS_TRY_LET(client_, http_client(http_options()));
  ARGUS_TRY_LET(insert_client_, http_client(http_options()));
  const std::string sql = "SELECT version()";
  auto exchange = begun_here(sql, {});
  if (!exchange) return while_doing(server(), std::move(exchange.error()));
  auto version = whole_answer(**exchange, kTroubleMax);
  if (!version) return while_doing(server(), std::move(version.error()));
  dialect_ = &dialect_of_version(*version);
  return {};
}

Result<> ClickHouseShard::change_server() {
  current_ = (current_ + 1) % servers_.size();
  return reach();
}

Result<std::unique_ptr<ClickHouseShard>> ClickHouseShard::connect(const ClickHousePlace& place, std::size_t index,
                                                                  const std::atomic<bool>* stop) {
  std::unique_ptr<ClickHouseShard> out(new ClickHouseShard(place, index, stop));
  Result<> done = out->reach();
  std::string others;
  for (std::size_t tried = 1; !done && may_move(done.error()) && tried < out->servers_.size(); tried++) {
    auto next = out->change_server();
    if (next) return out;
    others += "; " + next.error().text;
  }
  if (!done) done.error().text += others;
  if (!done) return std::move(done.error());
  return out;
}

Result<std::unique_ptr<HttpExchange>> ClickHouseShard::begun_here(const std::string& sql, const ShardRequest& request) {
  for (;;) {
    ARGUS_TRY_LET(std::unique_ptr<HttpExchange> exchange, client_->post(url(request), std::as_bytes(std::span(sql))));
    ARGUS_TRY_LET(const unsigned status, exchange->status());
    if (status == kGood) return exchange;
    ARGUS_TRY_LET(const std::string text, whole_answer(*exchange, kTroubleMax));
    const bool of_settings = server_error_code(text) == kReadOnly && !request.settings.empty() && !settings_refused_;
    if (!of_settings) return refused(status, text);
    settings_refused_ = true;
  }
}

Result<std::unique_ptr<HttpExchange>> ClickHouseShard::begun(const std::string& sql, const ShardRequest& request) {
  for (std::size_t tried = 1;; tried++) {
    auto exchange = begun_here(sql, request);
    if (exchange) return exchange;
    Error error = while_doing(server(), std::move(exchange.error()));
    if (!may_move(error) || tried >= servers_.size() || !change_server()) return error;
  }
}

Result<std::string> ClickHouseShard::ask(const std::string& sql, const ShardRequest& request) {
  ARGUS_TRY_LET(const std::unique_ptr<HttpExchange> exchange, begun(sql, request));
  auto text = whole_answer(*exchange, kAnswerMax);
  if (!text) return while_doing(server(), std::move(text.error()));
  if (text->starts_with("Code: ")) return while_doing(server(), server_error(*text));
  return text;
}

Result<std::unique_ptr<ShardAnswer>> ClickHouseShard::open(const std::string& sql, const ShardRequest& request) {
  ARGUS_TRY_LET(std::unique_ptr<HttpExchange> exchange, begun(sql, request));
  return std::make_unique<ShardAnswer>(server(), std::move(exchange));
}

Result<std::unique_ptr<HttpExchange>> ClickHouseShard::insert(const std::string& sql, Bytes rows,
                                                              const ShardRequest& request) {
  auto exchange = insert_client_->post(url(request, sql), rows);
  if (!exchange) return while_doing(server(), std::move(exchange.error()));
  return exchange;
}

Result<> ClickHouseShard::inserted(HttpExchange& exchange) const {
  const auto run = [&]() -> Result<> {
    ARGUS_TRY_LET(const unsigned status, exchange.status());
    ARGUS_TRY_LET(const std::string text, whole_answer(exchange, kTroubleMax));
    if (status != kGood) return refused(status, text);
    return {};
  };
  auto done = run();
  if (!done) return while_doing(server(), std::move(done.error()));
  return {};
}

void ClickHouseShard::cancel(const std::string& query_id) {
  HttpOptions options = http_options();
  options.silent_after = kCancelWait, options.stop = nullptr;
  auto client = http_client(std::move(options));
  if (!client) return;
  const std::string sql = fmt::format("KILL QUERY WHERE query_id = '{}' ASYNC", query_id);
  auto exchange = (*client)->post(url({}), std::as_bytes(std::span(sql)));
  if (exchange) (void)(*exchange)->status();
}

}  // namespace argus
