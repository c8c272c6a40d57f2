#include "flow/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/int128.h"
#include "base/text.h"

namespace argus {

namespace {

// The words of fields.def and formats.def mean these only inside the tables.
namespace words {
inline constexpr Type u8 = Type::u8, u16 = Type::u16, u32 = Type::u32, u64 = Type::u64, i64 = Type::i64,
                      u128 = Type::u128, addr = Type::addr, bytes = Type::bytes, f64 = Type::f64;
inline constexpr Merge merge_sum = Merge::sum, merge_min = Merge::min, merge_max = Merge::max, merge_or = Merge::or_,
                       merge_same = Merge::same, merge_none = Merge::none;
inline constexpr bool rising = false, falling = true, quoted = false, bare = true, whole = false, buckets = true;
}  // namespace words

constexpr FormatInfo kFormats[] = {
#define FORMAT(name, kind, order, json, cut, told, disguise, ...)                                \
  {FormatInfo::Kind::kind,        words::order, words::json, words::cut, FormatInfo::Told::told, \
   FormatInfo::Disguise::disguise},
#include "flow/formats.def"
};

constexpr std::array<FieldInfo, kFields> kTable = {{
#define FIELD(name, wire, type, format, merge, reverse, width, alias, unit, doc)   \
  {Field::name,          #name,          alias, wire, words::type, Format::format, \
   words::merge_##merge, Field::reverse, width, unit, doc},
#define DERIVED(name, type, format, reverse, width, alias, unit, doc, ...) \
  {Field::name, #name, alias, 0, words::type, Format::format, Merge::none, Field::reverse, width, unit, doc},
#include "flow/fields.def"
}};

constexpr bool table_is_sound() {
  for (std::size_t i = 0; i < kFields; i++) {
    const FieldInfo& f = kTable[i];
    if (index_of(f.field) != i) return false;
    const FieldInfo& back = kTable[index_of(f.reverse)];
    if (back.reverse != f.field || back.type != f.type || back.merge != f.merge) return false;
    for (std::size_t j = 0; j < i && f.wire != 0; j++)
      if (kTable[j].wire == f.wire) return false;
  }
  return true;
}
static_assert(table_is_sound(), "fields.def: a reverse that does not lead back, or a wire number used twice");

constexpr ForeignName kForeign[] = {
#define FOREIGN(field, system, name, ...) {Field::field, #system, name},
#include "flow/foreign.def"
};

const std::unordered_map<std::string_view, Field>& by_name() {
  static const auto made = [] {
    std::unordered_map<std::string_view, Field> out;
    for (const FieldInfo& f : kTable) out.emplace(f.name, f.field);
    for (const FieldInfo& f : kTable)
      if (!f.alias.empty()) out.emplace(f.alias, f.field);
    for (const ForeignName& f : kForeign) out.emplace(f.name, f.field);
    return out;
  }();
  return made;
}

}  // namespace

const FieldSet& tick_fields() {
  using enum Field;
  static const FieldSet fields = {
#define TICKS(...) __VA_ARGS__
#include "flow/fields.def"
  };
  return fields;
}

const FieldSet& detail_fields() {
  using enum Field;
  static const FieldSet fields = {
#define DETAILS(...) __VA_ARGS__
#include "flow/fields.def"
  };
  return fields;
}

const FieldSet& alarming_fields() {
  using enum Field;
  static const FieldSet fields = {
#define ALARMING(...) __VA_ARGS__
#include "flow/fields.def"
  };
  return fields;
}

std::optional<Field> beside(Field field) {
  static constexpr std::pair<Field, Field> kBeside[] = {
#define BESIDE(name, beside) {Field::name, Field::beside},
#include "flow/fields.def"
  };
  for (const auto& [one, other] : kBeside)
    if (one == field) return other;
  return std::nullopt;
}

const FormatInfo& info(Format format) { return kFormats[static_cast<std::size_t>(format)]; }
const FieldInfo& info(Field field) { return kTable[index_of(field)]; }
std::span<const FieldInfo> all_fields() { return kTable; }

std::span<const DistinctField> distinct_fields() {
  static constexpr auto kDistinct = std::to_array<DistinctField>({
#define DISTINCT(name, of) {Field::name, Field::of},
#include "flow/fields.def"
  });
  return kDistinct;
}

std::optional<Field> find_field(std::string_view name) {
  constexpr std::string_view kDistinct = "distinct(";
  if (name.starts_with(kDistinct) && name.ends_with(')')) {
    name.remove_prefix(kDistinct.size());
    name.remove_suffix(1);
    const auto of = find_field(name);
    for (const DistinctField& one : distinct_fields())
      if (of && one.of == *of) return one.made;
    return std::nullopt;
  }
  const auto found = by_name().find(name);
  if (found == by_name().end()) return std::nullopt;
  return found->second;
}

std::span<const ForeignName> foreign_names() { return kForeign; }

std::string_view why_unheld(std::string_view word) {
#define UNHELD(name, why) \
  if (word == (name)) return why;
#include "flow/foreign.def"
  return {};
}

Error no_field(std::string_view word, const std::vector<std::string>& also) {
  if (const std::string_view why = why_unheld(word); !why.empty())
    return fail(Errc::usage, "no field '{}': {}", escaped(word), why);
  std::vector<std::string> known = field_names();
  known.insert(known.end(), also.begin(), also.end());
  std::vector<std::string> longer;  // the classic took the beginning of a name; here it is only a hint
  if (word.size() > 1)
    for (const std::string& name : known)
      if (name.starts_with(word) && longer.size() < 3) longer.push_back("'" + name + "'");
  const std::string close =
      longer.empty() ? did_you_mean(word, known) : "; did you mean " + joined(longer, " or ") + "?";
  return hinted(fail(Errc::usage, "no field '{}'{}", escaped(word), close), "  argus help fields");
}

std::optional<Field> field_of_wire(std::uint16_t wire) {
  static const auto made = [] {
    std::unordered_map<std::uint16_t, Field> out;
    for (const FieldInfo& f : kTable)
      if (f.wire != 0) out.emplace(f.wire, f.field);
    return out;
  }();
  const auto found = made.find(wire);
  if (found == made.end()) return std::nullopt;
  return found->second;
}

const std::vector<std::string>& field_names() {
  static const auto made = [] {
    std::vector<std::string> out;
    for (const FieldInfo& f : kTable) {
      out.emplace_back(f.name);
      if (!f.alias.empty()) out.emplace_back(f.alias);
    }
    return out;
  }();
  return made;
}

std::vector<Field> FieldSet::list() const {
  std::vector<Field> out;
  for (std::size_t i = 0; i < kFields; i++)
    if (bits_.test(i)) out.push_back(static_cast<Field>(i));
  return out;
}

FieldSet FieldSet::all_stored() {
  FieldSet out;
  for (std::size_t i = 0; i < kStoredFields; i++) out.add(static_cast<Field>(i));
  return out;
}

}  // namespace argus
