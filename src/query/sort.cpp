#include "query/sort.h"

#include <algorithm>

#include "base/text.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/where.h"
#include "query/gather.h"
#include "query/memory.h"
#include "query/packed.h"

namespace argus {

namespace {

class SortStage final : public Stage {
 public:
  SortStage(SourcePtr input, std::vector<SortKey> keys, std::optional<std::uint64_t> first)
      : Stage(std::move(input)), keys_(std::move(keys)), first_(first), packer_(specs_of(keys_)) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    resources_ = resources;
    Needs below = needs;
    below.fields = stored_inputs(needs.fields);
    if (first_) {  // which rows are the first does not depend on who asks for some of them
      where_ = needs.where;
      below.where = nullptr;
      if (where_) below.fields |= stored_inputs(where_->fields());
    }
    for (const SortKey& key : keys_) below.fields |= stored_inputs({key.field});
    return input_->bind(below, resources);
  }

  Result<Step> next(Batch& out) override {
    while (!ended_) {
      Batch batch;
      ARGUS_TRY_LET(const Step step, input_->next(batch));
      if (step == Step::tick) return step;
      if (step == Step::end) {
        ended_ = true;
        settle();
        break;
      }
      keep(std::move(batch));
      ARGUS_TRY(check_memory(rows_.size(), bytes(), resources_.memory_max));
    }
    if (next_ == order_.size()) return Step::end;
    const std::size_t count = std::min(kBatchRowsMax, order_.size() - next_);
    std::vector<Pick> picks;
    picks.reserve(count);
    for (const std::uint32_t row : std::span(order_).subspan(next_, count)) picks.push_back(rows_[row]);
    next_ += count;
    out = filtered(picked(batches_, picks), where_.get());
    return Step::rows;
  }

 private:
  static std::vector<KeyPacker::Spec> specs_of(const std::vector<SortKey>& keys) {
    std::vector<KeyPacker::Spec> out;
    for (const SortKey& key : keys) out.push_back({info(key.field).type, key.descending, false});
    return out;
  }

  void keep(Batch batch) {
    if (batch.rows() == 0) return;
    std::vector<Column> columns;
    for (const SortKey& key : keys_) columns.push_back(column_of(batch, key.field));
    packer_.pack(columns, batch.rows(), packed_);
    const auto number = static_cast<std::uint32_t>(batches_.size());
    for (std::uint32_t row = 0; row < batch.rows(); row++) rows_.push_back({number, row});
    batch_bytes_ += bytes_of(batch);
    batches_.push_back(std::move(batch));
    if (first_ && rows_.size() >= prune_at()) prune();
  }

  // Rows held when all but the first are let go: twice the first ones, and enough that it pays.
  [[nodiscard]] std::size_t prune_at() const {
    constexpr std::uint64_t kFarMore = std::uint64_t{1} << 31;
    return static_cast<std::size_t>(std::min(*first_, kFarMore) +
                                    std::max<std::uint64_t>(std::min(*first_, kFarMore), kBatchRowsMax));
  }

  void settle() {
    order_ = order_of(packer_.ordered(packed_), packer_.words(), rows_.size());
    if (first_ && order_.size() > *first_) order_.resize(static_cast<std::size_t>(*first_));
  }

  // Keeps the first rows alone, in the order they came, so that ties stay in input order.
  void prune() {
    settle();
    std::sort(order_.begin(), order_.end());
    std::vector<Batch> batches;
    std::vector<std::uint64_t> packed;
    std::vector<Pick> rows;
    packed.reserve(order_.size() * packer_.words());
    batch_bytes_ = 0;
    for (std::size_t at = 0; at < order_.size(); at += kBatchRowsMax) {
      std::vector<Pick> picks;
      for (const std::uint32_t row : std::span(order_).subspan(at, std::min(kBatchRowsMax, order_.size() - at))) {
        rows.push_back({static_cast<std::uint32_t>(batches.size()), static_cast<std::uint32_t>(picks.size())});
        picks.push_back(rows_[row]);
        const auto key = packed_.begin() + static_cast<std::ptrdiff_t>(row * packer_.words());
        packed.insert(packed.end(), key, key + static_cast<std::ptrdiff_t>(packer_.words()));
      }
      batches.push_back(picked(batches_, picks));
      batch_bytes_ += bytes_of(batches.back());
    }
    batches_ = std::move(batches);
    packed_ = std::move(packed);
    rows_ = std::move(rows);
    packer_.renumber(packed_);
    order_.clear();
  }

  // What is held, and what ordering it will take.
  [[nodiscard]] std::size_t bytes() const {
    return batch_bytes_ + packer_.bytes() + packed_.capacity() * 8 + rows_.capacity() * sizeof(Pick) +
           rows_.size() * (packer_.words() * 8 + 20);
  }

  std::vector<SortKey> keys_;
  std::optional<std::uint64_t> first_;
  KeyPacker packer_;
  Resources resources_;
  WherePtr where_;
  std::vector<Batch> batches_;
  std::vector<std::uint64_t> packed_;  // a key a row held
  std::vector<Pick> rows_;             // where it is
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0, batch_bytes_ = 0;
  bool ended_ = false;
};

class LimitStage final : public Stage {
 public:
  LimitStage(SourcePtr input, std::uint64_t begin, std::uint64_t end)
      : Stage(std::move(input)), begin_(begin), end_(end) {}

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    Needs below = needs;
    below.where = nullptr;  // rows are counted before anybody chooses among them
    below.fields = stored_inputs(needs.fields);
    if (where_) below.fields |= stored_inputs(where_->fields());
    return input_->bind(below, resources);
  }

  Result<Step> next(Batch& out) override {
    if (at_ >= end_) return Step::end;
    Batch batch;
    ARGUS_TRY_LET(const Step step, input_->next(batch));
    if (step != Step::rows) return step;
    const std::uint64_t first = at_, last = at_ + batch.rows();
    at_ = last;
    const std::uint64_t from = std::clamp(begin_, first, last), to = std::clamp(end_, from, last);
    if (from != first || to != last) {
      std::vector<std::uint32_t> rows;
      for (std::uint64_t i = from; i < to; i++) rows.push_back(static_cast<std::uint32_t>(i - first));
      batch = gathered(batch, rows);
    }
    out = filtered(batch, where_.get());
    return Step::rows;
  }

 private:
  std::uint64_t begin_, end_, at_ = 0;
  WherePtr where_;
};

}  // namespace

Result<std::vector<SortKey>> parse_sort_keys(const std::vector<std::string>& words) {
  std::vector<SortKey> out;
  for (const std::string& list : words) {
    for (const std::string_view word : split_words(list, ", \t\r\n")) {
      const bool turned = word[0] == '-', plain = word[0] == '+';
      const std::string_view name = word.substr(turned || plain ? 1 : 0);
      const auto field = find_field(name);
      if (!field) {
        if (name.find('/') != std::string_view::npos)
          return fail(Errc::usage, "'{}': sort orders by whole fields; only cluster cuts keys", escaped(name));
        return fail(Errc::usage, "no field '{}'{}", escaped(name), hint_for_field(name));
      }
      const bool seen = std::any_of(out.begin(), out.end(), [&](const SortKey& key) { return key.field == *field; });
      if (!seen) out.push_back({*field, info(info(*field).format).falling != turned});
    }
  }
  if (out.empty()) out.push_back({Field::stime, false});
  return out;
}

SourcePtr sorted(SourcePtr input, std::vector<SortKey> keys, std::optional<std::uint64_t> first, bool reverse_all) {
  if (keys.empty()) keys.push_back({Field::stime, false});
  if (reverse_all)
    for (SortKey& key : keys) key.descending = !key.descending;
  return std::make_unique<SortStage>(std::move(input), std::move(keys), first);
}

SourcePtr limited(SourcePtr input, std::uint64_t begin, std::uint64_t end) {
  return std::make_unique<LimitStage>(std::move(input), begin, end);
}

}  // namespace argus
