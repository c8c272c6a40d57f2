#include "clickhouse/schema.h"

#include <fmt/format.h>

#include <string_view>

#include "flow/field.h"
#include "flow/type.h"

namespace argus {

namespace {

// Seconds since 1970 that a DateTime can hold; times outside it stand at its ends.
constexpr std::string_view kSeconds =
    "toDateTime(least(greatest(intDiv(ifNull(stime, 0), 1000000000), 0), 4294967295), 'UTC')";

std::string_view codec_of(const FieldInfo& field) {
  if (field.type == Type::i64) return " CODEC(Delta, ZSTD(1))";
  const bool whole =
      field.type == Type::u8 || field.type == Type::u16 || field.type == Type::u32 || field.type == Type::u64;
  return field.merge == Merge::sum && whole ? " CODEC(T64, ZSTD(1))" : " CODEC(ZSTD(1))";
}

std::string column(const FieldInfo& field, const Dialect& dialect) {
  return fmt::format("`{}` {}{}", field.name, column_type(field.field, dialect), dialect.codecs ? codec_of(field) : "");
}

std::string origin_columns(const Dialect& dialect) {
  std::string out;
  const std::string_view codec = dialect.codecs ? " CODEC(Delta, ZSTD(1))" : "";
  for (const std::string_view name : {kStreamColumn, kSeqColumn, kFrameColumn})
    out += fmt::format("  {} UInt64{},\n", name, codec);
  return out;
}

std::string field_columns(const Dialect& dialect) {
  std::string out;
  for (const Field field : FieldSet::all_stored().list()) out += fmt::format("  {},\n", column(info(field), dialect));
  return out;
}

// What lets a server pass over pieces of a table: single addresses and ports, and the ends of records.
std::string indexes(const Dialect& dialect) {
  if (!dialect.codecs) return {};
  std::string out;
  for (const std::string_view name : {"saddr", "daddr", "sport", "dport"})
    out += fmt::format(",\n  INDEX {0}_members {0} TYPE bloom_filter(0.01) GRANULARITY 1", name);
  return out + ",\n  INDEX ltime_range ltime TYPE minmax GRANULARITY 1";
}

std::string engine(const SchemaOptions& options, std::string_view kind, const std::string& table) {
  if (!options.replicated) return fmt::format("{}MergeTree", kind);
  return fmt::format("Replicated{}MergeTree('/clickhouse/tables/{{shard}}/argus/{}', '{{replica}}')", kind, table);
}

std::string flows_table(const SchemaOptions& options) {
  const Dialect& dialect = *options.dialect;
  std::string out =
      fmt::format("CREATE TABLE IF NOT EXISTS {}\n(\n{}{}  ts DateTime('UTC') MATERIALIZED {}{}\n)\n", options.table,
                  origin_columns(dialect), field_columns(dialect), kSeconds, indexes(dialect));
  out += fmt::format("ENGINE = {} PARTITION BY toYYYYMMDD(ts) ORDER BY (ts, stream, seq)",
                     engine(options, "", options.table));
  if (!options.ttl.empty()) out += fmt::format("\nTTL ts + INTERVAL {}", options.ttl);
  if (dialect.codecs)
    out += fmt::format("\nSETTINGS non_replicated_deduplication_window = 1000{}",
                       options.ttl.empty() ? "" : ", ttl_only_drop_parts = 1");
  return out;
}

std::string loss_table(const SchemaOptions& options) {
  const std::string table = options.table + "_loss";
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {}\n(\n"
      "  stream UInt64,\n  number UInt64,\n  sensor String,\n  item UInt8,\n  name String,\n"
      "  begin Int64,\n  end Int64,\n  count UInt64\n)\nENGINE = {} ORDER BY (stream, number)",
      table, engine(options, "Replacing", table));
}

std::string all_shards(const SchemaOptions& options) {
  std::string columns = origin_columns(*find_dialect("18"));
  for (const Field field : FieldSet::all_stored().list())
    columns += fmt::format("  `{}` {},\n", info(field).name, column_type(field, *options.dialect));
  return fmt::format(
      "CREATE TABLE IF NOT EXISTS {0}_all\n(\n{1}  ts DateTime('UTC') ALIAS {2}\n)\n"
      "ENGINE = Distributed({3}, currentDatabase(), {0}, "
      "stream + frame)",
      options.table, columns, kSeconds, options.cluster);
}

// An address of 16 bytes as people write it.
std::string shown_address(std::string_view name) {
  return fmt::format("replaceOne(IPv6NumToString({0}), '::ffff:', '') AS {0}", name);
}

// For people, Grafana and other programs: addresses as text, times as seconds, sums of both directions.
std::string text_view(const SchemaOptions& options) {
  const std::string from = options.cluster.empty() ? options.table : options.table + "_all";
  std::string out = fmt::format(
      "CREATE VIEW IF NOT EXISTS {}_text AS\nSELECT\n  ts AS time,\n  intDiv(stime, 1000000) AS start_ms,\n"
      "  intDiv(ltime, 1000000) AS last_ms,\n",
      options.table);
  for (const std::string_view name : {"saddr", "daddr"}) out += fmt::format("  {},\n", shown_address(name));
  for (const std::string_view name :
       {"srcid", "proto", "sport", "dport", "trans", "spkts", "dpkts", "sbytes", "dbytes"})
    out += fmt::format("  {},\n", name);
  out += "  ifNull(spkts, 0) + ifNull(dpkts, 0) AS pkts,\n  ifNull(sbytes, 0) + ifNull(dbytes, 0) AS bytes\n";
  return out + "FROM " + from;
}

std::string streams_view(const SchemaOptions& options) {
  const std::string from = options.cluster.empty() ? options.table : options.table + "_all";
  return fmt::format(
      "CREATE VIEW IF NOT EXISTS {}_streams AS\n"
      "SELECT\n  stream,\n  min(ts) AS first,\n  max(ts) AS last,\n  count() AS records,\n"
      "  uniqExact(frame) AS frames\nFROM {}\nGROUP BY stream",
      options.table, from);
}

std::vector<std::string> added_columns(const SchemaOptions& options, const std::string& table, bool codecs) {
  Dialect dialect = *options.dialect;
  dialect.codecs &= codecs;
  std::vector<std::string> out;
  for (const Field field : FieldSet::all_stored().list())
    if (info(field).wire > options.since)
      out.push_back(fmt::format("ALTER TABLE {} ADD COLUMN {}{}", table, dialect.codecs ? "IF NOT EXISTS " : "",
                                column(info(field), dialect)));
  return out;
}

}  // namespace

std::vector<std::string> schema_statements(const SchemaOptions& options) {
  if (options.since != 0) {
    std::vector<std::string> out = added_columns(options, options.table, true);
    if (options.cluster.empty()) return out;
    for (std::string& statement : added_columns(options, options.table + "_all", false))
      out.push_back(std::move(statement));
    return out;
  }
  std::vector<std::string> out = {flows_table(options), loss_table(options)};
  if (!options.cluster.empty()) out.push_back(all_shards(options));
  out.push_back(text_view(options));
  out.push_back(streams_view(options));
  return out;
}

std::string schema_text(const SchemaOptions& options) {
  std::string out = fmt::format(
      "-- Flow records, for {}. Absent is NULL; times are nanoseconds since 1970 UTC;\n"
      "-- addresses are 16 bytes, IPv4 as ::ffff:a.b.c.d and MAC as ::fffe:....\n",
      options.dialect->says);
  if (!options.cluster.empty()) out += "-- Run these on every server of the cluster.\n";
  for (const std::string& statement : schema_statements(options)) out += "\n" + statement + ";\n";
  return out;
}

}  // namespace argus
