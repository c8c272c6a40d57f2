// What an exporter said that its records look like, and what we make of them: the elements of a template, compiled to
// steps that fill columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "collect/elements.h"
#include "collect/even_fill.h"
#include "collect/even_records.h"
#include "flow/field.h"

namespace argus {

struct FieldSpec {
  std::uint32_t enterprise = 0;
  std::uint16_t id = 0, length = 0;  // kVariableLength: each record says
  friend bool operator==(const FieldSpec&, const FieldSpec&) = default;
};

// Of NetFlow 9: what the record is about, by numbers of its own.
inline constexpr std::uint32_t kScopeEnterprise = 0xffff'ffff;
// Bytes of a record that mean nothing.
inline constexpr std::uint16_t kPadding = 210;  // paddingOctets

// One element of each record of a set into one column.
struct FillStep {
  std::uint16_t index, offset, length;  // of the element; the last two of records of a fixed length
  How how;
  bool is_extra;
  bool is_second;  // a step before it has filled the same
  Field field;
  Extra extra;
  EvenFill fill_evenly;  // of records of a fixed length; or null
};

class Template {
 public:
  // Empty for one whose records would have no length, or more than any datagram.
  [[nodiscard]] static std::optional<Template> make(std::vector<FieldSpec> fields, std::uint16_t scopes);

  [[nodiscard]] const std::vector<FieldSpec>& fields() const { return fields_; }
  [[nodiscard]] std::uint16_t scopes() const { return scopes_; }  // fields at the front; 0: of flows
  [[nodiscard]] const std::vector<FillStep>& steps() const { return steps_; }
  [[nodiscard]] std::size_t length() const { return length_; }  // of a record; where it varies, the least
  [[nodiscard]] bool varies() const { return varies_; }
  [[nodiscard]] std::size_t unknown() const { return unknown_; }  // fields that become nothing
  [[nodiscard]] bool is_of(const std::vector<FieldSpec>& fields, std::uint16_t scopes) const {
    return scopes_ == scopes && fields_ == fields;
  }
  [[nodiscard]] std::size_t bytes() const;  // of memory

 private:
  void compile();

  std::vector<FieldSpec> fields_;
  std::uint16_t scopes_ = 0;
  std::vector<FillStep> steps_;
  std::size_t length_ = 0, unknown_ = 0;
  bool varies_ = false;
};

// The records of a data set as they lie in it.
class RecordSet {
 public:
  // Of a template that outlives this. What is left behind the last whole record is padding.
  RecordSet(const Template& of, Bytes bytes);
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] Bytes value(std::size_t record, const FillStep& step) const {
    if (!varies_) return bytes_.subspan(record * length_ + step.offset, step.length);
    const Place& place = places_[record * fields_ + step.index];
    return bytes_.subspan(place.offset, place.length);
  }
  // Whether all have the same length; of those that do, the element that a step is about.
  [[nodiscard]] bool is_even() const { return !varies_; }
  [[nodiscard]] EvenElement even(const FillStep& step) const {
    return {bytes_, count_, length_, step.offset, step.length};
  }
  [[nodiscard]] bool contradicts_itself() const { return bad_; }  // lengths that lead out of the set

 private:
  struct Place {
    std::uint16_t offset, length;
  };
  Bytes bytes_;
  std::size_t count_ = 0, length_ = 0, fields_ = 0;
  bool varies_ = false, bad_ = false;
  std::vector<Place> places_;
};

}  // namespace argus
