// A hash table from packed keys to group numbers, dense from 0 in the order the keys first come.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.h"

namespace argus {

class Grouping {
 public:
  explicit Grouping(std::size_t words);  // of a key

  // The group of each key, new groups for new keys. keys.size() == group_of.size() * words.
  void find(std::span<const std::uint64_t> keys, std::span<std::uint32_t> group_of);
  [[nodiscard]] std::size_t size() const { return size_; }
  // The keys of the groups, in order of their numbers.
  [[nodiscard]] const std::vector<std::uint64_t>& keys() const { return keys_; }
  [[nodiscard]] std::size_t bytes() const {
    return keys_.capacity() * sizeof(keys_[0]) + slots_.size() * sizeof(slots_[0]);
  }

 private:
  template <std::size_t fixed_words>
  void find_all(std::span<const std::uint64_t> keys, std::span<std::uint32_t> group_of);
  template <std::size_t fixed_words>
  [[nodiscard]] std::uint64_t hash(const std::uint64_t* key) const;
  void grow();

  std::size_t words_;
  std::size_t size_ = 0;
  HashKey key_;
  std::vector<std::uint64_t> keys_;
  std::vector<std::uint64_t> slots_;  // high half: of the hash; low half: group + 1; 0: free
};

}  // namespace argus
