#include "query/orient.h"

#include <algorithm>
#include <type_traits>

#include "base/result.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/where.h"

namespace argus {

namespace {

// A network as bits to compare with an address.
struct LocalNet {
  std::uint64_t high_mask = 0, low_mask = 0, high = 0, low = 0;
  bool ipv6 = false;

  explicit LocalNet(const Prefix& prefix) : ipv6(prefix.address.family() == Family::ipv6) {
    Address mask;
    const unsigned bits = 128 - bits_of(prefix.address.family()) + prefix.length;
    for (unsigned bit = 0; bit < std::min(bits, 128u); bit++)
      mask.bytes[bit / 8] = static_cast<std::uint8_t>(mask.bytes[bit / 8] | 0x80u >> bit % 8);
    high_mask = mask.high(), low_mask = mask.low();
    high = prefix.address.high() & high_mask, low = prefix.address.low() & low_mask;
  }
  [[nodiscard]] bool has(const Address& address) const {
    if ((address.high() & high_mask) != high || (address.low() & low_mask) != low) return false;
    return !ipv6 || address.family() == Family::ipv6;
  }
};

// What a column has of its own, to be changed.
template <class T>
struct OwnColumn {
  std::vector<T> values;
  Column::Mask mask;

  OwnColumn(const Column& column, std::size_t rows, bool masked) {
    const Flat<T> all = flat<T>(column, rows);
    values.assign(all.values.begin(), all.values.end());
    if (masked && all.mask.empty()) mask.assign(rows, 1);
    else mask.assign(all.mask.begin(), all.mask.end());
  }
};

bool has_all(const Column& column) { return !column.absent() && column.mask().empty(); }

template <class T>
void swap_values(T* left, T* right, const std::vector<std::uint8_t>& turned) {
  const std::uint8_t* turn = turned.data();
  for (std::size_t row = 0; row < turned.size(); row++) {
    if constexpr (std::is_integral_v<T>) {  // which way is chance, so without a branch
      using U = std::make_unsigned_t<T>;
      const U which =
          static_cast<U>((static_cast<U>(left[row]) ^ static_cast<U>(right[row])) & static_cast<U>(-turn[row]));
      left[row] = static_cast<T>(static_cast<U>(left[row]) ^ which);
      right[row] = static_cast<T>(static_cast<U>(right[row]) ^ which);
    } else if (turn[row] != 0) {
      std::swap(left[row], right[row]);
    }
  }
}

template <class T>
void swap_where(Batch& batch, Field a, Field b, const std::vector<std::uint8_t>& turned) {
  const std::size_t rows = batch.rows();
  if (batch[a].absent() && batch[b].absent()) return;
  const bool masked = !has_all(batch[a]) || !has_all(batch[b]);
  OwnColumn<T> left(batch[a], rows, masked), right(batch[b], rows, masked);
  swap_values(left.values.data(), right.values.data(), turned);
  if (masked) swap_values(left.mask.data(), right.mask.data(), turned);
  batch.set(a, Column::flat<T>(std::move(left.values), std::move(left.mask)));
  batch.set(b, Column::flat<T>(std::move(right.values), std::move(right.mask)));
}

class OrientStage final : public Stage {
 public:
  OrientStage(SourcePtr input, const std::vector<Prefix>& local, const FieldSet& fields, std::shared_ptr<bool> decided)
      : Stage(std::move(input)), local_(local.begin(), local.end()), decided_(std::move(decided)) {
    const FieldSet cut_by = {Field::spkts, Field::dpkts, Field::sstime, Field::dstime, Field::sltime, Field::dltime};
    for (const Field field : (stored_inputs(fields) | cut_by).list())
      if (index_of(field) < index_of(info(field).reverse)) turned_.push_back(field);
  }

  Result<> bind(const Needs& needs, const Resources& resources) override {
    where_ = needs.where;
    passed_ = stored_inputs(needs.fields);
    Needs below;  // which rows are wanted is asked of the turned ones
    below.fields = stored_inputs(needs.fields) | FieldSet{Field::saddr, Field::daddr};
    if (where_) below.fields |= stored_inputs(where_->fields());
    for (const Field field : turned_)
      for (const Field one : {field, info(field).reverse})
        if (below.fields.has(one)) below.fields.add(info(one).reverse);
    below.when = needs.when;
    return input_->bind(below, resources);
  }

  Result<Step> next(Batch& out) override {
    ARGUS_TRY_LET(const Step step, input_->next(out));
    if (step != Step::rows || out.rows() == 0) return step;
    const std::size_t rows = out.rows();
    const std::vector<std::uint8_t> from = local_rows(out[Field::saddr], rows),
                                    to = local_rows(out[Field::daddr], rows);
    std::vector<std::uint8_t> turned(rows);
    bool any = false;
    for (std::size_t row = 0; row < rows; row++) {
      turned[row] = from[row] != 0 && to[row] == 0 ? 1 : 0;
      any = any || turned[row] != 0;
      *decided_ = *decided_ || from[row] != to[row];
    }
    if (any) {
      for (const Field field : turned_)
        with_type(info(field).type, [&]<class T>() { swap_where<T>(out, field, info(field).reverse, turned); });
    }
    out = filtered(out, where_.get());
    for (const Field end : {Field::saddr, Field::daddr})
      if (!passed_.has(end)) out.set(end, Column());  // whoever comes next would carry them on
    return step;
  }

 private:
  [[nodiscard]] bool is_local(const Address& address) const {
    return std::any_of(local_.begin(), local_.end(), [&](const LocalNet& net) { return net.has(address); });
  }
  // Neighbouring records often have the same address, and a dictionary has each once.
  [[nodiscard]] std::vector<std::uint8_t> local_rows(const Column& column, std::size_t rows) const {
    std::vector<std::uint8_t> out(rows);
    if (column.shape() == Column::Shape::dictionary) {
      std::vector<std::uint8_t> words;
      for (const Address& word : column.words<Address>()) words.push_back(is_local(word) ? 1 : 0);
      for (std::size_t row = 0; row < rows; row++)
        if (column.has(row)) out[row] = words[column.codes()[row]];
      return out;
    }
    const Flat<Address> addresses = flat<Address>(column, rows);
    Address last;
    bool last_local = is_local(last);
    for (std::size_t row = 0; row < rows; row++) {
      if (!addresses.has(row)) continue;
      if (!(addresses.values[row] == last)) last = addresses.values[row], last_local = is_local(last);
      out[row] = last_local ? 1 : 0;
    }
    return out;
  }

  std::vector<LocalNet> local_;
  std::vector<Field> turned_;
  std::shared_ptr<bool> decided_;
  WherePtr where_;
  FieldSet passed_;
};

}  // namespace

std::vector<Prefix> private_networks() {
  std::vector<Prefix> out;
  for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"})
    out.push_back(*parse_prefix(text));
  return out;
}

SourcePtr oriented(SourcePtr input, const std::vector<Prefix>& local, FieldSet fields, std::shared_ptr<bool> decided) {
  return std::make_unique<OrientStage>(std::move(input), local, fields, std::move(decided));
}

}  // namespace argus
