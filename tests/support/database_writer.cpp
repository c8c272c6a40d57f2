#include "support/database_writer.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/address.h"

namespace argus {

namespace {

enum Kind : unsigned { kText = 2, kU16 = 5, kU32 = 6, kMap = 7, kU64 = 9, kArray = 11 };

void add_head(std::string& out, unsigned kind, std::size_t size) {
  const unsigned low = size < 29 ? static_cast<unsigned>(size) : 29;
  out += static_cast<char>((kind <= 7 ? kind << 5 : 0) | low);
  if (kind > 7) out += static_cast<char>(kind - 7);
  if (size >= 29) out += static_cast<char>(size - 29);
}
void add_text(std::string& out, const std::string& text) {
  add_head(out, kText, text.size());
  out += text;
}
void add_number(std::string& out, unsigned kind, std::uint64_t value) {
  std::string bytes;
  for (; value != 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value));
  add_head(out, kind, bytes.size());
  out += bytes;
}

struct Tree {
  std::map<std::string, Tree> below;
  std::variant<std::string, std::uint32_t> value;
};
void add_tree(std::string& out, const Tree& tree) {
  if (tree.below.empty()) {
    if (const auto* text = std::get_if<std::string>(&tree.value)) add_text(out, *text);
    else add_number(out, kU32, std::get<std::uint32_t>(tree.value));
    return;
  }
  add_head(out, kMap, tree.below.size());
  for (const auto& [name, one] : tree.below) add_text(out, name), add_tree(out, one);
}

std::string entry_bytes(const DatabaseEntry& entry) {
  Tree root;
  for (const auto& [path, value] : entry) {
    Tree* at = &root;
    for (std::size_t from = 0; from <= path.size();) {
      const std::size_t end = std::min(path.find('/', from), path.size());
      at = &at->below[path.substr(from, end - from)];
      from = end + 1;
    }
    at->value = value;
  }
  std::string out;
  add_tree(out, root);
  return out;
}

// Databases keep IPv4 below ::/96.
bool bit_of(const Address& address, unsigned n) {
  if (address.is_v4() && n < 96) return false;
  return (address.bytes[n / 8] >> (7 - n % 8) & 1) != 0;
}

}  // namespace

std::string address_database(const std::vector<std::pair<Prefix, DatabaseEntry>>& networks) {
  constexpr std::uint32_t kNone = UINT32_MAX, kData = 1u << 31;
  std::vector<std::array<std::uint32_t, 2>> nodes(1, {kNone, kNone});
  std::string data;
  for (const auto& [network, entry] : networks) {
    const unsigned length = network.length + (network.address.is_v4() ? 96u : 0u);
    std::size_t at = 0;
    for (unsigned n = 0; n + 1 < length; n++) {
      std::uint32_t& next = nodes[at][bit_of(network.address, n)];
      std::uint32_t to = next;
      if (to == kNone || to >= kData) {
        to = static_cast<std::uint32_t>(nodes.size());
        const std::uint32_t outer = next;
        next = to;
        nodes.push_back({outer, outer});
      }
      at = to;
    }
    nodes[at][bit_of(network.address, length - 1)] = kData | static_cast<std::uint32_t>(data.size());
    data += entry_bytes(entry);
  }
  const auto count = static_cast<std::uint32_t>(nodes.size());
  std::string out;
  for (const auto& node : nodes)
    for (const std::uint32_t value : node) {
      const std::uint32_t record = value == kNone ? count : value >= kData ? (value & ~kData) + count + 16 : value;
      for (const unsigned shift : {16u, 8u, 0u}) out += static_cast<char>(record >> shift);
    }
  out += std::string(16, '\0') + data + "\xab\xcd\xefMaxMind.com";
  add_head(out, kMap, 9);
  add_text(out, "binary_format_major_version"), add_number(out, kU16, 2);
  add_text(out, "binary_format_minor_version"), add_number(out, kU16, 0);
  add_text(out, "build_epoch"), add_number(out, kU64, 1790000000);
  add_text(out, "database_type"), add_text(out, "Test");
  add_text(out, "description"), add_head(out, kMap, 0);
  add_text(out, "ip_version"), add_number(out, kU16, 6);
  add_text(out, "languages"), add_head(out, kArray, 0);
  add_text(out, "node_count"), add_number(out, kU32, count);
  add_text(out, "record_size"), add_number(out, kU16, 24);
  return out;
}

}  // namespace argus
