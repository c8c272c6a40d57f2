// Where records are in ClickHouse: the servers, the database and the table, as a URL names them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace argus {

// clickhouse://[USER@]HOST[:PORT][+REPLICA...][,SHARD...]/DATABASE[?name=value&...], and clickhouses:// over TLS. A
// comma stands between shards, each with a part of the records, a plus between servers that have the same part.
// Behind the question mark:
//   table=NAME          flows
//   password-file=FILE  its first line; else the variable ARGUS_CLICKHOUSE_PASSWORD, else none
//   ca=FILE             certificates that a server's may be signed by, in the place of the system's
//   timeout=SECONDS     300: after as much silence a server is given up
struct ClickHousePlace {
  struct Server {
    std::string host;  // without brackets
    std::uint16_t port = 0;
    [[nodiscard]] std::string text() const;  // "ch1:8123", "[::1]:8123"
    friend bool operator==(const Server&, const Server&) = default;
  };
  bool tls = false;
  std::string user, password;
  std::vector<std::vector<Server>> shards;  // of each its replicas, in the order in which they are asked
  std::string database, table = "flows";
  std::string ca;
  Nanos silent_after = 300 * kSecond;

  [[nodiscard]] std::string describe() const;  // "ch1:8123/net", for people
};

[[nodiscard]] bool is_clickhouse_url(std::string_view text);
// Reads the file of the password, where one is named. Usage errors, which never show a password.
[[nodiscard]] Result<ClickHousePlace> parse_clickhouse_url(std::string_view text);

}  // namespace argus
