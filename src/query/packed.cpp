#include "query/packed.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <utility>

#include "flow/each_value.h"
#include "flow/where.h"

namespace argus {

namespace {

constexpr std::uint64_t low_mask(unsigned bits) {
  return bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
}

// Bit 0 is the highest bit of the first word. At most 64 bits at a time; the place must be zero.
inline void put_bits(std::uint64_t* words, std::size_t at, unsigned bits, std::uint64_t value) {
  std::uint64_t* const word = words + at / 64;
  const auto offset = static_cast<unsigned>(at % 64);
  if (offset + bits <= 64) {
    word[0] |= value << (64 - offset - bits);
  } else {
    const unsigned spill = offset + bits - 64;  // 1 to 63
    word[0] |= value >> spill;
    word[1] |= value << (64 - spill);
  }
}

inline std::uint64_t take_bits(const std::uint64_t* words, std::size_t at, unsigned bits) {
  const std::uint64_t* const word = words + at / 64;
  const auto offset = static_cast<unsigned>(at % 64);
  if (offset + bits <= 64) return word[0] >> (64 - offset - bits) & low_mask(bits);
  const unsigned spill = offset + bits - 64;
  return (word[0] << spill | word[1] >> (64 - spill)) & low_mask(bits);
}

inline void clear_bits(std::uint64_t* words, std::size_t at, unsigned bits) {
  std::uint64_t* const word = words + at / 64;
  const auto offset = static_cast<unsigned>(at % 64);
  if (offset + bits <= 64) {
    word[0] &= ~(low_mask(bits) << (64 - offset - bits));
  } else {
    const unsigned spill = offset + bits - 64;
    word[0] &= ~low_mask(bits - spill);
    word[1] &= ~(low_mask(spill) << (64 - spill));
  }
}

// Numbers of at most 64 bits as unsigned numbers of the same order, and back.
template <class T>
std::uint64_t image_of(T value) {
  if constexpr (std::is_same_v<T, double>) {
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);  // one zero
    return bits >> 63 != 0 ? ~bits : bits | std::uint64_t{1} << 63;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return static_cast<std::uint64_t>(value) ^ std::uint64_t{1} << 63;
  } else {
    return value;
  }
}
template <class T>
T value_of_image(std::uint64_t image) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(image >> 63 != 0 ? image & ~(std::uint64_t{1} << 63) : ~image);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return static_cast<std::int64_t>(image ^ std::uint64_t{1} << 63);
  } else {
    return static_cast<T>(image);
  }
}

constexpr unsigned kNumberBits = 32;

unsigned bits_of(const KeyPacker::Spec& spec) {
  switch (spec.type) {
    case Type::u8: return 8;
    case Type::u16: return 16;
    case Type::u32: return 32;
    case Type::u64:
    case Type::i64:
    case Type::f64: return 64;
    case Type::u128: return 128;
    case Type::addr: return spec.numbered_address ? kNumberBits : 128;
    case Type::bytes: break;
  }
  return kNumberBits;
}

constexpr u128 kV4Least = static_cast<u128>(0xffff) << 32;  // ::ffff:0.0.0.0
constexpr u128 kV4Count = static_cast<u128>(1) << 32;

Address address_of_image(u128 image) {
  if (image < kV4Count) image += kV4Least;
  else if (image < kV4Least + kV4Count) image -= kV4Count;
  Address out;
  for (std::size_t i = 16; i-- > 0; image >>= 8) out.bytes[i] = static_cast<std::uint8_t>(image);
  return out;
}

// Calls put(row, number) for each row with a value; each word of a dictionary is looked up once.
template <class T, class Numbers, class Put>
void each_number(const Column& column, std::size_t rows, Numbers& numbers, Put&& put) {
  if (column.shape() == Column::Shape::constant) {
    const std::uint32_t number = numbers.number_of(column.constant_value<T>());
    for (std::size_t i = 0; i < rows; i++) put(i, number);
    return;
  }
  if (column.shape() != Column::Shape::dictionary) {
    each_value<T>(column, rows, [&](std::size_t i, const T& value) { put(i, numbers.number_of(value)); });
    return;
  }
  constexpr std::uint32_t kUnknown = ~std::uint32_t{0};
  const auto& words = column.words<T>();
  const auto codes = column.codes();
  std::vector<std::uint32_t> known(words.size(), kUnknown);
  for (std::size_t i = 0; i < rows; i++) {
    if (!column.has(i)) continue;
    std::uint32_t& number = known[codes[i]];
    if (number == kUnknown) number = numbers.number_of(words[codes[i]]);
    put(i, number);
  }
}

}  // namespace

// IPv4 takes the lowest positions; what lies below the mapped range moves up by its size, so that positions stay
// distinct.
u128 rank_image(const Address& address) {
  const u128 image = ordered_image(address);
  if (image >= kV4Least && image < kV4Least + kV4Count) return image - kV4Least;
  return image < kV4Least ? image + kV4Count : image;
}

AddressNumbers::AddressNumbers() : key_(random_hash_key()), slots_(64) {}

std::uint32_t AddressNumbers::number_of(const Address& address) {
  const std::size_t last = slots_.size() - 1;
  std::size_t at = hash(address) & last;
  for (; slots_[at] != 0; at = (at + 1) & last)
    if (words_[slots_[at] - 1] == address) return slots_[at] - 1;
  words_.push_back(address);
  slots_[at] = static_cast<std::uint32_t>(words_.size());
  if (words_.size() * 2 > slots_.size()) grow();
  return static_cast<std::uint32_t>(words_.size() - 1);
}

void AddressNumbers::grow() {
  std::vector<std::uint32_t> wider(slots_.size() * 2);
  const std::size_t last = wider.size() - 1;
  for (std::size_t i = 0; i < words_.size(); i++) {
    std::size_t at = hash(words_[i]) & last;
    while (wider[at] != 0) at = (at + 1) & last;
    wider[at] = static_cast<std::uint32_t>(i + 1);
  }
  slots_ = std::move(wider);
}

std::uint32_t StringNumbers::number_of(const std::string& word) {
  const auto [at, fresh] = known_.try_emplace(word, static_cast<std::uint32_t>(words_.size()));
  if (fresh) {
    words_.push_back(&at->first);
    bytes_ += word.size() + 96;  // the tree's node
  }
  return at->second;
}

KeyPacker::KeyPacker(const std::vector<Spec>& specs) {
  std::size_t at = 0;
  for (const Spec& spec : specs) {
    Slot slot;
    slot.spec = spec;
    slot.at = at;
    slot.bits = bits_of(spec);
    slot.numbered = spec.type == Type::bytes || (spec.type == Type::addr && spec.numbered_address);
    start_numbers(slot);
    at += 1 + slot.bits;
    slots_.push_back(std::move(slot));
  }
  words_ = std::max<std::size_t>(1, (at + 63) / 64);
  spare_bits_ = static_cast<unsigned>(words_ * 64 - at);
}

void KeyPacker::start_numbers(Slot& slot) {
  if (!slot.numbered) return;
  if (slot.spec.type == Type::addr) slot.addresses = std::make_unique<AddressNumbers>();
  else slot.strings = std::make_unique<StringNumbers>();
}

void KeyPacker::pack(std::span<const Column> columns, std::size_t rows, std::vector<std::uint64_t>& keys) {
  assert(columns.size() == slots_.size());
  const std::size_t begin = keys.size();
  keys.resize(begin + rows * words_);
  for (std::size_t i = 0; i < slots_.size(); i++) pack_slot(slots_[i], columns[i], rows, keys.data() + begin);
}

void KeyPacker::pack_slot(Slot& slot, const Column& column, std::size_t rows, std::uint64_t* keys) {
  const std::size_t stride = words_;
  if (column.absent() || !column.mask().empty()) {
    for (std::size_t i = 0; i < rows; i++)
      if (!column.has(i)) put_bits(keys + i * stride, slot.at, 1, 1);
  }
  if (column.absent()) return;
  assert(column.type() == slot.spec.type);
  const std::size_t at = slot.at + 1;
  const std::uint64_t flip = slot.spec.descending && !slot.numbered ? ~std::uint64_t{0} : 0;
  const auto put_wide = [&](std::size_t i, u128 image) {
    put_bits(keys + i * stride, at, 64, static_cast<std::uint64_t>(image >> 64) ^ flip);
    put_bits(keys + i * stride, at + 64, 64, static_cast<std::uint64_t>(image) ^ flip);
  };
  const auto put_number = [&](std::size_t i, std::uint32_t n) { put_bits(keys + i * stride, at, kNumberBits, n); };
  with_type(column.type(), [&]<class T>() {
    if constexpr (std::is_same_v<T, std::string>) {
      each_number<T>(column, rows, *slot.strings, put_number);
    } else if constexpr (std::is_same_v<T, Address>) {
      if (slot.numbered) return each_number<T>(column, rows, *slot.addresses, put_number);
      each_value<T>(column, rows, [&](std::size_t i, const Address& value) { put_wide(i, rank_image(value)); });
    } else if constexpr (std::is_same_v<T, u128>) {
      each_value<T>(column, rows, put_wide);
    } else {
      const unsigned bits = slot.bits;
      const std::uint64_t turn = flip & low_mask(bits);
      std::uint64_t* const to = keys + at / 64;
      const auto offset = static_cast<unsigned>(at % 64);
      if (offset + bits <= 64) {  // the usual case: within one word
        const unsigned shift = 64 - offset - bits;
        each_value<T>(column, rows,
                      [&](std::size_t i, T value) { to[i * stride] |= (image_of(value) ^ turn) << shift; });
      } else {
        each_value<T>(column, rows,
                      [&](std::size_t i, T value) { put_bits(keys + i * stride, at, bits, image_of(value) ^ turn); });
      }
    }
  });
}

std::vector<std::uint32_t> KeyPacker::ranks(const Slot& slot) {
  const std::size_t count = slot.addresses ? slot.addresses->words().size() : slot.strings->words().size();
  std::vector<std::uint32_t> sorted(count);
  std::iota(sorted.begin(), sorted.end(), 0u);
  if (slot.addresses) {
    std::vector<std::pair<u128, std::uint32_t>> images;
    images.reserve(count);
    for (const Address& word : slot.addresses->words())
      images.emplace_back(rank_image(word), static_cast<std::uint32_t>(images.size()));
    std::sort(images.begin(), images.end());
    for (std::size_t i = 0; i < count; i++) sorted[i] = images[i].second;
  } else {
    const auto& words = slot.strings->words();
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) { return *words[a] < *words[b]; });
  }
  std::vector<std::uint32_t> out(count);
  for (std::size_t i = 0; i < count; i++) out[sorted[i]] = static_cast<std::uint32_t>(i);
  return out;
}

std::vector<std::uint64_t> KeyPacker::ordered(std::vector<std::uint64_t> keys) const {
  for (const Slot& slot : slots_) {
    if (!slot.numbered) continue;
    const std::vector<std::uint32_t> rank_of = ranks(slot);
    for (std::size_t i = 0; i < keys.size(); i += words_) {
      std::uint64_t* const key = keys.data() + i;
      if (take_bits(key, slot.at, 1) != 0) continue;
      const std::uint32_t rank = rank_of[take_bits(key, slot.at + 1, kNumberBits)];
      clear_bits(key, slot.at + 1, kNumberBits);
      put_bits(key, slot.at + 1, kNumberBits, slot.spec.descending ? ~rank : rank);
    }
  }
  return keys;
}

std::vector<KeyPacker::Ranked> KeyPacker::ranked() const {
  std::vector<Ranked> out;
  for (const Slot& slot : slots_) {
    if (!slot.strings) continue;
    Ranked& one = out.emplace_back(Ranked{slot.at + 1, slot.spec.descending, {}});
    for (const std::string* word : slot.strings->words()) one.words.push_back(*word);
    std::sort(one.words.begin(), one.words.end());
  }
  return out;
}

void rerank(std::span<std::uint64_t> keys, std::size_t words, const KeyPacker::Ranked& from,
            std::span<const std::uint32_t> rank_of) {
  for (std::size_t i = 0; i < keys.size(); i += words) {
    std::uint64_t* const key = keys.data() + i;
    if (take_bits(key, from.at - 1, 1) != 0) continue;
    const auto stored = static_cast<std::uint32_t>(take_bits(key, from.at, kNumberBits));
    const std::uint32_t rank = rank_of[from.descending ? ~stored : stored];
    clear_bits(key, from.at, kNumberBits);
    put_bits(key, from.at, kNumberBits, from.descending ? ~rank : rank);
  }
}

Column KeyPacker::unpacked(std::size_t spec, std::span<const std::uint64_t> keys,
                           std::span<const std::uint32_t> which) const {
  const Slot& slot = slots_[spec];
  assert(!slot.spec.descending);
  return with_type(slot.spec.type, [&]<class T>() {
    ColumnBuilder<T> out;
    out.reserve(which.size());
    for (const std::uint32_t i : which) {
      const std::uint64_t* const key = keys.data() + i * words_;
      if (take_bits(key, slot.at, 1) != 0) {
        out.add_absent();
        continue;
      }
      const std::uint64_t first = take_bits(key, slot.at + 1, std::min(slot.bits, 64u));
      const auto wide = [&] { return static_cast<u128>(first) << 64 | take_bits(key, slot.at + 65, 64); };
      if constexpr (std::is_same_v<T, std::string>) out.add(*slot.strings->words()[first]);
      else if constexpr (std::is_same_v<T, Address>)
        out.add(slot.numbered ? slot.addresses->words()[first] : address_of_image(wide()));
      else if constexpr (std::is_same_v<T, u128>) out.add(wide());
      else out.add(value_of_image<T>(first));
    }
    return out.finish();
  });
}

void KeyPacker::renumber(std::span<std::uint64_t> keys) {
  for (Slot& slot : slots_) {
    if (!slot.numbered) continue;
    const auto old_addresses = std::move(slot.addresses);
    const auto old_strings = std::move(slot.strings);
    start_numbers(slot);
    for (std::size_t i = 0; i < keys.size(); i += words_) {
      std::uint64_t* const key = keys.data() + i;
      if (take_bits(key, slot.at, 1) != 0) continue;
      const std::uint64_t old = take_bits(key, slot.at + 1, kNumberBits);
      const std::uint32_t number = old_addresses ? slot.addresses->number_of(old_addresses->words()[old])
                                                 : slot.strings->number_of(*old_strings->words()[old]);
      clear_bits(key, slot.at + 1, kNumberBits);
      put_bits(key, slot.at + 1, kNumberBits, number);
    }
  }
}

std::size_t KeyPacker::bytes() const {
  std::size_t sum = 0;
  for (const Slot& slot : slots_)
    sum += (slot.addresses ? slot.addresses->bytes() : 0) + (slot.strings ? slot.strings->bytes() : 0);
  return sum;
}

namespace {

struct Head {
  std::uint64_t word = 0;
  std::uint32_t row = 0;
};

// By the first words, stable: digit by digit from the lowest, without those that are the same in all.
void sort_heads(std::vector<Head>& heads) {
  constexpr unsigned kDigitBits = 11, kDigits = 6;
  constexpr std::size_t kValues = std::size_t{1} << kDigitBits, kFew = 512;
  if (heads.size() < kFew) {
    std::stable_sort(heads.begin(), heads.end(), [](const Head& a, const Head& b) { return a.word < b.word; });
    return;
  }
  std::vector<std::array<std::uint32_t, kValues>> counts(kDigits);
  const auto digit = [](std::uint64_t word, unsigned d) { return word >> (d * kDigitBits) & (kValues - 1); };
  for (const Head& head : heads)
    for (unsigned d = 0; d < kDigits; d++) counts.data()[d].data()[digit(head.word, d)]++;
  std::vector<Head> other(heads.size());
  for (unsigned d = 0; d < kDigits; d++) {
    std::uint32_t* const places = counts[d].data();
    if (places[digit(heads[0].word, d)] == heads.size()) continue;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < kValues; i++) sum += std::exchange(places[i], sum);
    Head* const to = other.data();
    for (const Head& head : heads) to[places[digit(head.word, d)]++] = head;
    heads.swap(other);
  }
}

}  // namespace

std::vector<std::uint32_t> order_of(std::span<const std::uint64_t> keys, std::size_t words, std::size_t count) {
  // The first word travels with the index: most comparisons end there and stay in the cache.
  std::vector<Head> heads(count);
  for (std::size_t i = 0; i < count; i++) heads[i] = {keys[i * words], static_cast<std::uint32_t>(i)};
  sort_heads(heads);
  const auto before = [&](const Head& a, const Head& b) {
    const std::uint64_t *const x = keys.data() + a.row * words, *const y = keys.data() + b.row * words;
    for (std::size_t w = 1; w < words; w++)
      if (x[w] != y[w]) return x[w] < y[w];
    return a.row < b.row;
  };
  for (auto at = heads.begin(); words > 1 && at != heads.end();) {
    const auto end = std::find_if(at, heads.end(), [&](const Head& head) { return head.word != at->word; });
    if (!std::is_sorted(at, end, before)) std::sort(at, end, before);
    at = end;
  }
  std::vector<std::uint32_t> out(count);
  for (std::size_t i = 0; i < count; i++) out[i] = heads[i].row;
  return out;
}

}  // namespace argus
