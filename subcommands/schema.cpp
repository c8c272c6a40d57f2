// schema: the tables that other systems need for flow records.
#include "clickhouse/schema.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "argus/command.h"
#include "argus/offers.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "clickhouse/dialect.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::string_view kSystem = "clickhouse";
constexpr Nanos kHour = 3600 * kSecond;

class Schema final : public Command {
 public:
  Page page() const override {
    return {"clickhouse [--engine 18|current] [--cluster NAME] [--replicated] [--ttl TIME] [--since N]",
            "Prints the SQL that makes the tables for flow records in ClickHouse. `argus export --create` runs it.",
            {{"argus schema clickhouse", "for every server from 18.16 on"},
             {"argus schema clickhouse --engine current --ttl 90d", "smaller and faster, and records go after 90 days"},
             {"argus schema clickhouse --cluster net --replicated", "for each server of a cluster"},
             {"argus schema clickhouse --since 72", "the columns that a table lacks whose last field is number 72"}},
            "The table `flows` has a column for each stored field, of the field's name: absent is NULL, times are\n"
            "nanoseconds since 1970 UTC, addresses 16 bytes. `stream`, `frame` and `seq` say which record of which\n"
            "stream a row is, so that none is there twice. `flows_loss` is the ledger, `flows_text` a view for people\n"
            "and Grafana, `flows_streams` what came from where; with `--cluster`, `flows_all` is the table over all\n"
            "shards. [ClickHouse](../clickhouse.md) has more."};
  }
  void declare(OptionSet& options) override {
    options.group("what to print");
    options.value("--engine", "NAME", engine_, "for which servers: 18 (18.16 and later) or current (22.8 and later)");
    options.one_of({"18", "current"}), options.common();
    options.value("--cluster", "NAME", cluster_,
                  "also a table over all shards of this cluster of the servers' configuration");
    options.common();
    options.flag("--replicated", replicated_,
                 "tables that servers of a shard keep in step through ZooKeeper or Keeper");
    options.common();
    options.value("--ttl", "TIME", ttl_, parse_duration,
                  "remove records this long after they began: 90d; only --engine current");
    options.common();
    options.value("--since", "N", since_, number_from<std::uint16_t>(1, 65'535, "numbers of fields"),
                  "only the columns of fields behind this number, for a table of an older argus");
    options.common();
    options.words(words_, [](const Words&) { return Candidates{{{std::string(kSystem), "a column store"}}}; });
  }
  Result<Exit> run(Io& io) override {
    if (words_.size() != 1 || words_[0] != kSystem)
      return fail(Errc::usage, "name the system: argus schema clickhouse");
    SchemaOptions options;
    options.dialect = find_dialect(engine_);
    if (options.dialect == nullptr)
      return fail(Errc::usage, "--engine: '{}' is neither 18 nor current", escaped(engine_));
    options.cluster = cluster_, options.replicated = replicated_, options.since = since_;
    const auto plain = [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    for (const char c : cluster_)
      if (!plain(c))
        return fail(Errc::usage, "--cluster: '{}' is not a name of letters, digits and _", escaped(cluster_));
    if (ttl_ != 0 && !options.dialect->codecs)
      return fail(Errc::usage, "--ttl needs --engine current; older servers drop partitions");
    if (ttl_ % kHour != 0) return fail(Errc::usage, "--ttl: give whole hours or days");
    if (ttl_ != 0)
      options.ttl =
          ttl_ % (24 * kHour) == 0 ? fmt::format("{} DAY", ttl_ / (24 * kHour)) : fmt::format("{} HOUR", ttl_ / kHour);
    ARGUS_TRY(io.out.write(schema_text(options)));
    return Exit::done;
  }

 private:
  std::string engine_ = "18", cluster_;
  bool replicated_ = false;
  Nanos ttl_ = 0;
  std::uint16_t since_ = 0;
  std::vector<std::string> words_;
};

}  // namespace

ARGUS_COMMAND(schema, Schema)

}  // namespace argus
