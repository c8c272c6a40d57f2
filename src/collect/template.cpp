#include "collect/template.h"

#include <algorithm>
#include <array>
#include <set>

namespace argus {

namespace {

constexpr std::size_t kRecordMost = 65'535;

// A reverse element is one of the forward ones seen from the other end; fields have a counterpart, extras have none.
std::vector<Element> meanings_of(const FieldSpec& spec) {
  if (spec.enterprise == kScopeEnterprise) return {};
  if (spec.enterprise != kReverseEnterprise) {
    const auto found = elements_of(spec.enterprise, spec.id);
    return {found.begin(), found.end()};
  }
  std::vector<Element> out;
  for (Element element : elements_of(0, spec.id)) {
    if (element.is_extra || info(element.field).reverse == element.field) continue;
    element.field = info(element.field).reverse;
    out.push_back(element);
  }
  return out;
}

struct RankedStep {
  FillStep step;
  std::uint8_t rank;
};

}  // namespace

std::optional<Template> Template::make(std::vector<FieldSpec> fields, std::uint16_t scopes) {
  Template out;
  out.fields_ = std::move(fields), out.scopes_ = scopes;
  for (const FieldSpec& spec : out.fields_) {
    out.varies_ |= spec.length == kVariableLength;
    out.length_ += spec.length == kVariableLength ? 1 : spec.length;
  }
  if (out.length_ == 0 || out.length_ > kRecordMost) return std::nullopt;
  out.compile();
  return out;
}

// Extras come first, which others are made with; of one field the highest rank comes last.
void Template::compile() {
  std::vector<RankedStep> ranked;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < fields_.size(); i++) {
    const FieldSpec& spec = fields_[i];
    const std::vector<Element> elements = meanings_of(spec);
    const bool silent = spec.enterprise == kScopeEnterprise || (spec.enterprise == 0 && spec.id == kPadding);
    if (elements.empty() && !silent) unknown_++;
    for (const Element& e : elements) {
      FillStep step{static_cast<std::uint16_t>(i),
                    static_cast<std::uint16_t>(offset),
                    spec.length,
                    e.how,
                    e.is_extra,
                    false,
                    e.field,
                    e.extra,
                    nullptr};
      if (!varies_ && e.how == How::low_byte && spec.length != 0)
        step.how = How::number, step.offset = static_cast<std::uint16_t>(offset + spec.length - 1), step.length = 1;
      ranked.push_back({step, e.rank});
    }
    offset += spec.length;
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedStep& a, const RankedStep& b) {
    return a.step.is_extra != b.step.is_extra ? a.step.is_extra : a.rank < b.rank;
  });
  constexpr std::uint8_t kAlone = 10;
  std::array<bool, kStoredFields> alone{};
  for (const RankedStep& one : ranked)
    if (!one.step.is_extra && one.rank >= kAlone) alone[index_of(one.step.field)] = true;
  std::erase_if(ranked, [&](const RankedStep& one) {
    return !one.step.is_extra && one.rank < kAlone && alone[index_of(one.step.field)];
  });
  std::array<bool, kStoredFields> met{};
  std::array<bool, kExtras> met_extras{};
  for (RankedStep& one : ranked) {
    bool& before =
        one.step.is_extra ? met_extras[static_cast<std::size_t>(one.step.extra)] : met[index_of(one.step.field)];
    one.step.is_second = std::exchange(before, true);
    if (!varies_ && !one.step.is_extra && !one.step.is_second)
      one.step.fill_evenly = even_fill_of(one.step.field, one.step.how, one.step.length);
    steps_.push_back(one.step);
  }
  steps_.shrink_to_fit();
}

std::size_t Template::bytes() const {
  return sizeof(Template) + fields_.capacity() * sizeof(FieldSpec) + steps_.capacity() * sizeof(FillStep);
}

RecordSet::RecordSet(const Template& of, Bytes bytes)
    : bytes_(bytes), length_(of.length()), fields_(of.fields().size()), varies_(of.varies()) {
  if (!varies_) {
    count_ = bytes.size() / length_;
    return;
  }
  ByteReader in(bytes_);
  while (in.left() >= length_) {
    const std::size_t left = in.left();
    for (const FieldSpec& spec : of.fields()) {
      std::size_t length = spec.length;
      if (length == kVariableLength) {
        length = in.u8();
        if (length == 255) length = in.be<std::uint16_t>();
      }
      const std::size_t at = bytes_.size() - in.left();
      in.skip(length);
      if (!in.ok()) break;
      places_.push_back({static_cast<std::uint16_t>(at), static_cast<std::uint16_t>(length)});
    }
    // What is shorter than four bytes is padding, whatever it seems to say.
    if (!in.ok()) {
      bad_ = left > 3;
      break;
    }
    count_++;
  }
}

}  // namespace argus
