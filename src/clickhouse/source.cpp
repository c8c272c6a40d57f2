#include "clickhouse/source.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "clickhouse/condition.h"
#include "clickhouse/native.h"
#include "clickhouse/schema.h"
#include "clickhouse/select.h"
#include "clickhouse/shard.h"
#include "clickhouse/table.h"
#include "filter/filter.h"
#include "filter/node.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/ledger.h"
#include "flow/progress.h"
#include "flow/type.h"

namespace argus {

namespace {

// With more than this, servers sort and group on disk; where a user may not set it, in memory. Each column of each part
// that is read takes several buffers of the size that stands last, which is a mebibyte where nobody says so.
constexpr std::string_view kSpill =
    "&max_bytes_before_external_sort=1000000000&max_bytes_before_external_group_by=1000000000"
    "&max_read_buffer_size=131072";

// One shard's answer, and its rows that were not given yet.
struct ShardRows {
  std::unique_ptr<ClickHouseShard> server;
  TableColumns columns;
  Condition condition;
  std::string query_id;
  std::unique_ptr<ShardAnswer> answer;
  NativeBlock block;
  std::size_t at = 0;  // rows of it that were given
  bool ended = false;
  // Of an ordered answer.
  Column stream, seq;
};
using Place = std::pair<std::uint64_t, std::uint64_t>;

Column slice(const Column& column, std::size_t from, std::size_t rows) {
  if (column.stored_rows() == 0 || (from == 0 && rows == column.stored_rows())) return column;
  std::vector<std::uint32_t> which(rows);
  std::iota(which.begin(), which.end(), static_cast<std::uint32_t>(from));
  return gathered(column, which);
}

class ClickHouseSource final : public Source, public MeasuredSource {
 public:
  ClickHouseSource(ClickHousePlace place, ClickHouseSourceOptions options)
      : place_(std::move(place)), options_(std::move(options)) {}
  ClickHouseSource(const ClickHouseSource&) = delete;
  ClickHouseSource& operator=(const ClickHouseSource&) = delete;
  ~ClickHouseSource() override { cancel(); }

  Result<> connect() {
    ARGUS_TRY_LET(const Node filter, parse_filter(options_.filter, SetFiles::read));
    Condition time = condition_of(options_.span);
    time.exact &= options_.only_span;
    for (std::size_t i = 0; i < place_.shards.size(); i++) {
      ShardRows shard;
      ARGUS_TRY_LET(shard.server, ClickHouseShard::connect(place_, i, options_.stop));
      ARGUS_TRY_LET(shard.columns, table_columns(*shard.server, place_.table));
      if (!shard.columns.there)
        return hinted(fail(Errc::foreign, "{}: there is no table {} in the database {}", shard.server->server(),
                           place_.table, place_.database),
                      "  argus export --create makes it and fills it");
      shard.condition = both(time, condition_of(filter, shard.columns));
      shard.query_id = fmt::format("argus-{:016x}-{}", random_hash_key().k0, i);
      shards_.push_back(std::move(shard));
    }
    return {};
  }

  Result<> bind(const Needs& needs, const Resources&) override {
    needs_ = needs;
    const bool exact =
        needs.where == options_.chosen &&
        std::all_of(shards_.begin(), shards_.end(), [](const ShardRows& shard) { return shard.condition.exact; });
    if (!exact) where_ = needs.where;
    fields_ = stored_inputs(needs.fields);
    if (where_) fields_ |= stored_inputs(where_->fields());
    grouped_ = exact && options_.grouped_by && may_group_by(*options_.grouped_by);
    return {};
  }
  const StreamHeader& header() const override { return header_; }

  Result<Step> next(Batch& out) override {
    auto step = pull(out);
    if (step || options_.stop == nullptr || !*options_.stop) return step;
    cut_ = true;  // whatever the reason is by then
    cancel();
    out = Batch();
    return Step::end;
  }
  void drain(Journal& out) override {
    for (const LedgerEntry& entry : journal_.drain()) out.add(entry);
  }
  std::vector<Error> problems() const override { return {}; }
  const MeasuredSource* measured() const override { return this; }
  Progress progress() const override {
    Progress out;
    out.cut = cut_, out.records = came_;
    out.read.files = shards_.size(), out.read.rows_read = came_, out.read.rows_kept = kept_;
    return out;
  }

 private:
  Result<Step> pull(Batch& out) {
    if (!std::exchange(begun_, true)) ARGUS_TRY(begin());
    for (;;) {
      ARGUS_TRY_LET(const bool some, rows(out));
      if (!some) {
        finish();
        return Step::end;
      }
      came_ += out.rows();
      if (where_) out = filtered(out, where_.get());
      kept_ += out.rows();
      out.set_ordinal({0, ++batches_});
      if (out.rows() != 0) return Step::rows;
    }
  }

  Result<> begin() {
    ARGUS_TRY(read_loss());
    if (grouped_) {
      ARGUS_TRY_LET(grouped_, sums_fit_all());
    }
    ordered_ = !grouped_ && options_.ordered;
    for (ShardRows& shard : shards_) {
      const std::string sql =
          grouped_ ? groups_query(place_.table, shard.columns, fields_, *options_.grouped_by, shard.condition)
                   : rows_query(place_.table, shard.columns, fields_, shard.condition, ordered_);
      if (options_.explain) explain(shard, sql);
      ARGUS_TRY_LET(shard.answer, shard.server->open(sql, {shard.query_id, {}, std::string(kSpill)}));
    }
    return {};
  }
  void explain(const ShardRows& shard, const std::string& sql) const {
    std::string here =
        where_ ? "the filter is applied here to what comes" : "the filter and the time range are applied there";
    if (grouped_) here += "; records are merged there, and what comes of each shard is merged here";
    options_.explain(fmt::format("asked of {}: {}\n  {}", shard.server->server(), sql, here));
  }
  Result<bool> sums_fit_all() {
    double records = 0, largest = 0, longest = 0;
    for (ShardRows& shard : shards_) {
      const std::string sql = largest_query(place_.table, shard.columns, fields_, shard.condition);
      if (sql.empty()) continue;
      ARGUS_TRY_LET(const std::string text, shard.server->ask(sql));
      const auto words = split_words(text, "\t\n");
      if (words.size() != 3) return false;
      records += parse_real(words[0]).value_or(1e300);
      largest = std::max(largest, parse_real(words[1]).value_or(1e300));
      longest = std::max(longest, parse_real(words[2]).value_or(1e300));
    }
    return sums_fit(records, largest, longest);
  }

  // The ledger, each entry once. A table that has no such neighbour has none.
  Result<> read_loss() {
    for (ShardRows& shard : shards_) {
      auto text =
          shard.server->ask(fmt::format("SELECT any(sensor), any(item), any(begin), any(end), any(count) FROM {}_loss "
                                        "GROUP BY stream, number FORMAT TabSeparated",
                                        place_.table));
      if (!text && text.error().code == Errc::foreign) continue;
      if (!text) return std::move(text.error());
      std::string_view rest = *text;
      while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        take_loss(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return {};
  }
  void take_loss(std::string_view line) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) return;
    const auto words = split_words(line.substr(tab + 1), "\t");
    if (words.size() != 4) return;
    const auto time = [](std::string_view text) {
      const bool before = text.starts_with('-');
      const auto n = static_cast<Nanos>(parse_unsigned(text.substr(before ? 1 : 0)).value_or(0));
      return before ? -n : n;
    };
    LedgerEntry entry{std::string(line.substr(0, tab)), time(words[1]), time(words[2]),
                      static_cast<LedgerItem>(parse_unsigned(words[0]).value_or(0)),
                      parse_unsigned(words[3]).value_or(0)};
    if ((entry.begin == 0 && entry.end == 0) || needs_.when.overlaps(entry.begin, entry.end))
      journal_.add(std::move(entry));
  }

  // Whether the shard has a row to give.
  Result<bool> has_row(ShardRows& shard) {
    while (!shard.ended && shard.at == shard.block.rows) {
      ARGUS_TRY_LET(const bool some, shard.answer->next(shard.block));
      shard.at = 0, shard.ended = !some;
      for (const NativeColumn& one : shard.block.columns) {
        if (one.name == kStreamColumn) shard.stream = one.column;
        if (one.name == kSeqColumn) shard.seq = one.column;
      }
      if (ordered_ && some && shard.block.rows != 0 && !is_placed(shard))
        return fail(Errc::corrupt, "{}: the answer does not say where its rows belong", shard.server->server());
    }
    return !shard.ended;
  }
  static bool is_placed(const ShardRows& shard) {
    return !shard.stream.absent() && !shard.seq.absent() && shard.stream.type() == Type::u64 &&
           shard.seq.type() == Type::u64 && shard.stream.mask().empty() && shard.seq.mask().empty();
  }
  static Place place_at(const ShardRows& shard, std::size_t row) {
    return {shard.stream.at<std::uint64_t>(row), shard.seq.at<std::uint64_t>(row)};
  }

  // Rows of the shard that is next, up to where another one is.
  Result<bool> rows(Batch& out) {
    ShardRows* first = nullptr;
    std::optional<Place> until;  // the first row of another shard
    for (ShardRows& shard : shards_) {
      ARGUS_TRY_LET(const bool some, has_row(shard));
      if (!some) continue;
      if (!ordered_) {
        first = &shard;
        break;
      }
      const Place here = place_at(shard, shard.at);
      if (first == nullptr || here < place_at(*first, first->at)) {
        if (first != nullptr)
          until = std::min(until.value_or(place_at(*first, first->at)), place_at(*first, first->at));
        first = &shard;
      } else {
        until = std::min(until.value_or(here), here);
      }
    }
    if (first == nullptr) return false;
    std::size_t n = std::min(first->block.rows - first->at, kBatchRowsMax);
    if (until) {
      std::size_t own = 1;
      while (own < n && place_at(*first, first->at + own) <= *until) own++;
      n = own;
    }
    ARGUS_TRY_LET(out, batch_of(*first, n));
    first->at += n;
    return true;
  }

  Result<Batch> batch_of(const ShardRows& shard, std::size_t rows) const {
    Batch out(rows);
    for (const NativeColumn& one : shard.block.columns) {
      const bool merged = one.name.starts_with(kMergedPrefix);
      const auto field = find_field(std::string_view(one.name).substr(merged ? kMergedPrefix.size() : 0));
      if (!field || !is_stored(*field) || one.column.absent()) continue;
      if (one.column.type() != info(*field).type)
        return hinted(
            fail(Errc::foreign, "{}: the column {} has another type", shard.server->server(), info(*field).name),
            "  argus schema clickhouse prints the right ones");
      out.set(*field, slice(one.column, shard.at, rows));
    }
    return out;
  }

  void finish() {
    if (!options_.explain) return;
    std::uint64_t bytes = 0;
    for (const ShardRows& shard : shards_) bytes += shard.answer ? shard.answer->bytes() : 0;
    options_.explain(fmt::format("{} rows came in {} bytes", came_, bytes));
  }
  // What nobody reads any more costs its server nothing.
  void cancel() {
    for (ShardRows& shard : shards_) {
      if (!shard.answer || shard.ended || shard.answer->done()) continue;
      shard.answer.reset();
      shard.ended = true;
      shard.server->cancel(shard.query_id);
    }
  }

  ClickHousePlace place_;
  ClickHouseSourceOptions options_;
  StreamHeader header_;
  std::vector<ShardRows> shards_;
  Needs needs_;
  FieldSet fields_;
  WherePtr where_;  // that is applied here
  Journal journal_;
  bool grouped_ = false, ordered_ = false, begun_ = false, cut_ = false;
  std::uint64_t came_ = 0, kept_ = 0, batches_ = 0;
};

}  // namespace

Result<SourcePtr> clickhouse_source(ClickHousePlace place, ClickHouseSourceOptions options) {
  auto out = std::make_unique<ClickHouseSource>(std::move(place), std::move(options));
  ARGUS_TRY(out->connect());
  return SourcePtr(std::move(out));
}

}  // namespace argus
