#include "clickhouse/sink.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

#include "clickhouse/native.h"
#include "clickhouse/rows_writer.h"
#include "codec/block.h"
#include "codec/frame.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/selected_rows.h"
#include "flow/source.h"

namespace argus {

namespace {

constexpr std::size_t kRowsAGroup = 131'072, kRowsHeld = 2 * kRowsAGroup;
constexpr Nanos kHeldMost = 5 * kSecond;
constexpr std::int64_t kDay = 86'400;
constexpr std::size_t kLossHeld = 1024;

std::int64_t day_of(const Column& stime, std::size_t row) {
  const std::int64_t seconds = stime.has(row) ? stime.at<std::int64_t>(row) / kSecond : 0;
  return std::clamp<std::int64_t>(seconds, 0, UINT32_MAX) / kDay;
}

// FNV-1a over what the first rows are, the same on every machine.
std::uint64_t hash_of(const Batch& batch) {
  std::uint64_t out = 0xcbf29ce484222325;
  for (const Field field : {Field::stime, Field::ltime, Field::saddr, Field::daddr, Field::sport, Field::dport,
                            Field::spkts, Field::sbytes})
    with_type(info(field).type, [&]<class T>() {
      if constexpr (!std::is_same_v<T, std::string>) {
        const auto values = flat<T>(batch[field], batch.rows());
        for (const std::byte one : std::as_bytes(values.values))
          out = (out ^ static_cast<std::uint8_t>(one)) * 0x100000001b3;
      }
    });
  return out;
}

class ClickHouseSink final : public RowSink {
 public:
  ClickHouseSink(ClickHousePlace place, ClickHouseSinkOptions options)
      : place_(std::move(place)), options_(std::move(options)) {}

  Result<> connect() {
    ARGUS_TRY_LET(writer_, RowsWriter::connect(place_, options_));
    return writer_->prepare();
  }
  FieldSet fields() const override { return FieldSet::all_stored(); }
  std::optional<RawFrameRequest> raw_frame_request() const override {
    return RawFrameRequest{FieldSet::all_stored(), [](const FrameStats&, std::size_t) { return true; }};
  }
  Result<> begin(const StreamHeader&) override { return {}; }

  Result<> write(const Batch& batch) override {
    if (!batch.raw_frame()) return write_unframed(batch);
    FrameHead head;
    if (parse_head(batch.raw_frame()->bytes.view(), head) != HeadFault::none)
      return fail(Errc::corrupt, "a frame without a head");
    stream_ = head.stream, unframed_input_.reset();
    return take(batch, head.number, head.first_record);
  }
  Result<> ledger(const std::vector<LedgerEntry>& entries) override {
    for (const LedgerEntry& entry : entries) loss_.push_back({stream_, loss_numbers_[stream_]++, entry});
    return loss_.size() < kLossHeld ? Result<>() : write_loss();
  }
  Result<> tick() override {
    if (!held_since_ || steady_now() - *held_since_ < kHeldMost) return {};
    return flush();
  }
  Result<> finish() override { return flush(); }

 private:
  // Rows of a capture: the stream is theirs alone, and its frames are as long as those of a flow file.
  Result<> write_unframed(const Batch& batch) {
    if (!unframed_input_ || *unframed_input_ != batch.ordinal().input)
      stream_ = hash_of(batch), unframed_input_ = batch.ordinal().input, unframed_rows_ = 0;
    for (std::size_t at = 0; at < batch.rows();) {
      const std::uint64_t frame = unframed_rows_ / kRowsAFrame;
      const std::size_t n = std::min<std::size_t>(batch.rows() - at, (frame + 1) * kRowsAFrame - unframed_rows_);
      std::vector<std::uint32_t> rows(n);
      std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(at));
      ARGUS_TRY(take(gathered(batch, rows), frame, unframed_rows_));
      at += n, unframed_rows_ += n;
    }
    return {};
  }

  // Rows that follow each other in a stream, from record `first` on: those that are wanted, by shard and day.
  Result<> take(const Batch& batch, std::uint64_t frame, std::uint64_t first) {
    std::vector<std::uint32_t> rows(batch.rows());
    std::iota(rows.begin(), rows.end(), 0u);
    if (options_.where) rows = selected_rows(batch, *options_.where);
    const std::size_t shard = static_cast<std::size_t>((stream_ + frame) % writer_->shards());
    std::map<std::int64_t, std::vector<std::uint32_t>> days;
    for (const std::uint32_t row : rows) days[day_of(batch[Field::stime], row)].push_back(row);
    for (const auto& [day, which] : days) {
      OriginRows piece{which.size() == batch.rows() ? batch : gathered(batch, which), stream_, frame, {}};
      piece.batch.set_raw_frame(nullptr);
      for (const std::uint32_t row : which) piece.seq.push_back(first + row);
      if (!held_since_) held_since_ = steady_now();
      RowGroup& group = held_[{shard, day}];
      group.rows += which.size(), rows_held_ += which.size();
      group.pieces.push_back(std::move(piece));
      if (group.rows >= kRowsAGroup) ARGUS_TRY(write_group({shard, day}));
    }
    while (rows_held_ > kRowsHeld) ARGUS_TRY(write_group(largest()));
    return {};
  }

  using GroupKey = std::pair<std::size_t, std::int64_t>;  // shard, day
  [[nodiscard]] GroupKey largest() const {
    return std::max_element(held_.begin(), held_.end(),
                            [](const auto& a, const auto& b) { return a.second.rows < b.second.rows; })
        ->first;
  }
  Result<> write_group(GroupKey key) {
    RowGroup group = std::move(held_[key]);
    held_.erase(key);
    rows_held_ -= group.rows;
    return writer_->write(key.first, std::move(group));
  }
  Result<> write_loss() {
    ARGUS_TRY(writer_->write(loss_));
    loss_.clear();
    return {};
  }
  Result<> flush() {
    while (!held_.empty()) ARGUS_TRY(write_group(held_.begin()->first));
    held_since_.reset();
    ARGUS_TRY(writer_->settle());
    return write_loss();
  }

  ClickHousePlace place_;
  ClickHouseSinkOptions options_;
  std::unique_ptr<RowsWriter> writer_;
  std::map<GroupKey, RowGroup> held_;
  std::size_t rows_held_ = 0;
  std::optional<Nanos> held_since_;
  std::uint64_t stream_ = 0;
  std::optional<std::uint64_t> unframed_input_;
  std::uint64_t unframed_rows_ = 0;
  std::vector<LossRow> loss_;
  std::map<std::uint64_t, std::uint64_t> loss_numbers_;
};

}  // namespace

Result<SinkPtr> clickhouse_sink(ClickHousePlace place, ClickHouseSinkOptions options) {
  auto out = std::make_unique<ClickHouseSink>(std::move(place), std::move(options));
  ARGUS_TRY(out->connect());
  return SinkPtr(std::move(out));
}

}  // namespace argus
