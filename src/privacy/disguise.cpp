#include "privacy/disguise.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/address_hash.h"
#include "privacy/block_cipher.h"

namespace argus {

namespace {

constexpr unsigned kAddressBits = 128, kMacBits = 48, kVendorBits = 24;
constexpr unsigned kLocalBit = 6, kGroupBit = 7;  // of a MAC address, from its first
constexpr std::uint64_t kBroadcast = 0xffffffffffff;
constexpr std::uint32_t kFirstPort = 1024, kPorts = 65536 - kFirstPort;
constexpr std::uint64_t kSecondsMost = 5ull * 365 * 24 * 3600;
constexpr std::size_t kRememberedMost = 1 << 18;  // addresses, some 12 MB

CipherBlock half(const DisguiseKey& key, std::size_t at) {
  CipherBlock out;
  std::copy_n(key.bytes.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
  return out;
}

// The blocks of one kind of address, and what the first of them is made of.
class PrefixCipher {
 public:
  PrefixCipher(BlockCipher& cipher, const CipherBlock& pad) : cipher_(&cipher), pad_(pad) {}

  // Flips bit n of `bytes`, from bit `from` below `bits`, by what the n bits before it are.
  void apply(std::uint8_t* bytes, unsigned from, unsigned bits) {
    if (from >= bits) return;
    CipherBlock block = pad_;
    for (unsigned n = 0; n < bits; n++) {
      blocks_[n] = block;  // the first n bits of the address, then those of the pad
      copy_bit(bytes, block.data(), n);
    }
    const std::span<CipherBlock> used(blocks_.data() + from, bits - from);
    cipher_->encrypt(used);
    for (unsigned n = from; n < bits; n++)
      bytes[n / 8] = static_cast<std::uint8_t>(bytes[n / 8] ^ (blocks_[n][0] >> 7) << (7 - n % 8));
  }

 private:
  static void copy_bit(const std::uint8_t* from, std::uint8_t* to, unsigned n) {
    const auto bit = static_cast<std::uint8_t>(1u << (7 - n % 8));
    to[n / 8] = static_cast<std::uint8_t>((to[n / 8] & ~bit) | (from[n / 8] & bit));
  }

  BlockCipher* cipher_;
  CipherBlock pad_;
  std::array<CipherBlock, kAddressBits> blocks_;
};

// Numbers below a bound, as many as are asked for.
class KeyedNumbers {
 public:
  KeyedNumbers(BlockCipher& cipher, const CipherBlock& pad) : cipher_(&cipher), pad_(pad) {}
  std::uint64_t below(std::uint64_t bound) {
    CipherBlock block = pad_;
    for (std::size_t i = 0; i < 4; i++) block[15 - i] = static_cast<std::uint8_t>(block[15 - i] ^ (count_ >> (8 * i)));
    count_++;
    cipher_->encrypt(std::span(&block, 1));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; i++) value = value << 8 | block[i];
    return value % bound;
  }

 private:
  BlockCipher* cipher_;
  CipherBlock pad_;
  std::uint32_t count_ = 0;
};

}  // namespace

struct Disguise::Tables {
  Tables(const DisguiseKey& key, bool keeps)
      : cipher(half(key, 0)),
        pad(encrypted(half(key, 16))),
        mac_pad(encrypted(pad)),
        addresses(cipher, pad),
        macs(cipher, mac_pad),
        keeps_vendors(keeps) {
    KeyedNumbers numbers(cipher, encrypted(mac_pad));
    shift =
        static_cast<Nanos>(numbers.below(2 * kSecondsMost + 1)) * kSecond - static_cast<Nanos>(kSecondsMost) * kSecond;
    ports.resize(kPorts);
    std::iota(ports.begin(), ports.end(), static_cast<std::uint16_t>(kFirstPort));
    for (std::size_t left = kPorts; left > 1; left--) std::swap(ports[left - 1], ports[numbers.below(left)]);
  }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  [[nodiscard]] CipherBlock encrypted(CipherBlock block) {
    cipher.encrypt(std::span(&block, 1));
    return block;
  }
  [[nodiscard]] std::uint64_t mac_of(std::uint64_t mac) {
    std::array<std::uint8_t, 6> bytes{};
    for (std::size_t i = 0; i < 6; i++) bytes[i] = static_cast<std::uint8_t>(mac >> (40 - 8 * i));
    const std::uint8_t kinds = bytes[0] & kKindBits;
    macs.apply(bytes.data(), keeps_vendors ? kVendorBits : 0, kMacBits);
    bytes[0] = static_cast<std::uint8_t>((bytes[0] & ~kKindBits) | kinds);
    std::uint64_t out = 0;
    for (const std::uint8_t byte : bytes) out = out << 8 | byte;
    return out;
  }

  static constexpr std::uint8_t kKindBits = 1u << (7 - kLocalBit) | 1u << (7 - kGroupBit);

  BlockCipher cipher;
  CipherBlock pad, mac_pad;
  PrefixCipher addresses, macs;
  bool keeps_vendors;
  Nanos shift = 0;
  std::vector<std::uint16_t> ports;
  std::unordered_map<Address, Address, AddressHash> remembered;
};

Disguise::Disguise(const DisguiseKey& key, bool keeps_vendors)
    : tables_(std::make_unique<Tables>(key, keeps_vendors)) {}
Disguise::Disguise(Disguise&&) noexcept = default;
Disguise& Disguise::operator=(Disguise&&) noexcept = default;
Disguise::~Disguise() = default;

Address Disguise::address(const Address& address) {
  const auto known = tables_->remembered.find(address);
  if (known != tables_->remembered.end()) return known->second;
  const Address made = network(address, bits_of(address.family()));
  if (tables_->remembered.size() >= kRememberedMost) tables_->remembered.clear();
  tables_->remembered.emplace(address, made);
  return made;
}

Address Disguise::network(const Address& address, unsigned length) {
  Address out = masked(address, length);
  const unsigned bits = std::min(length, bits_of(address.family()));
  switch (address.family()) {
    case Family::ipv4: tables_->addresses.apply(out.bytes.data() + 12, 0, bits); break;
    case Family::ipv6: tables_->addresses.apply(out.bytes.data(), 0, bits); break;
    case Family::mac: {
      std::uint64_t number = 0;
      for (std::size_t i = 10; i < 16; i++) number = number << 8 | out.bytes[i];
      out = masked(Address::from_mac(mac(number)), length);
      break;
    }
  }
  return out;
}

std::uint64_t Disguise::mac(std::uint64_t mac) {
  mac &= kBroadcast;
  if (mac == kBroadcast) return mac;
  const std::uint64_t made = tables_->mac_of(mac);
  return made == kBroadcast ? tables_->mac_of(kBroadcast) : made;  // what broadcast left free
}

std::uint16_t Disguise::port(std::uint16_t port) const {
  return port < kFirstPort ? port : tables_->ports[port - kFirstPort];
}

Nanos Disguise::shift() const { return tables_->shift; }

}  // namespace argus
