// Messages of exporters, made by hand.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "collect/collector.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"

namespace argus::test {

inline constexpr std::uint32_t kExported = 1'700'000'000;  // seconds
inline constexpr std::uint32_t kUptime = 5'000'000;        // milliseconds

class Message {
 public:
  Message& u8(unsigned value) { return bytes_.be(static_cast<std::uint8_t>(value)), *this; }
  Message& u16(unsigned value) { return bytes_.be(static_cast<std::uint16_t>(value)), *this; }
  Message& u32(std::uint64_t value) { return bytes_.be(static_cast<std::uint32_t>(value)), *this; }
  Message& u64(std::uint64_t value) { return bytes_.be(value), *this; }
  Message& text(std::string_view value) { return bytes_.text(value), *this; }
  Message& add(const Message& other) { return bytes_.bytes(other.view()), *this; }
  [[nodiscard]] Bytes view() const { return bytes_.view(); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  ByteWriter bytes_;
};

inline Message netflow9(std::initializer_list<Message> sets, std::uint32_t sequence = 0, std::uint32_t source = 7) {
  Message out;
  out.u16(9).u16(static_cast<unsigned>(sets.size())).u32(kUptime).u32(kExported).u32(sequence).u32(source);
  for (const Message& set : sets) out.add(set);
  return out;
}

inline Message ipfix(std::initializer_list<Message> sets, std::uint32_t sequence = 0, std::uint32_t domain = 7) {
  std::size_t size = 16;
  for (const Message& set : sets) size += set.size();
  Message out;
  out.u16(10).u16(static_cast<unsigned>(size)).u32(kExported).u32(sequence).u32(domain);
  for (const Message& set : sets) out.add(set);
  return out;
}

inline Message set(unsigned id, const Message& body) {
  return Message().u16(id).u16(static_cast<unsigned>(body.size() + 4)).add(body);
}

struct Spec {
  unsigned id, length;
  std::uint32_t enterprise = 0;
};
inline Message fields(std::initializer_list<Spec> specs) {
  Message out;
  for (const Spec& spec : specs) {
    out.u16(spec.id | (spec.enterprise != 0 ? 0x8000u : 0u)).u16(spec.length);
    if (spec.enterprise != 0) out.u32(spec.enterprise);
  }
  return out;
}
inline Message shape(unsigned id, std::initializer_list<Spec> specs) {
  return Message().u16(id).u16(static_cast<unsigned>(specs.size())).add(fields(specs));
}

inline Address exporter(unsigned last = 1) {
  const std::uint8_t bytes[] = {192, 0, 2, static_cast<std::uint8_t>(last)};
  return Address::from_v4(bytes);
}

struct Collected {
  Collector collector{CollectorOptions()};
  Journal journal;
  void add(const Message& message, unsigned from = 1, std::uint16_t port = 4000) {
    collector.add({message.view(), exporter(from), port, Nanos{kExported} * kSecond});
  }
  Batch take() { return collector.take(); }
  std::uint64_t count(LedgerItem item) {
    collector.drain(journal);
    std::uint64_t out = 0;
    for (const LedgerEntry& entry : journal.entries()) out += entry.item == item ? entry.count : 0;
    return out;
  }
};

template <class T>
std::optional<T> value(const Batch& batch, Field field, std::size_t row = 0) {
  if (!batch[field].has(row)) return std::nullopt;
  return batch[field].at<T>(row);
}
inline std::optional<std::uint64_t> number(const Batch& batch, Field field, std::size_t row = 0) {
  return value<std::uint64_t>(batch, field, row);
}

}  // namespace argus::test
