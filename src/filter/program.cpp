// Runs a filter a column at a time: each test clears the rows of a keep mask that do not pass; 'and' hands the mask
// on, 'or' asks each part only about the rows that no part before it took.
#include "filter/program.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "base/address.h"
#include "base/int128.h"
#include "filter/address_set.h"
#include "filter/net.h"
#include "filter/span.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/selected_rows.h"
#include "flow/type.h"

namespace argus {

namespace {

using Keep = std::span<std::uint8_t>;

bool any_kept(std::span<const std::uint8_t> keep) {
  return !keep.empty() && std::memchr(keep.data(), 1, keep.size()) != nullptr;
}
void clear(Keep keep) { std::fill(keep.begin(), keep.end(), std::uint8_t{0}); }

// Unsigned numbers that sort like the values (flow/where.h), as narrow as the type allows.
template <class T>
struct Image {
  using type = T;
  static T of(T value) { return value; }
};
template <>
struct Image<std::int64_t> {
  using type = std::uint64_t;
  static std::uint64_t of(std::int64_t value) { return static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63); }
};
template <>
struct Image<Address> {
  using type = u128;
  static u128 of(const Address& value) {
    return static_cast<u128>(big_endian(value.high())) << 64 | big_endian(value.low());
  }
  static std::uint64_t big_endian(std::uint64_t value) {
    if constexpr (std::endian::native == std::endian::big) return value;
    value = (value & 0x00ff00ff00ff00ff) << 8 | (value >> 8 & 0x00ff00ff00ff00ff);
    value = (value & 0x0000ffff0000ffff) << 16 | (value >> 16 & 0x0000ffff0000ffff);
    return value << 32 | value >> 32;
  }
};

// Plain loops over plain pointers, which compilers widen; `passes` keeps its constants by value, so that writing `keep`
// cannot change them.
template <class T, class Passes>
void narrow(const T* values, std::uint8_t* keep, std::size_t rows, Passes passes) {
  for (std::size_t i = 0; i < rows; i++) keep[i] = static_cast<std::uint8_t>(keep[i] & (passes(values[i]) ? 1 : 0));
}
void keep_both(std::uint8_t* keep, const std::uint8_t* other, std::size_t rows) {
  for (std::size_t i = 0; i < rows; i++) keep[i] = static_cast<std::uint8_t>(keep[i] & other[i]);
}
void keep_others(std::uint8_t* keep, const std::uint8_t* taken, std::size_t rows) {
  for (std::size_t i = 0; i < rows; i++) keep[i] = static_cast<std::uint8_t>(keep[i] & (taken[i] ^ 1));
}

template <class T, class Passes>
void select_words(const Column& column, Keep keep, const Passes& passes) {
  const auto& words = column.words<T>();
  const std::uint32_t* codes = column.codes().data();
  if (words.size() > keep.size()) {  // a small selection of a large dictionary
    for (std::size_t i = 0; i < keep.size(); i++)
      if (keep[i] != 0) keep[i] = passes(words[codes[i]]) ? 1 : 0;
    return;
  }
  std::vector<std::uint8_t> passing(words.size());
  for (std::size_t i = 0; i < words.size(); i++) passing[i] = passes(words[i]) ? 1 : 0;
  narrow(codes, keep.data(), keep.size(), [table = passing.data()](std::uint32_t code) { return table[code] != 0; });
}

// Applies `passes` to every value; the words of a dictionary are decided once each.
template <class T, class Passes>
void apply(const Column& column, Keep keep, const Passes& passes) {
  switch (column.shape()) {
    case Column::Shape::absent: return clear(keep);
    case Column::Shape::constant:
      if (!passes(column.constant_value<T>())) clear(keep);
      return;
    case Column::Shape::flat: narrow(column.values<T>().data(), keep.data(), keep.size(), passes); break;
    case Column::Shape::dictionary: select_words<T>(column, keep, passes); break;
  }
  if (!column.mask().empty()) keep_both(keep.data(), column.mask().data(), keep.size());
}

// One or two spans are compared in a loop the compiler can widen; more are a table for small types, a search for
// others.
template <class T>
void select_spans(const std::vector<Span>& spans, const Column& column, Keep keep) {
  using U = typename Image<T>::type;
  const auto width_of_span = [](const Span& span) { return static_cast<U>(span.most - span.least); };
  if (spans.size() <= 2) {
    const U least = static_cast<U>(spans[0].least), width = width_of_span(spans[0]);
    if (spans.size() == 1)
      return apply<T>(column, keep, [=](const T& v) { return static_cast<U>(Image<T>::of(v) - least) <= width; });
    const U least2 = static_cast<U>(spans[1].least), width2 = width_of_span(spans[1]);
    return apply<T>(column, keep, [=](const T& v) {
      return (static_cast<int>(static_cast<U>(Image<T>::of(v) - least) <= width) |
              static_cast<int>(static_cast<U>(Image<T>::of(v) - least2) <= width2)) != 0;
    });
  }
  if constexpr (sizeof(U) <= 2) {
    std::vector<std::uint8_t> table(std::size_t{1} << (8 * sizeof(U)));
    for (const Span& span : spans)
      std::fill(table.begin() + static_cast<std::ptrdiff_t>(span.least),
                table.begin() + static_cast<std::ptrdiff_t>(span.most) + 1, std::uint8_t{1});
    return apply<T>(column, keep, [passing = table.data()](const T& v) { return passing[v] != 0; });
  } else {
    std::vector<U> least, most;
    for (const Span& span : spans)
      least.push_back(static_cast<U>(span.least)), most.push_back(static_cast<U>(span.most));
    apply<T>(column, keep, [&](const T& v) {
      const U image = Image<T>::of(v);
      const auto after = std::upper_bound(least.begin(), least.end(), image) - least.begin();
      return after != 0 && image <= most[static_cast<std::size_t>(after) - 1];
    });
  }
}

template <class T>
void select_typed(const Test& test, const Column& column, Keep keep) {
  if constexpr (std::is_same_v<T, double>) {
    apply<T>(column, keep, [&](double v) {
      for (const RealSpan& span : test.reals)
        if (v >= span.least && v <= span.most) return true;
      return false;
    });
  } else if constexpr (std::is_same_v<T, std::string>) {
    apply<T>(column, keep,
             [&](const T& v) { return std::binary_search(test.words.begin(), test.words.end(), v) != test.others; });
  } else {
    if (test.kind == Test::Kind::spans) return select_spans<T>(test.spans, column, keep);
    if constexpr (std::is_integral_v<T> && std::is_unsigned_v<T>)
      apply<T>(column, keep, [bits = static_cast<T>(test.bits)](T v) { return static_cast<T>(v & bits) != 0; });
  }
}

// Of what is dear to ask: only of rows that are still wanted, once of each word of a dictionary, and once of equal
// values that follow each other.
template <class T, class Passes>
void select_dear(const Column& column, Keep keep, const Passes& passes) {
  if (column.shape() == Column::Shape::constant) {
    if (!passes(column.constant_value<T>())) clear(keep);
    return;
  }
  if (!column.mask().empty()) keep_both(keep.data(), column.mask().data(), keep.size());
  if (column.shape() == Column::Shape::dictionary) {
    const auto& words = column.words<T>();
    std::vector<std::uint8_t> known(words.size(), 2);
    for (std::size_t i = 0; i < keep.size(); i++) {
      if (keep[i] == 0) continue;
      const std::uint32_t code = column.codes()[i];
      if (known[code] == 2) known[code] = passes(words[code]) ? 1 : 0;
      keep[i] = known[code];
    }
    return;
  }
  const auto& values = column.values<T>();
  const T* before = nullptr;
  std::uint8_t passed = 0;
  for (std::size_t i = 0; i < keep.size(); i++) {
    if (keep[i] == 0) continue;
    if (before == nullptr || !(*before == values[i])) passed = passes(values[i]) ? 1 : 0;
    before = &values[i];
    keep[i] = passed;
  }
}

void select_column(const Test& test, const Column& column, Keep keep) {
  if (column.absent()) return clear(keep);
  if (test.kind == Test::Kind::set)
    return select_dear<Address>(column, keep,
                                [&](const Address& address) { return test.set->contains(address) != test.others; });
  with_type(column.type(), [&]<class T>() { select_typed<T>(test, column, keep); });
}

// By the text of each row, which is asked about once.
void select_match(const Test& test, const Batch& batch, Keep keep) {
  FieldPrinter printer(test.field, {});
  printer.start(batch);
  std::unordered_map<std::string, bool> known;
  std::string text;
  for (std::size_t i = 0; i < keep.size(); i++) {
    if (keep[i] == 0) continue;
    keep[i] = 0;
    if (!printer.has(i)) continue;
    text.clear();
    printer.append(i, text);
    const auto [at, is_new] = known.try_emplace(text, false);
    if (is_new) at->second = test.pattern->matches(text);
    keep[i] = at->second != test.others ? 1 : 0;
  }
}

// Computing a derived field costs more than looking: when few rows are still wanted it is computed for them alone.
constexpr std::size_t kFew = 8;  // one in so many

void select_test(const Test& test, const Batch& batch, Keep keep) {
  if (test.kind == Test::Kind::match) return select_match(test, batch, keep);
  const auto kept = static_cast<std::size_t>(std::count(keep.begin(), keep.end(), std::uint8_t{1}));
  if (is_stored(test.field) || kept > keep.size() / kFew)
    return select_column(test, column_of(batch, test.field), keep);
  if (kept == 0) return;
  const std::vector<std::uint32_t> rows = kept_rows(keep);
  Batch few(rows.size());
  for (const Field input : stored_inputs({test.field}).list()) few.set(input, gathered(batch[input], rows));
  std::vector<std::uint8_t> passing(rows.size(), 1);
  select_column(test, column_of(few, test.field), passing);
  for (std::size_t i = 0; i < rows.size(); i++) keep[rows[i]] = passing[i];
}

void select(const Node& node, const Batch& batch, Keep keep);

void select_any(const Node& node, const Batch& batch, Keep keep) {
  std::vector<std::uint8_t> open(keep.begin(), keep.end()), taken;
  for (const Node& part : node.parts) {
    taken.assign(open.begin(), open.end());
    select(part, batch, taken);
    keep_others(open.data(), taken.data(), open.size());
    if (!any_kept(open)) return;
  }
  keep_others(keep.data(), open.data(), keep.size());
}

void select(const Node& node, const Batch& batch, Keep keep) {
  switch (node.kind) {
    case Node::Kind::everything: return;
    case Node::Kind::nothing: return clear(keep);
    case Node::Kind::test: return select_test(node.test, batch, keep);
    case Node::Kind::all_of:
      for (const Node& part : node.parts) {
        select(part, batch, keep);
        if (!any_kept(keep)) return;
      }
      return;
    case Node::Kind::any_of: return select_any(node, batch, keep);
    case Node::Kind::negation: {
      std::vector<std::uint8_t> passing(keep.begin(), keep.end());
      select(node.parts[0], batch, passing);
      keep_others(keep.data(), passing.data(), keep.size());
      return;
    }
  }
}

// How dear a part is: tests of stored fields, groups of them and sets of addresses, derived fields, text.
int cost(const Node& node) {
  if (node.kind == Node::Kind::test && node.test.kind == Test::Kind::match) return 3;
  if (node.kind == Node::Kind::test) return !is_stored(node.test.field) ? 2 : node.test.kind == Test::Kind::set ? 1 : 0;
  int most = 1;
  for (const Node& part : node.parts) most = std::max(most, cost(part));
  return most;
}

class CompiledFilter final : public Where {
 public:
  explicit CompiledFilter(Node root) : root_(std::move(root)) {}
  FieldSet fields() const override { return fields_of(root_); }
  Verdict judge(const FrameStats& stats) const override { return judged(root_, stats); }
  void select(const Batch& batch, std::span<std::uint8_t> keep) const override { argus::select(root_, batch, keep); }

 private:
  Node root_;
};

// A list of addresses longer than this is not worth asking for.
constexpr std::size_t kAsked = 64;

Verdict judged_spans(const Test& test, const FrameStats& stats) {
  const auto range = stats.range(test.field);
  if (range && !range->any) return Verdict::none;
  const bool asks = asks_membership(test);
  bool met = false;
  for (const Span& span : test.spans) {
    if (range && (span.most < range->least || span.least > range->most)) continue;
    if (range && span.least <= range->least && span.most >= range->most && !range->absent) return Verdict::all;
    met |= !asks || span.least != span.most || stats.may_contain(test.field, address_of(span.least));
  }
  return met ? Verdict::some : Verdict::none;
}

Verdict judged_set(const Test& test, const FrameStats& stats) {
  const auto range = stats.range(test.field);
  if (!range) return Verdict::some;
  if (!range->any) return Verdict::none;
  const Span span{range->least, range->most};
  const AddressSet::Holds holds = test.set->holds(span);
  const bool none = holds == (test.others ? AddressSet::Holds::all : AddressSet::Holds::none);
  if (none) return Verdict::none;
  if (holds != AddressSet::Holds::some) return range->absent ? Verdict::some : Verdict::all;
  if (test.others) return Verdict::some;
  const std::vector<Address> singles = test.set->singles(span, kAsked);
  const bool met = singles.empty() || std::any_of(singles.begin(), singles.end(), [&](const Address& address) {
                     return stats.may_contain(test.field, address);
                   });
  return met ? Verdict::some : Verdict::none;
}

Verdict judged_test(const Test& test, const FrameStats& stats) {
  if (test.kind == Test::Kind::set) return judged_set(test, stats);
  if (test.kind == Test::Kind::spans) return judged_spans(test, stats);
  const auto range = stats.range(test.field);
  if (!range) return Verdict::some;
  if (!range->any) return Verdict::none;
  if (test.kind != Test::Kind::bits || range->least != range->most) return Verdict::some;
  if ((range->least & test.bits) == 0) return Verdict::none;
  return range->absent ? Verdict::some : Verdict::all;
}

}  // namespace

void cheap_first(Node& node) {
  for (Node& part : node.parts) cheap_first(part);
  std::stable_sort(node.parts.begin(), node.parts.end(),
                   [](const Node& a, const Node& b) { return cost(a) < cost(b); });
}

bool asks_membership(const Test& test) { return info(test.field).type == Type::addr && test.spans.size() <= kAsked; }

Verdict judged(const Node& node, const FrameStats& stats) {
  switch (node.kind) {
    case Node::Kind::everything: return Verdict::all;
    case Node::Kind::nothing: return Verdict::none;
    case Node::Kind::test: return judged_test(node.test, stats);
    case Node::Kind::negation: {
      const Verdict inner = judged(node.parts[0], stats);
      return inner == Verdict::all ? Verdict::none : inner == Verdict::none ? Verdict::all : Verdict::some;
    }
    case Node::Kind::all_of:
    case Node::Kind::any_of: break;
  }
  const bool all = node.kind == Node::Kind::all_of;
  Verdict out = all ? Verdict::all : Verdict::none;
  for (const Node& part : node.parts) {
    const Verdict one = judged(part, stats);
    out = all ? std::min(out, one) : std::max(out, one);
  }
  return out;
}

WherePtr where_of(Node root) {
  if (root.kind == Node::Kind::everything) return nullptr;
  cheap_first(root);
  return std::make_shared<CompiledFilter>(std::move(root));
}

}  // namespace argus
