#include "clickhouse/rows_writer.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_set>

#include "base/text.h"
#include "clickhouse/schema.h"
#include "clickhouse/table.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/notice.h"

namespace argus {

namespace {

constexpr Nanos kWaitFirst = kSecond, kWaitMost = 30 * kSecond, kStopSeen = 100 * kMillisecond;
constexpr std::string_view kQueryPrefix = "argus-export";

bool may_pass(const Error& error) { return error.code == Errc::io || error.code == Errc::turned_away; }

// Seconds as the column ts has them.
std::int64_t seconds_of(const Batch& batch, std::size_t row) {
  const Column& column = batch[Field::stime];
  const std::int64_t time = column.has(row) ? column.at<std::int64_t>(row) / kSecond : 0;
  return std::clamp<std::int64_t>(time, 0, UINT32_MAX);
}

// Which rows of a piece are meant, as both sides can compute it.
struct Signature {
  std::uint64_t count = 0, sum = 0, squares = 0;
  friend bool operator==(const Signature&, const Signature&) = default;
};
Signature signature_of(const OriginRows& piece) {
  Signature out{piece.seq.size()};
  for (const std::uint64_t seq : piece.seq) out.sum += seq, out.squares += seq * seq;
  return out;
}

// A condition that all rows of the pieces satisfy, and few others.
std::string condition_of(std::span<const OriginRows> pieces) {
  std::int64_t first = UINT32_MAX, last = 0;
  std::vector<std::string> streams;
  for (const OriginRows& piece : pieces) {
    for (std::size_t i = 0; i < piece.seq.size(); i++) {
      first = std::min(first, seconds_of(piece.batch, i)), last = std::max(last, seconds_of(piece.batch, i));
    }
    std::string stream = fmt::format("{}", piece.stream);
    if (std::find(streams.begin(), streams.end(), stream) == streams.end()) streams.push_back(std::move(stream));
  }
  return fmt::format("ts >= toDateTime({}) AND ts <= toDateTime({}) AND stream IN ({})", first, last,
                     joined(streams, ", "));
}

std::vector<std::uint64_t> numbers_in(std::string_view line) {
  std::vector<std::uint64_t> out;
  for (const std::string_view word : split_words(line, "\t\r")) out.push_back(parse_unsigned(word).value_or(0));
  return out;
}

std::string stream_id(std::uint64_t stream) { return fmt::format("{}-{:016x}", kQueryPrefix, stream); }

// The same rows have the same name, other ones another.
std::string group_id(const RowGroup& group) {
  Signature all;
  for (const OriginRows& piece : group.pieces) {
    const Signature one = signature_of(piece);
    all.count += one.count, all.sum += one.sum * (piece.stream | 1), all.squares += one.squares;
  }
  return fmt::format("{}-{}-{:x}-{:x}", stream_id(group.pieces.front().stream), all.count, all.sum, all.squares);
}

void append_cell(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\t' || c == '\n' || c == '\\') out += '\\';
    out += c == '\t' ? 't' : c == '\n' ? 'n' : c;
  }
}

}  // namespace

Result<std::unique_ptr<RowsWriter>> RowsWriter::connect(const ClickHousePlace& place,
                                                        const ClickHouseSinkOptions& options) {
  std::unique_ptr<RowsWriter> out(new RowsWriter(place, options));
  for (std::size_t i = 0; i < place.shards.size(); i++) {
    Shard shard;
    ARGUS_TRY_LET(shard.server, ClickHouseShard::connect(place, i, nullptr));
    out->shards_.push_back(std::move(shard));
  }
  return out;
}

Result<> RowsWriter::prepare() {
  for (Shard& shard : shards_) ARGUS_TRY(prepare(shard));
  return {};
}

Result<> RowsWriter::prepare(Shard& shard) {
  ARGUS_TRY_LET(TableColumns columns, table_columns(*shard.server, place_.table));
  shard.types = columns.types;
  if (columns.there && columns.lacking().empty()) return {};
  const std::string server = shard.server->server();
  const std::uint16_t since = last_field_of(columns);
  if (!options_.create && !columns.there)
    return hinted(
        fail(Errc::foreign, "{}: there is no table {} in the database {}", server, place_.table, place_.database),
        "  --create makes it; argus schema clickhouse prints what that does");
  if (!options_.create)
    return hinted(
        fail(Errc::foreign, "{}: the table {} lacks the column {}", server, place_.table,
             info(columns.lacking().list().front()).name),
        fmt::format("  --create adds it, and so does what is printed by: argus schema clickhouse --since {}", since));
  SchemaOptions schema;
  schema.dialect = columns.there ? columns.types : &shard.server->dialect();
  schema.since = since, schema.table = place_.table;
  for (const std::string& statement : schema_statements(schema)) ARGUS_TRY(shard.server->ask(statement));
  ARGUS_TRY_LET(columns, table_columns(*shard.server, place_.table));
  shard.types = columns.types;
  if (columns.there && columns.lacking().empty()) return {};
  return fail(Errc::foreign, "{}: the table {} still lacks columns", server, place_.table);
}

Result<> RowsWriter::pause(Nanos length) const {
  for (const Nanos until = steady_now() + length; steady_now() < until;) {
    if (options_.stop != nullptr && *options_.stop) return fail(Errc::interrupted, "interrupted");
    std::this_thread::sleep_for(std::chrono::nanoseconds(kStopSeen));
  }
  return {};
}

// Tries until it is done, or the reason is none that passes.
template <class Try>
Result<> RowsWriter::persist(const Try& attempt) {
  const Nanos begun = steady_now();
  bool told = false;
  for (Nanos wait = kWaitFirst;; wait = std::min(2 * wait, kWaitMost)) {
    auto done = attempt();
    if (done && told && options_.say) options_.say({fmt::format("records go on to {}", place_.describe())});
    if (done || !may_pass(done.error())) return done;
    if (steady_now() - begun + wait > options_.patience)
      return with_outcome(std::move(done.error()), "gave up waiting for it");
    if (!std::exchange(told, true) && options_.say)
      options_.say(
          {with_outcome(done.error(), "it is tried again").text, done.error().hint, Notice::About::sensor_away});
    ARGUS_TRY(pause(wait));
  }
}

// Rows that a writer before us sent, or we, may still be on their way into the table.
Result<> RowsWriter::await_others(Shard& shard, const RowGroup& group, bool again) {
  for (const OriginRows& piece : group.pieces) {
    auto& seen = shard.streams_seen;
    if (!again && std::find(seen.begin(), seen.end(), piece.stream) != seen.end()) continue;
    const std::string sql =
        fmt::format("SELECT count() FROM system.processes WHERE query_id LIKE '{}%'", stream_id(piece.stream));
    for (;;) {
      ARGUS_TRY_LET(const std::string text, shard.server->ask(sql));
      if (without_blanks(text) == "0") break;
      ARGUS_TRY(pause(kStopSeen));
    }
    if (std::find(seen.begin(), seen.end(), piece.stream) == seen.end()) seen.push_back(piece.stream);
  }
  return {};
}

Result<> RowsWriter::drop_rows(OriginRows& piece, ClickHouseShard& server, const std::string& condition) {
  ARGUS_TRY_LET(const std::string text,
                server.ask(fmt::format("SELECT seq FROM {} WHERE {} AND frame = {} FORMAT TabSeparated", place_.table,
                                       condition, piece.frame)));
  std::unordered_set<std::uint64_t> present;
  for (const std::string_view line : split_words(text, "\n")) present.insert(parse_unsigned(line).value_or(0));
  std::vector<std::uint32_t> kept;
  std::vector<std::uint64_t> seq;
  for (std::size_t i = 0; i < piece.seq.size(); i++) {
    if (present.count(piece.seq[i]) != 0) continue;
    kept.push_back(static_cast<std::uint32_t>(i));
    seq.push_back(piece.seq[i]);
  }
  piece.batch = gathered(piece.batch, kept);
  piece.seq = std::move(seq);
  return {};
}

Result<> RowsWriter::drop_present(RowGroup& group, ClickHouseShard& server) {
  if (group.pieces.empty()) return {};
  const std::string condition = condition_of(group.pieces);
  ARGUS_TRY_LET(const std::string text,
                server.ask(fmt::format(
                    "SELECT stream, frame, count(), sum(seq), sum(seq * seq) FROM {} WHERE {} GROUP BY stream, "
                    "frame FORMAT TabSeparated",
                    place_.table, condition)));
  if (text.empty()) return {};
  std::map<std::pair<std::uint64_t, std::uint64_t>, Signature> present;
  for (const std::string_view line : split_words(text, "\n"))
    if (const auto n = numbers_in(line); n.size() == 5) present[{n[0], n[1]}] = {n[2], n[3], n[4]};
  for (OriginRows& piece : group.pieces) {
    const auto found = present.find({piece.stream, piece.frame});
    if (found == present.end()) continue;
    if (found->second == signature_of(piece)) piece.seq.clear();
    else ARGUS_TRY(drop_rows(piece, server, condition_of({&piece, 1})));
  }
  group.pieces.erase(
      std::remove_if(group.pieces.begin(), group.pieces.end(), [](const OriginRows& p) { return p.seq.empty(); }),
      group.pieces.end());
  return {};
}

// On all shards: their number may have been another when the rows were written.
Result<> RowsWriter::drop_present(RowGroup& group) {
  for (Shard& shard : shards_) ARGUS_TRY(drop_present(group, *shard.server));
  std::size_t rows = 0;
  for (const OriginRows& piece : group.pieces) rows += piece.seq.size();
  if (options_.exported) options_.exported->there += group.rows - rows;
  group.rows = rows;
  return {};
}

Result<> RowsWriter::write(std::size_t index, RowGroup group) {
  Shard& shard = shards_[index];
  auto known = persist([&]() -> Result<> {
    ARGUS_TRY(await_others(shard, group, false));
    return drop_present(group);
  });
  if (!known) return known;
  if (group.pieces.empty()) return {};
  const FieldSet fields = fields_of(group.pieces);
  std::vector<std::byte> body = encode_native(group.pieces, fields, *shard.types);
  ARGUS_TRY(settle(shard));
  shard.group = std::move(group), shard.body = std::move(body);
  (void)send(shard);  // what went wrong is seen when it is settled
  return {};
}

Result<> RowsWriter::send(Shard& shard) {
  const std::string id = group_id(shard.group);
  const std::string sql =
      fmt::format("INSERT INTO {} {} FORMAT Native", place_.table, native_columns(fields_of(shard.group.pieces)));
  ShardRequest request{id, {}, std::string(shard.server->dialect().insert_settings)};
  if (shard.server->dialect().codecs) request.settings += "&insert_deduplication_token=" + id;
  ARGUS_TRY_LET(shard.exchange, shard.server->insert(sql, shard.body, request));
  return {};
}

void RowsWriter::note_sent(const RowGroup& group) const {
  if (options_.exported) options_.exported->rows += group.rows;
}

Result<> RowsWriter::settle(Shard& shard) {
  if (shard.group.pieces.empty()) return {};
  bool first = true;
  auto done = persist([&]() -> Result<> {
    if (!std::exchange(first, false)) {
      ARGUS_TRY(await_others(shard, shard.group, true));
      const std::size_t rows = shard.group.rows;
      ARGUS_TRY(drop_present(shard.group));
      // What is there was sent by us.
      if (options_.exported)
        options_.exported->there -= rows - shard.group.rows, options_.exported->rows += rows - shard.group.rows;
      if (shard.group.pieces.empty()) return {};
      shard.body = encode_native(shard.group.pieces, fields_of(shard.group.pieces), *shard.types);
      ARGUS_TRY(send(shard));
    }
    if (!shard.exchange) return fail(Errc::io, "{}: the connection failed", shard.server->server());
    auto in = shard.server->inserted(*shard.exchange);
    shard.exchange.reset();
    return in;
  });
  if (!done) return done;
  if (options_.exported) options_.exported->bytes += shard.body.size();
  note_sent(shard.group);
  shard.group = {}, shard.body = {}, shard.exchange.reset();
  return {};
}

Result<> RowsWriter::settle() {
  for (Shard& shard : shards_) ARGUS_TRY(settle(shard));
  return {};
}

Result<> RowsWriter::write(const std::vector<LossRow>& loss) {
  if (loss.empty()) return {};
  std::string body;
  for (const LossRow& row : loss) {
    body += fmt::format("{}\t{}\t", row.stream, row.number);
    append_cell(row.entry.sensor, body);
    body += fmt::format("\t{}\t{}\t{}\t{}\t{}\n", static_cast<unsigned>(row.entry.item), ledger_name(row.entry.item),
                        row.entry.begin, row.entry.end, row.entry.count);
  }
  const std::string sql = fmt::format(
      "INSERT INTO {}_loss (stream, number, sensor, item, name, begin, end, count) FORMAT TabSeparated", place_.table);
  Shard& shard = shards_.front();
  return persist([&]() -> Result<> {
    ARGUS_TRY_LET(const auto exchange, shard.server->insert(sql, std::as_bytes(std::span(body)), {}));
    return shard.server->inserted(*exchange);
  });
}

}  // namespace argus
