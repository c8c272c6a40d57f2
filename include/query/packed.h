// Keys of rows as a few 64-bit words that compare (as unsigned words, first word first) the way the keys do: each key
// takes one bit that is set when it is absent, so that absent comes last, then its value as an order-preserving
// image. Grouping hashes these words, ordering compares them; neither knows types.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/hash.h"
#include "base/int128.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

// The position of an address in output: IPv4 by number, then everything else by its bytes.
[[nodiscard]] u128 rank_image(const Address& address);

// Distinct values numbered from 0 in the order they come.
class AddressNumbers {
 public:
  AddressNumbers();
  [[nodiscard]] std::uint32_t number_of(const Address& address);
  [[nodiscard]] const std::vector<Address>& words() const { return words_; }
  [[nodiscard]] std::size_t bytes() const {
    return words_.capacity() * sizeof(Address) + slots_.size() * sizeof(slots_[0]);
  }

 private:
  void grow();
  [[nodiscard]] std::uint64_t hash(const Address& a) const {
    return mix(mix(a.low() ^ key_.k0, a.high() ^ key_.k1) ^ key_.k2, key_.k3);
  }
  HashKey key_;
  std::vector<Address> words_;
  std::vector<std::uint32_t> slots_;  // number + 1, 0: free
};

class StringNumbers {
 public:
  [[nodiscard]] std::uint32_t number_of(const std::string& word);
  [[nodiscard]] const std::vector<const std::string*>& words() const { return words_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::map<std::string, std::uint32_t> known_;
  std::vector<const std::string*> words_;
  std::size_t bytes_ = 0;
};

class KeyPacker {
 public:
  struct Spec {
    Type type = Type::u8;
    bool descending = false;       // absent stays last
    bool numbered_address = true;  // 32 bits an address, numbers kept here for ever; else 128 bits
  };
  explicit KeyPacker(const std::vector<Spec>& specs);
  KeyPacker(KeyPacker&&) = default;
  KeyPacker& operator=(KeyPacker&&) = default;

  [[nodiscard]] std::size_t words() const { return words_; }  // of a key, at least 1
  // Appends the keys of the rows, words() words each. columns[i] is the column of the i-th spec. Equal keys have
  // equal words; order is right only after ordered().
  void pack(std::span<const Column> columns, std::size_t rows, std::vector<std::uint64_t>& keys);
  // The same keys with numbers of addresses and strings replaced by their ranks, so that they compare like the values.
  [[nodiscard]] std::vector<std::uint64_t> ordered(std::vector<std::uint64_t> keys) const;
  // Bits at the end of a key's last word that are no key's.
  [[nodiscard]] unsigned spare_bits() const { return spare_bits_; }
  // What the ranks of strings in ordered keys stand for, and where in a key they are.
  struct Ranked {
    std::size_t at = 0;  // bit of the rank, behind the one that is set when it is absent
    bool descending = false;
    std::vector<std::string> words;  // in order
    friend bool operator==(const Ranked&, const Ranked&) = default;
  };
  [[nodiscard]] std::vector<Ranked> ranked() const;
  // The values of one spec in packed (not ordered) keys, for these keys by index.
  [[nodiscard]] Column unpacked(std::size_t spec, std::span<const std::uint64_t> keys,
                                std::span<const std::uint32_t> which) const;
  // Forgets the numbers that no key uses and renumbers the keys.
  void renumber(std::span<std::uint64_t> keys);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Slot {
    Spec spec;
    std::size_t at = 0;  // of the absent bit; the value follows
    unsigned bits = 0;   // of the value: 8 to 64, or 128
    bool numbered = false;
    std::unique_ptr<AddressNumbers> addresses;
    std::unique_ptr<StringNumbers> strings;
  };
  [[nodiscard]] static std::vector<std::uint32_t> ranks(const Slot& slot);
  static void start_numbers(Slot& slot);
  void pack_slot(Slot& slot, const Column& column, std::size_t rows, std::uint64_t* keys);

  std::vector<Slot> slots_;
  std::size_t words_ = 1;
  unsigned spare_bits_ = 0;
};

// Puts rank_of[rank] in the place of each rank in ordered keys of `words` words.
void rerank(std::span<std::uint64_t> keys, std::size_t words, const KeyPacker::Ranked& from,
            std::span<const std::uint32_t> rank_of);

// Indices of `count` keys of `words` words in ascending order, equal keys by index.
[[nodiscard]] std::vector<std::uint32_t> order_of(std::span<const std::uint64_t> keys, std::size_t words,
                                                  std::size_t count);

}  // namespace argus
