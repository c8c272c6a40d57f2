// Identity of the fields of a flow record, and what the table (fields.def) says of each.
#pragma once

#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/type.h"

namespace argus {

enum class Field : std::uint16_t {
#define FIELD(name, ...)   name,
#define DERIVED(name, ...) name,
#include "flow/fields.def"
};

inline constexpr std::size_t kStoredFields = 0
#define FIELD(...) +1
#include "flow/fields.def"
    ;
inline constexpr std::size_t kFields = kStoredFields
#define DERIVED(...) +1
#include "flow/fields.def"
    ;

enum class Format : std::uint8_t {
#define FORMAT(name, ...) name,
#include "flow/formats.def"
};

// What formats.def says of each.
struct FormatInfo {
  enum class Kind : std::uint8_t { counter, level, instant, name, code };
  enum class Told : std::uint8_t { digits, code, seconds, word, named, itself };
  enum class Disguise : std::uint8_t { plain, address, mac, port, time, text };
  Kind kind;
  bool falling;       // an amount: ordered largest first
  bool bare;          // JSON needs no quotes around it
  bool buckets;       // keys may be cut to buckets of a size
  Told told;          // how a filter tells a value
  Disguise disguise;  // what records that are shared with strangers have in its place (privacy/anonymize.h)
  // Right-aligned in tables, and can be drawn.
  [[nodiscard]] constexpr bool is_number() const { return kind == Kind::counter || kind == Kind::level; }
};
[[nodiscard]] const FormatInfo& info(Format format);

class FieldSet;

// How values combine when records merge. All commutative and associative; absent is the identity of all but `same`,
// where it absorbs. `none` gives absent.
enum class Merge : std::uint8_t { sum, min, max, or_, same, none };

struct FieldInfo {
  Field field;
  std::string_view name, alias;
  std::uint16_t wire;  // 0: derived
  Type type;
  Format format;
  Merge merge;    // none for derived fields
  Field reverse;  // itself where the ends do not matter
  std::uint8_t width;
  std::string_view unit, doc;
};

[[nodiscard]] const FieldInfo& info(Field field);
[[nodiscard]] std::span<const FieldInfo> all_fields();  // in the order of fields.def, stored ones first
[[nodiscard]] constexpr bool is_stored(Field field) { return static_cast<std::size_t>(field) < kStoredFields; }
[[nodiscard]] constexpr std::size_t index_of(Field field) { return static_cast<std::size_t>(field); }

// What ticks (meter/meter.h) may be asked for.
[[nodiscard]] const FieldSet& tick_fields();

// What the meter observes only where it is asked for (meter/details.h).
[[nodiscard]] const FieldSet& detail_fields();

// Whose values stand out in a table where they are not zero.
[[nodiscard]] const FieldSet& alarming_fields();
// The field that the text of this one reads besides.
[[nodiscard]] std::optional<Field> beside(Field field);

// A field of groups that counts the different values of another one (query/tally.h).
struct DistinctField {
  Field made, of;
};
[[nodiscard]] std::span<const DistinctField> distinct_fields();

// By name, by alias, or by the name that another program has for it (foreign.def). "distinct(daddr)" is the field that
// counts its different values.
[[nodiscard]] std::optional<Field> find_field(std::string_view name);
[[nodiscard]] std::optional<Field> field_of_wire(std::uint16_t wire);
[[nodiscard]] const std::vector<std::string>& field_names();  // names and aliases, for suggestions

// A name that another program has for a field.
struct ForeignName {
  Field field;
  std::string_view system, name;
};
[[nodiscard]] std::span<const ForeignName> foreign_names();
// Why records do not have what another program calls so; empty for other words.
[[nodiscard]] std::string_view why_unheld(std::string_view word);
// Errc::usage of a word that should name a field: what is close to it among fields and `also`, or why it is not held.
[[nodiscard]] Error no_field(std::string_view word, const std::vector<std::string>& also = {});

class FieldSet {
 public:
  FieldSet() = default;
  FieldSet(std::initializer_list<Field> fields) {
    for (const Field f : fields) add(f);
  }
  void add(Field f) { bits_.set(index_of(f)); }
  void remove(Field f) { bits_.reset(index_of(f)); }
  [[nodiscard]] bool has(Field f) const { return bits_.test(index_of(f)); }
  [[nodiscard]] bool empty() const { return bits_.none(); }
  [[nodiscard]] bool meets(const FieldSet& o) const { return (bits_ & o.bits_).any(); }
  FieldSet& operator|=(const FieldSet& o) { return bits_ |= o.bits_, *this; }
  friend FieldSet operator|(FieldSet a, const FieldSet& b) { return a |= b; }
  friend bool operator==(const FieldSet&, const FieldSet&) = default;
  [[nodiscard]] std::vector<Field> list() const;
  [[nodiscard]] static FieldSet all_stored();

 private:
  std::bitset<kFields> bits_;
};

// The stored fields that `fields` need: themselves, or what they are derived from.
[[nodiscard]] FieldSet stored_inputs(const FieldSet& fields);

}  // namespace argus
