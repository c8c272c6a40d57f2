#include "flow/host_names.h"

#include <algorithm>

#include "base/text.h"

namespace argus {

namespace {

constexpr std::string_view kLeftOut = "~";
constexpr std::size_t kWidthLeast = 8;

bool is_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' || c == '_';
}

std::string shown(std::string_view name, std::size_t width) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > kHostNameBytesMax || argus::parse_address(name)) return {};
  std::string out;
  for (const char c : name) {
    if (is_of_a_name(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append("\\x").append(1, kHexDigits[byte >> 4]).append(1, kHexDigits[byte & 15]);
  }
  if (out.size() <= width) return out;
  // Both ends say something: the host, and whose it is.
  const std::size_t tail = (width - 1) / 2, head = width - 1 - tail;
  return out.substr(0, head) + std::string(kLeftOut) + out.substr(out.size() - tail);
}

}  // namespace

void HostNames::add(const Address& address, std::string_view name) {
  names_.use([&](auto& names) { names.try_emplace(address, shown(name, std::max(width_, kWidthLeast))); });
}

bool HostNames::has(const Address& address) const {
  return names_.use([&](const auto& names) { return names.contains(address); });
}

std::string_view HostNames::name_of(const Address& address) const {
  return names_.use([&](const auto& names) -> std::string_view {
    const auto found = names.find(address);
    return found == names.end() ? std::string_view() : std::string_view(found->second);
  });
}

}  // namespace argus
