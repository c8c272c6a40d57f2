// DNS messages for tests, built from the front: head, question, records.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace argus {

class DnsMessageBuilder {
 public:
  explicit DnsMessageBuilder(std::uint16_t flags = 0x8180) : bytes_(12) { put(2, flags); }

  DnsMessageBuilder& question(std::string_view name, std::uint16_t type = 1) {
    count(4);
    return this->name(name).u16(type).u16(1);
  }
  DnsMessageBuilder& answer(std::string_view owner, const Address& address) {
    const bool v4 = address.is_v4();
    record(owner, v4 ? 1 : 28, v4 ? 4 : 16);
    bytes_.insert(bytes_.end(), address.bytes.begin() + (v4 ? 12 : 0), address.bytes.end());
    return *this;
  }
  DnsMessageBuilder& points_at(std::string_view owner, std::uint16_t type, std::string_view target) {
    record(owner, type, static_cast<std::uint16_t>(target.size() + 2));
    return name(target);
  }
  // A record for the name at an offset.
  DnsMessageBuilder& answer_at(std::uint16_t offset, const Address& address) {
    count(6);
    u16(static_cast<std::uint16_t>(0xc000 | offset)).u16(1).u16(1).u16(0).u16(60).u16(4);
    bytes_.insert(bytes_.end(), address.bytes.begin() + 12, address.bytes.end());
    return *this;
  }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  void record(std::string_view owner, std::uint16_t type, std::uint16_t size) {
    count(6);
    name(owner).u16(type).u16(1).u16(0).u16(60).u16(size);
  }
  DnsMessageBuilder& name(std::string_view text) {
    while (!text.empty()) {
      const auto dot = text.find('.');
      const std::string_view label = text.substr(0, dot);
      bytes_.push_back(static_cast<std::uint8_t>(label.size()));
      bytes_.insert(bytes_.end(), label.begin(), label.end());
      text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    }
    bytes_.push_back(0);
    return *this;
  }
  DnsMessageBuilder& u16(std::uint16_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  void put(std::size_t at, std::uint16_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8);
    bytes_[at + 1] = static_cast<std::uint8_t>(value);
  }
  void count(std::size_t at) { bytes_[at + 1]++; }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace argus
