#include "collect/convert.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace argus {

namespace {

constexpr std::uint64_t kNtpToUnix = 2'208'988'800;  // seconds from 1900 to 1970
constexpr std::size_t kTextMost = 256;

Nanos clamped_time(std::uint64_t amount, Nanos unit) {
  return static_cast<Nanos>(std::min(amount, static_cast<std::uint64_t>(kTimeMost / unit))) * unit;
}

// RFC 7011 6.1.9: of microseconds, the lower 11 bits mean nothing.
Nanos ntp_time(std::uint64_t stamp, bool is_micro) {
  const std::uint64_t seconds = stamp >> 32;
  std::uint64_t fraction = stamp & 0xffff'ffff;
  if (is_micro) fraction &= ~std::uint64_t{0x7ff};
  // Beyond 2036 seconds begin at 0 again.
  const std::uint64_t since = seconds >= kNtpToUnix ? seconds - kNtpToUnix : seconds + (1ull << 32) - kNtpToUnix;
  const std::uint64_t nanos = (fraction * 1'000'000'000 + (1ull << 31)) >> 32;
  const Nanos unit = is_micro ? kMicrosecond : 1;
  return static_cast<Nanos>(since) * kSecond + (static_cast<Nanos>(nanos) + unit / 2) / unit * unit;
}

std::optional<std::uint64_t> one_of(Bytes bytes) {
  double share = 0;
  if (bytes.size() == 8) share = std::bit_cast<double>(number_of(bytes));
  if (bytes.size() == 4)
    share = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(number_of(bytes))));
  if (!(share > 1e-9) || share > 1) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(1 / share));
}

}  // namespace

std::optional<Address> address_of(Bytes bytes) {
  if (bytes.size() == 4) return Address::from_v4(bytes.data());
  if (bytes.size() == 16) return Address::from_v6(bytes.data());
  return std::nullopt;
}

std::string text_of(Bytes bytes) {
  std::string out;
  for (const std::byte byte : bytes.first(std::min(bytes.size(), kTextMost))) {
    if (byte == std::byte{0}) break;
    out += static_cast<char>(byte);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<std::uint64_t> code_of(How how, Bytes bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::uint64_t number = number_of(bytes);
  switch (how) {
    case How::low_byte: return number & 0xff;
    case How::dscp: return (number & 0x3f) << 2;
    case How::precedence: return (number & 7) << 5;
    case How::mpls: return bytes.size() >= 3 ? std::optional(number_of(bytes.first(3)) >> 4) : std::nullopt;
    case How::segment: return number & 0xff'ffff;
    case How::end_reason: return cause_of(number);
    case How::length_ms: return static_cast<std::uint64_t>(clamped_time(number, kMillisecond));
    case How::length_us: return static_cast<std::uint64_t>(clamped_time(number, kMicrosecond));
    case How::one_of: return one_of(bytes);
    default: return number;
  }
}

std::optional<Nanos> time_of(How how, Bytes bytes, const TimeBase& base) {
  if (bytes.empty() || bytes.size() > 8) return std::nullopt;
  return time_of(how, number_of(bytes), base);
}

std::optional<Nanos> time_of(How how, std::uint64_t number, const TimeBase& base) {
  switch (how) {
    case How::seconds: return number == 0 ? std::nullopt : std::optional(clamped_time(number, kSecond));
    case How::millis: return number == 0 ? std::nullopt : std::optional(clamped_time(number, kMillisecond));
    case How::ntp_us: return number == 0 ? std::nullopt : std::optional(ntp_time(number, true));
    case How::ntp_ns: return number == 0 ? std::nullopt : std::optional(ntp_time(number, false));
    case How::delta_us: return within_range(base.exported - clamped_time(number, kMicrosecond));
    default: return uptime_time(static_cast<std::uint32_t>(number), base);
  }
}

}  // namespace argus
