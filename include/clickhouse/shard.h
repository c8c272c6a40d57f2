// The servers that have one part of the records, spoken to as one.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "clickhouse/dialect.h"
#include "clickhouse/http.h"
#include "clickhouse/native.h"
#include "clickhouse/place.h"

namespace argus {

// An answer in FORMAT Native, read as it comes.
class ShardAnswer {
 public:
  ShardAnswer(std::string server, std::unique_ptr<HttpExchange> exchange);
  ShardAnswer(const ShardAnswer&) = delete;
  ShardAnswer& operator=(const ShardAnswer&) = delete;
  // False at the end. Errors name the server.
  [[nodiscard]] Result<bool> next(NativeBlock& out);
  [[nodiscard]] bool done() const { return exchange_->done(); }
  [[nodiscard]] std::uint64_t bytes() const { return reader_.bytes(); }

 private:
  std::string server_;
  std::unique_ptr<HttpExchange> exchange_;
  NativeReader reader_;
};

// How something is asked beside its SQL.
struct ShardRequest {
  std::string query_id = {};    // by which it can be found and cancelled; empty: the server's own
  std::string parameters = {};  // of the URL, "&name=value", that any user may give
  std::string settings = {};    // the same of settings, which it does without where the user may not set any
};

class ClickHouseShard {
 public:
  // Finds a server that answers. Errors name the servers. `place` outlives it.
  [[nodiscard]] static Result<std::unique_ptr<ClickHouseShard>> connect(const ClickHousePlace& place, std::size_t index,
                                                                        const std::atomic<bool>* stop);

  [[nodiscard]] const Dialect& dialect() const { return *dialect_; }
  // "ch1:8123", of the server that answers now.
  [[nodiscard]] std::string server() const { return servers_[current_].text(); }

  // The whole of a short answer. Another server of the part is asked where one fails. Errors name the server.
  [[nodiscard]] Result<std::string> ask(const std::string& sql, const ShardRequest& request = {});
  // The same of a long one, once it has begun.
  [[nodiscard]] Result<std::unique_ptr<ShardAnswer>> open(const std::string& sql, const ShardRequest& request = {});
  // Sends rows for "INSERT INTO ... FORMAT Native" and does not wait for the answer, which inserted() does. All of
  // them will be in the table, or none; where the answer is lost nobody knows, and no other server is asked.
  [[nodiscard]] Result<std::unique_ptr<HttpExchange>> insert(const std::string& sql, Bytes rows,
                                                             const ShardRequest& request);
  [[nodiscard]] Result<> inserted(HttpExchange& exchange) const;
  // Cancels a query, if it can. Waits but a moment.
  void cancel(const std::string& query_id);

 private:
  ClickHouseShard(const ClickHousePlace& place, std::size_t index, const std::atomic<bool>* stop)
      : place_(place), servers_(place.shards[index]), stop_(stop) {}
  [[nodiscard]] HttpOptions http_options() const;
  [[nodiscard]] Result<> change_server();
  [[nodiscard]] Result<> reach();
  [[nodiscard]] std::string url(const ShardRequest& request, std::string_view sql = {}) const;
  [[nodiscard]] Result<std::unique_ptr<HttpExchange>> begun(const std::string& sql, const ShardRequest& request);
  [[nodiscard]] Result<std::unique_ptr<HttpExchange>> begun_here(const std::string& sql, const ShardRequest& request);

  const ClickHousePlace& place_;
  std::vector<ClickHousePlace::Server> servers_;
  const std::atomic<bool>* stop_;
  std::size_t current_ = 0;
  std::unique_ptr<HttpClient> client_, insert_client_;
  const Dialect* dialect_ = nullptr;
  bool settings_refused_ = false;
};

}  // namespace argus
