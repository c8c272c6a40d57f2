#include "meter/wire_names.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "packet/decode.h"

namespace argus {

std::size_t WireNames::Hasher::operator()(const Pair& pair) const {
  const std::uint64_t asker = mix(pair.first.high() ^ key.k0, pair.first.low() ^ key.k1);
  return mix(pair.second.high() ^ key.k2 ^ asker, pair.second.low() ^ key.k3);
}

void WireNames::observe_answer(const Frame& frame, const Packet& packet) {
  const bool in_udp = (packet.has & kHasTunnel) != 0 && packet.outer.has_ports;
  if ((packet.has & kIsLaterFragment) != 0 || in_udp) return;
  const std::optional<Bytes> message = udp_payload(frame);
  if (!message) return;
  answers_.clear();
  read_named_addresses(*message, answers_);
  const bool one_asked = packet.sport == kDnsPort;
  for (const NamedAddress& answer : answers_) {
    note({Address(), answer.address}, packet.time, answer.name);
    if (one_asked) note({packet.dst, answer.address}, packet.time, answer.name);
  }
}

void WireNames::note(const Pair& pair, Nanos time, const std::string& name) {
  if (fresh_.size() >= kNamesMost) {
    former_ = std::move(fresh_);
    fresh_ = Table(0, hasher_);
  }
  const auto [there, is_new] = fresh_.try_emplace(pair);
  Names& names = there->second;
  if (is_new)
    if (const auto old = former_.find(pair); old != former_.end()) {
      names = std::move(old->second);
      former_.erase(old);
    }
  // Said again it is no other name, but the newest; records between the two have it from the first time.
  if (!names.empty() && names.back().name == name) return;
  if (names.size() == kNamesOfOneMost) names.erase(names.begin());
  names.push_back({time, name});
}

const std::string* WireNames::name_of(const Pair& pair, Nanos by) {
  for (Table* table : {&fresh_, &former_}) {
    const auto found = table->find(pair);
    if (found == table->end()) continue;
    const Names& names = found->second;
    const auto last = std::find_if(names.rbegin(), names.rend(), [by](const Seen& seen) { return seen.time <= by; });
    return last == names.rend() ? nullptr : &last->name;
  }
  return nullptr;
}

Column WireNames::names_of(const Batch& records, Field named, Field asker) {
  const Flat<Address> at = flat<Address>(records[named], records.rows()),
                      by = flat<Address>(records[asker], records.rows());
  const Flat<Nanos> last = flat<Nanos>(records[Field::ltime], records.rows());
  const auto words = std::make_shared<std::vector<std::string>>();
  std::unordered_map<std::string_view, std::uint32_t> codes_of;
  std::vector<std::uint32_t> codes(records.rows());
  Column::Mask mask(records.rows());
  for (std::size_t row = 0; row < records.rows(); row++) {
    if (!at.has(row) || !last.has(row)) continue;
    const std::string* name = by.has(row) ? name_of({by.values[row], at.values[row]}, last.values[row]) : nullptr;
    if (name == nullptr) name = name_of({Address(), at.values[row]}, last.values[row]);
    if (name == nullptr) continue;
    const auto [code, is_new] = codes_of.try_emplace(*name, static_cast<std::uint32_t>(words->size()));
    if (is_new) words->push_back(*name);
    codes[row] = code->second;
    mask[row] = 1;
  }
  return words->empty() ? Column() : Column::dictionary<std::string>(std::move(codes), words, std::move(mask));
}

void WireNames::fill(Batch& records) {
  if (fresh_.empty() && former_.empty()) return;
  Column source = names_of(records, Field::saddr, Field::daddr);
  Column target = names_of(records, Field::daddr, Field::saddr);
  if (!source.absent()) records.set(Field::sname, std::move(source));
  if (!target.absent()) records.set(Field::dname, std::move(target));
}

}  // namespace argus
