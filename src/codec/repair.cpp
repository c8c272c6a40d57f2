#include "codec/repair.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codec/block.h"
#include "codec/crc32c.h"

namespace argus {

namespace {

constexpr std::size_t kRepairShare = 96;                  // payload bytes a repair byte
constexpr std::size_t kLinesMost = 128;                   // of as many bytes as mend; each costs a look at every check
constexpr std::size_t kCheckedHead = kFrameHeadSize - 4;  // what the check of a head is of
constexpr std::size_t kHeadBits = kCheckedHead * 8;

// Byte i of the payload is in sum i mod sums.size().
void add_up(Bytes payload, std::span<std::byte> sums) {
  for (std::size_t at = 0; at < payload.size(); at += sums.size()) {
    const std::byte* from = payload.data() + at;
    std::byte* to = sums.data();
    for (std::size_t i = 0, n = std::min(sums.size(), payload.size() - at); i < n; i++) to[i] ^= from[i];
  }
}

// The shortest run of sums, going on at the front behind the last one, in which all lie that are not 0.
struct Run {
  std::size_t begin = 0, size = 0;
};
Run damaged_run(Bytes sums) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < sums.size(); i++)
    if (sums[i] != std::byte{0}) at.push_back(i);
  if (at.empty()) return {};
  std::size_t widest = 0, behind = 0;
  for (std::size_t i = 0; i < at.size(); i++) {
    const std::size_t before = i == 0 ? at.back() : at[i - 1];
    const std::size_t gap = at[i] + (i == 0 ? sums.size() : 0) - before;
    if (gap > widest) widest = gap, behind = at[i];
  }
  return {behind, sums.size() + 1 - widest};
}

// The first bytes of a payload whose check does not hold; size 0: all hold, or what is in them contradicts itself.
struct Piece {
  std::size_t begin = 0, size = 0;
  bool good = false;
};
Piece first_damaged(const FrameHead& head, Bytes payload) {
  const Bytes directory = payload.first(head.directory);
  if (seeded_check(head.stream, directory) != head.directory_check) return {0, head.directory, false};
  const auto parsed = BlockDirectory::parse(directory, head);
  if (!parsed) return {};
  const Bytes columns = payload.subspan(head.directory, head.columns());
  const Bytes broken = BlockSeals(*parsed, columns).first_broken(head.stream);
  if (broken.empty()) return {0, 0, true};
  return {static_cast<std::size_t>(broken.data() - payload.data()), broken.size(), false};
}

// By how much the check of a head changes with each of its bits.
const std::array<std::uint32_t, kHeadBits>& head_bits() {
  static const auto made = [] {
    std::array<std::uint32_t, kHeadBits> out{};
    std::array<std::byte, kCheckedHead> bytes{};
    const std::uint32_t none = crc32c(0, bytes);
    for (std::size_t bit = 0; bit < kHeadBits; bit++) {
      bytes[bit / 8] = static_cast<std::byte>(1u << (bit % 8));
      out[bit] = crc32c(0, bytes) ^ none;
      bytes[bit / 8] = std::byte{0};
    }
    return out;
  }();
  return made;
}

}  // namespace

void append_repair(FrameHead& head, std::vector<std::byte>& payload) {
  std::vector<std::byte> sums((payload.size() + kRepairShare - 1) / kRepairShare);
  if (payload.size() + sums.size() > kStoredMax) sums.clear();
  else add_up(payload, sums);
  head.repair = static_cast<std::uint32_t>(sums.size());
  payload.insert(payload.end(), sums.begin(), sums.end());
  head.stored = static_cast<std::uint32_t>(payload.size());
}

bool mend_payload(const FrameHead& head, std::span<std::byte> payload) {
  if (head.repair == 0 || payload.size() != head.stored) return false;
  const std::size_t width = head.repair, size = payload.size() - width;
  if (size > width * kLinesMost) return false;
  const std::span<std::byte> own = payload.first(size);
  std::vector<std::byte> sums(payload.begin() + static_cast<std::ptrdiff_t>(size), payload.end());
  add_up(own, sums);
  const Run run = damaged_run(sums);
  const Piece damaged = first_damaged(head, own);
  if (run.size == 0 || damaged.size == 0) return false;
  const auto change = [&](std::size_t at) {
    for (std::size_t i = 0; i < run.size && at + i < size; i++) own[at + i] ^= sums[(run.begin + i) % width];
  };
  // The sums say how far into a line of `width` bytes it is, the checks in which line.
  for (std::size_t at = run.begin; at < size; at += width) {
    if (at + run.size <= damaged.begin || at >= damaged.begin + damaged.size) continue;
    change(at);
    if (first_damaged(head, own).good) return true;
    change(at);
  }
  return false;
}

bool mend_head(Bytes bytes, const HeadPlace& place, FrameHead& out) {
  if (bytes.size() < kFrameHeadSize) return false;
  std::vector<std::byte> head(bytes.begin(), bytes.begin() + kFrameHeadSize);
  ByteReader stored(bytes.subspan(kCheckedHead));
  const std::uint32_t wrong = seeded_check(place.stream, bytes.first(kCheckedHead)) ^ stored.le<std::uint32_t>();
  const auto fits = [&](std::size_t at, unsigned change) {
    head[at] ^= static_cast<std::byte>(change);
    const bool good = parse_head(head, out) == HeadFault::none && out.stream == place.stream &&
                      out.number == place.number && out.first_record == place.first_record;
    head[at] ^= static_cast<std::byte>(change);
    return good;
  };
  for (std::size_t at = 0; at < kCheckedHead; at++) {
    std::array<std::uint32_t, 256> effect{};
    for (unsigned change = 1; change < effect.size(); change++) {
      effect[change] =
          effect[change & (change - 1)] ^ head_bits()[at * 8 + static_cast<std::size_t>(std::countr_zero(change))];
      if (effect[change] == wrong && fits(at, change)) return true;
    }
  }
  // The check itself.
  for (std::size_t i = 0; i < 4; i++)
    if (const std::uint32_t byte = wrong >> (8 * i) & 0xff; byte << (8 * i) == wrong && fits(kCheckedHead + i, byte))
      return true;
  return false;
}

}  // namespace argus
