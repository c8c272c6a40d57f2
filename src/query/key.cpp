#include "query/key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "base/int128.h"
#include "base/names.h"
#include "base/text.h"
#include "flow/type.h"

namespace argus {

namespace {

// Words that are more than a field.
struct Object {
  std::string_view name;
  std::array<Field, 2> fields;
  std::size_t count;
  bool matrix, rmon, cut;  // cut: takes "/n"
};
constexpr std::array kObjects = {
    Object{"matrix", {Field::saddr, Field::daddr}, 2, true, false, true},
    Object{"macmatrix", {Field::smac, Field::dmac}, 2, true, false, false},
    Object{"addr", {Field::saddr, Field::saddr}, 1, false, true, true},
    Object{"mac", {Field::smac, Field::smac}, 1, false, true, false},
    Object{"port", {Field::proto, Field::sport}, 2, false, true, false},
};
constexpr std::string_view kNone = "none";
constexpr unsigned kBits4 = 32, kBits6 = 128;

// Words that begin a filter, given where keys are wanted.
bool is_filter_word(std::string_view word) {
  static constexpr std::array<std::string_view, 20> kWords = {"ip",  "ipv4", "ipv6", "ip6",  "host",  "net",      "src",
                                                              "dst", "and",  "or",   "not",  "gt",    "lt",       "man",
                                                              "est", "con",  "fin",  "vlan", "ether", "portrange"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end() || find_proto(word).has_value();
}

Error unknown_word(std::string_view name) {
  if (why_unheld(name).empty() && is_filter_word(name))
    return fail(Errc::usage, "'{}' is not a key; put '-' before a filter", escaped(name));
  return no_field(name, other_key_words());
}

// "24" or "255.255.0.0"; the bits kept.
Result<unsigned> parse_prefix_length(std::string_view word, std::string_view cut, unsigned most) {
  if (const auto bits = parse_unsigned(cut)) {
    if (*bits <= most) return static_cast<unsigned>(*bits);
    return fail(Errc::usage, "'{}': a prefix{} has at most {} bits", escaped(word), most == kBits4 ? " of IPv4" : "",
                most);
  }
  const auto mask = parse_address(cut);
  if (!mask || !mask->is_v4())
    return fail(Errc::usage, "'{}': '{}' is not a prefix length; write saddr/24, saddr/24/64 or saddr/255.255.255.0",
                escaped(word), escaped(cut));
  std::uint32_t bits = 0;
  for (std::size_t i = 12; i < 16; i++) bits = bits << 8 | mask->bytes[i];
  const auto length = static_cast<unsigned>(std::countl_one(bits));
  if (std::popcount(bits) != static_cast<int>(length))
    return fail(Errc::usage, "'{}': the bits of the mask are not contiguous", escaped(word));
  return length;
}

// Names of other programs that are of one family of addresses.
struct FamilyName {
  std::string_view name;
  std::optional<Family> family;
};
constexpr auto kForeign = std::to_array<FamilyName>({
#define FOREIGN(field, system, name, ...) {name, std::optional<Family>{__VA_OPT__(Family::__VA_ARGS__)}},
#include "flow/foreign.def"
});

std::optional<Family> family_of(std::string_view name) {
  const auto known = std::find_if(kForeign.begin(), kForeign.end(), [&](const auto& row) { return row.name == name; });
  return known == kForeign.end() ? std::nullopt : known->family;
}

// "24/64" cuts both families; one number cuts IPv4 alone, or IPv6 alone where IPv4 has not so many bits: a network of
// either kind has its own usual length, and one cut of both would merge unlike things (2001:d00::/24).
Result<> cut_addresses(Key& key, std::string_view word, std::string_view cut) {
  const std::size_t slash = cut.find('/');
  if (slash != std::string_view::npos) {
    ARGUS_TRY_LET(key.prefix4, parse_prefix_length(word, cut.substr(0, slash), kBits4));
    ARGUS_TRY_LET(key.prefix6, parse_prefix_length(word, cut.substr(slash + 1), kBits6));
    return {};
  }
  if (const auto family = family_of(word.substr(0, word.find('/')))) {  // srcip6/32
    const bool six = family == Family::ipv6;
    ARGUS_TRY_LET((six ? key.prefix6 : key.prefix4), parse_prefix_length(word, cut, six ? kBits6 : kBits4));
    return {};
  }
  ARGUS_TRY_LET(const unsigned bits, parse_prefix_length(word, cut, kBits6));
  (bits > kBits4 ? key.prefix6 : key.prefix4) = bits;
  return {};
}

// "1000", "64k", "1M": powers of 1000 as everywhere.
std::optional<std::uint64_t> parse_bucket(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty()) {
    const std::size_t at = std::string_view("kMG").find(text.back());
    if (at != std::string_view::npos) {
      static constexpr std::array<std::uint64_t, 3> kUnits = {1'000, 1'000'000, 1'000'000'000};
      unit = kUnits[at];
      text.remove_suffix(1);
    }
  }
  const auto number = parse_unsigned(text);
  if (!number || *number == 0 || *number > UINT64_MAX / unit) return std::nullopt;
  return *number * unit;
}

Result<Key> cut_key(Field field, std::string_view word, std::string_view cut) {
  Key key{field};
  key.whole = false;
  const FieldInfo& about = info(field);
  if (about.type == Type::addr) {
    ARGUS_TRY(cut_addresses(key, word, cut));
    return key;
  }
  if (about.format == Format::time || about.format == Format::duration) {
    auto length = parse_duration(cut);
    if (!length) return while_doing(fmt::format("'{}'", escaped(word)), length.error());
    if (about.type == Type::i64) key.bin = *length;
    else key.bucket = static_cast<std::uint64_t>(*length);
    return key;
  }
  if (!info(about.format).buckets)
    return fail(Errc::usage,
                "'{}': {} cannot be cut; only addresses (saddr/24), times (stime/5m) and numbers (bytes/1000) can",
                escaped(word), about.name);
  const auto bucket = parse_bucket(cut);
  if (!bucket)
    return fail(Errc::usage, "'{}': '{}' is not a bucket size; write {}/1000", escaped(word), escaped(cut), about.name);
  key.bucket = *bucket;
  return key;
}

bool cuts4(const Key& key) { return key.prefix4 < kBits4; }
bool cuts6(const Key& key) { return key.prefix6 < kBits6; }

// A column has one value in a row: a field is cut in one way. Cuts of IPv4 and of IPv6 alone are one cut of both.
Result<> add_key(KeyWords& out, const Key& key, std::string_view word) {
  const auto same =
      std::find_if(out.keys.begin(), out.keys.end(), [&](const Key& other) { return other.field == key.field; });
  if (same == out.keys.end()) {
    out.keys.push_back(key);
    return {};
  }
  if (*same == key) return {};
  const FieldInfo& about = info(key.field);
  const bool addresses = about.type == Type::addr;
  if (addresses && cuts4(*same) != cuts6(*same) && cuts4(key) == cuts6(*same) && cuts6(key) == cuts4(*same)) {
    same->prefix4 = std::min(same->prefix4, key.prefix4);
    same->prefix6 = std::min(same->prefix6, key.prefix6);
    return {};
  }
  return fail(Errc::usage, "'{}': {} is a key already, and a field is cut in one way{}", escaped(word), about.name,
              addresses ? fmt::format("; {}/24/64 cuts IPv4 and IPv6", about.name) : "");
}

Result<> add_object(KeyWords& out, const Object& object, std::string_view word, std::optional<std::string_view> cut) {
  if (cut && !object.cut) return fail(Errc::usage, "'{}': {} cannot be cut", escaped(word), object.name);
  for (std::size_t i = 0; i < object.count; i++) {
    Key key{object.fields[i]};
    if (cut) {
      ARGUS_TRY_LET(key, cut_key(object.fields[i], word, *cut));
    }
    ARGUS_TRY(add_key(out, key, word));
  }
  out.matrix |= object.matrix;
  out.rmon |= object.rmon;
  return {};
}

Result<> add_word(KeyWords& out, std::string_view word) {
  const std::size_t slash = word.find('/');
  const std::string_view name = word.substr(0, slash);
  std::optional<std::string_view> cut;
  if (slash != std::string_view::npos) cut = word.substr(slash + 1);
  if (word == kNone) {
    out.none = true;
    return {};
  }
  for (const Object& object : kObjects)
    if (object.name == name) return add_object(out, object, word, cut);
  const auto field = find_field(name);
  if (!field) return unknown_word(name);
  Key key{*field};
  if (cut) {
    ARGUS_TRY_LET(key, cut_key(*field, word, *cut));
  }
  return add_key(out, key, word);
}

// ---- cutting columns

template <class T, class Cut>
Column mapped(const Column& column, std::size_t rows, Cut&& cut) {
  if (column.shape() == Column::Shape::constant) return Column::constant<T>(cut(column.constant_value<T>()));
  if (column.shape() == Column::Shape::dictionary) {
    std::vector<T> words;
    words.reserve(column.words<T>().size());
    for (const T& word : column.words<T>()) words.push_back(cut(word));
    return Column::dictionary<T>({column.codes().begin(), column.codes().end()},
                                 std::make_shared<const std::vector<T>>(std::move(words)), column.mask());
  }
  const auto values = column.values<T>();
  std::vector<T> out(rows);
  for (std::size_t i = 0; i < rows; i++)
    if (column.has(i)) out[i] = cut(values[i]);
  return Column::flat<T>(std::move(out), column.mask());
}

template <class T>
T cut_value(const Key& key, const T& value) {
  if constexpr (std::is_same_v<T, Address>) {
    const Family family = value.family();
    return family == Family::mac ? value : masked(value, prefix_of(key, family));
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    const std::int64_t size =
        key.bin != 0 ? key.bin : static_cast<std::int64_t>(std::min<std::uint64_t>(key.bucket, INT64_MAX));
    const std::int64_t over = value % size;
    if (over == 0) return value;
    const std::int64_t below = over < 0 ? over + size : over;  // down, also before 1970
    return value < INT64_MIN + below ? INT64_MIN : value - below;
  } else if constexpr (std::is_same_v<T, double>) {
    const auto size = static_cast<double>(key.bucket);
    return std::floor(value / size) * size;
  } else if constexpr (std::is_same_v<T, u128>) {
    return value - value % key.bucket;
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(value - static_cast<T>(value % key.bucket));
  } else {
    return value;
  }
}

}  // namespace

std::vector<Field> fields_of(const KeyWords& words) {
  std::vector<Field> out;
  for (const Key& key : words.keys)
    if (std::find(out.begin(), out.end(), key.field) == out.end()) out.push_back(key.field);
  return out;
}

std::vector<std::string> other_key_words() {
  std::vector<std::string> out;
  for (const Object& object : kObjects) out.emplace_back(object.name);
  out.emplace_back(kNone);
  return out;
}

Result<KeyWords> parse_keys(const std::vector<std::string>& words) {
  KeyWords out;
  for (const std::string& list : words)
    for (const std::string_view word : split_words(list, ", \t\r\n")) ARGUS_TRY(add_word(out, word));
  if (out.none && !out.keys.empty())
    return fail(Errc::usage, "'none' merges nothing and cannot be combined with other keys");
  return out;
}

std::string prefix_text(const Key& key) {
  if (key.whole || info(key.field).type != Type::addr) return {};
  if (cuts4(key) && cuts6(key)) return fmt::format("/{}/{}", key.prefix4, key.prefix6);
  // Of IPv6 alone up to 32 bits, both numbers have to be written.
  if (cuts6(key))
    return key.prefix6 > kBits4 ? fmt::format("/{}", key.prefix6) : fmt::format("/{}/{}", kBits4, key.prefix6);
  return cuts4(key) ? fmt::format("/{}", key.prefix4) : std::string();
}

Column key_column(const Batch& batch, const Key& key) {
  Column column = column_of(batch, key.field);
  if (key.whole || column.absent()) return column;
  return with_type(column.type(), [&]<class T>() {
    return mapped<T>(column, batch.rows(), [&](const T& value) { return cut_value(key, value); });
  });
}

}  // namespace argus
