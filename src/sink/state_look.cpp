#include "sink/state_look.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/result.h"
#include "base/text.h"
#include "flow/events.h"

namespace argus {

namespace {

struct Change {
  char letter;
  std::uint32_t event;  // of either side
};
constexpr auto kChanges = std::to_array<Change>(
    {{'s', kTcpSyn}, {'S', kTcpSynAck}, {'E', kTcpEstablished}, {'f', kTcpFin}, {'F', kTcpFinAcked}, {'R', kTcpReset}});

struct LookWord {
  std::string_view word, classic;
  StateLook look;
};
constexpr auto kWords = std::to_array<LookWord>({{"name", "", StateLook::name},
                                                 {"changes", "z", StateLook::changes},
                                                 {"flags", "b", StateLook::flags},
                                                 {"sflags", "s", StateLook::source_flags},
                                                 {"dflags", "d", StateLook::destination_flags}});

}  // namespace

std::vector<std::string> state_look_words() {
  std::vector<std::string> out;
  for (const LookWord& row : kWords) out.emplace_back(row.word);
  return out;
}

Result<StateLook> parse_state_look(const std::string& text) {
  const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const LookWord& row) {
    return text == row.word || (!text.empty() && text == row.classic);
  });
  if (found != kWords.end()) return found->look;
  return fail(Errc::usage, "'{}': write {}", escaped(text), joined(state_look_words(), ", "));
}

StatePrinter::StatePrinter(StateLook look) : look_(look) {
  if (look == StateLook::flags || look == StateLook::source_flags) flags_.emplace_back(Field::sflags, TextStyle());
  if (look == StateLook::flags || look == StateLook::destination_flags) flags_.emplace_back(Field::dflags, TextStyle());
}

FieldSet StatePrinter::also_reads() const {
  if (look_ == StateLook::name) return {};
  return look_ == StateLook::changes ? FieldSet{Field::sevents, Field::devents}
                                     : FieldSet{Field::sflags, Field::dflags};
}

void StatePrinter::start(const Batch& batch) {
  for (FieldPrinter& side : flags_) side.start(batch);
  if (look_ == StateLook::changes) source_ = batch[Field::sevents], destination_ = batch[Field::devents];
}

bool StatePrinter::append(std::size_t row, std::string& out) const {
  if (look_ == StateLook::changes) {
    if (!source_.has(row) && !destination_.has(row)) return false;
    std::uint32_t events = 0;
    for (const Column* side : {&source_, &destination_})
      if (side->has(row)) events |= side->at<std::uint32_t>(row);
    for (const Change& change : kChanges)
      if ((events & change.event) != 0) out += change.letter;
    return true;
  }
  if (std::none_of(flags_.begin(), flags_.end(), [&](const FieldPrinter& side) { return side.has(row); })) return false;
  for (std::size_t i = 0; i < flags_.size(); i++) {
    if (i != 0) out += '_';
    flags_[i].append(row, out);
  }
  return true;
}

}  // namespace argus
