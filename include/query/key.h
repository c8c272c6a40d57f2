// What records are grouped by: fields, whole or cut (a prefix of an address, a bin of a time or a number).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

struct Key {
  Field field;
  unsigned prefix4 = 32;     // addresses: bits kept of IPv4
  unsigned prefix6 = 128;    // and of IPv6; MAC addresses stay whole
  Nanos bin = 0;             // times: bins of this length, aligned to the epoch
  std::uint64_t bucket = 0;  // numbers: buckets of this size
  bool whole = true;         // no cut

  friend bool operator==(const Key&, const Key&) = default;
};

// How -m words of `cluster` are meant, beside plain fields.
struct KeyWords {
  std::vector<Key> keys;
  bool none = false;    // "none": no aggregation
  bool matrix = false;  // "matrix[/n]", "macmatrix": unordered pairs
  bool rmon = false;    // "addr", "mac", "port": one row an object, as with -M rmon

  friend bool operator==(const KeyWords&, const KeyWords&) = default;
};
// The bits that a key keeps of an address.
[[nodiscard]] inline unsigned prefix_of(const Key& key, Family family) {
  return family == Family::ipv4 ? key.prefix4 : family == Family::ipv6 ? key.prefix6 : bits_of(family);
}
// How an address key is cut, as it may be written: "/24", "/64", "/24/64"; "" for whole addresses.
[[nodiscard]] std::string prefix_text(const Key& key);

// Field names and aliases, "saddr/24" (IPv4 cut, IPv6 whole), "saddr/64" (more than 32: the reverse), "saddr/24/64",
// "saddr/255.255.0.0", "stime/5m", "bytes/1000", "matrix", "macmatrix",
// "addr[/n]", "mac", "port", "none"; a word may be a list with blanks or commas. "sport" and "dport" bring no proto
// with them. A field is a key once: "saddr/24" and "saddr/64" are "saddr/24/64", cut in two other ways it is an error.
// Usage errors name the word and what is close to it.
[[nodiscard]] Result<KeyWords> parse_keys(const std::vector<std::string>& words);

// The fields of the keys in their order, each once.
[[nodiscard]] std::vector<Field> fields_of(const KeyWords& words);

// "matrix", "none": words that are no fields.
[[nodiscard]] std::vector<std::string> other_key_words();

// The column of a key as grouping sees it (cut), over the rows of a batch.
[[nodiscard]] Column key_column(const Batch& batch, const Key& key);

}  // namespace argus
