#include "codec/repair.h"

#include <algorithm>
#include <array>

#include "codec/block_reader.h"
#include "codec/crc32c.h"
#include "codec/directory.h"

namespace argus {

namespace {

constexpr std::size_t kRepairShare = 96;                  // payload bytes a repair byte
constexpr std::size_t kLinesMost = 128;                   // of as many bytes as mend
constexpr std::size_t kCheckedHead = kFrameHeadSize - 4;  // what the check of a head is of
constexpr unsigned kTriesMost = 4;  // lines whose change fits a check; one does, but for chance and malice

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
  const auto damaged = [](std::byte sum) { return sum != std::byte{0}; };
  const auto first = static_cast<std::size_t>(std::find_if(sums.begin(), sums.end(), damaged) - sums.begin());
  if (first == sums.size()) return {};
  std::size_t last = first, widest = 0, behind = first;
  for (std::size_t i = first + 1; i < sums.size(); i++) {
    if (!damaged(sums[i])) continue;
    if (i - last > widest) widest = i - last, behind = i;
    last = i;
  }
  if (const std::size_t around = first + sums.size() - last; around > widest) widest = around, behind = first;
  return {behind, sums.size() + 1 - widest};
}

// The first bytes of a payload whose check does not hold; size 0: all hold, or what is in them contradicts itself.
struct Piece {
  std::size_t begin = 0, size = 0;
  std::uint32_t wrong = 0;  // in which bits its check differs
  bool good = false;
};
Piece first_damaged(const FrameHead& head, Bytes payload) {
  const Bytes directory = payload.first(head.directory);
  const std::uint32_t wrong = seeded_check(head.stream, directory) ^ head.directory_check;
  if (wrong != 0) return {0, head.directory, wrong, false};
  const auto parsed = BlockDirectory::parse(directory, head);
  if (!parsed) return {};
  const Bytes columns = payload.subspan(head.directory, head.columns());
  const ColumnChecksums::Broken broken = ColumnChecksums(*parsed, columns).first_broken(head.stream);
  if (broken.wrong == 0) return {0, 0, 0, true};
  return {static_cast<std::size_t>(broken.bytes.data() - payload.data()), broken.bytes.size(), broken.wrong, false};
}

// In which bits the check of bytes changes when these last ones of them are changed by `change`; with `behind` more
// bytes at their end. The change of a change is the sum of both.
std::uint32_t effect_of(Bytes change) { return crc32c(0, change) ^ crc32c(0, std::vector<std::byte>(change.size())); }
std::uint32_t effect_before(std::uint32_t effect, std::size_t behind) {
  static constexpr std::array<std::byte, 4096> kZeros{};
  std::uint32_t with = effect, without = 0;
  for (std::size_t n = 0; behind != 0; behind -= n) {
    n = std::min(behind, kZeros.size());
    with = crc32c(with, Bytes(kZeros).first(n));
    without = crc32c(without, Bytes(kZeros).first(n));
  }
  return with ^ without;
}

// Where a change may have been made that explains why the check of a piece does not hold: every `width` bytes from
// change.begin on. All places together cost as much as a few looks at the piece: what a change does to the check
// follows from what it does `width` bytes further on.
std::vector<std::size_t> places_of(Bytes change, std::size_t first, std::size_t width, const Piece& piece) {
  std::vector<std::size_t> out;
  const std::size_t end = piece.begin + piece.size;
  if (first >= end) return out;
  std::uint32_t effect = 0;
  bool known = false;  // effect: of all of the change, at the place behind this one
  for (std::size_t at = first + (end - 1 - first) / width * width;; at -= width) {
    if (at + change.size() <= piece.begin) break;
    const std::size_t from = std::max(at, piece.begin), to = std::min(at + change.size(), end);
    const bool all = to - from == change.size();
    std::uint32_t here = 0;
    if (all && known) here = effect = effect_before(effect, width);
    else here = effect_before(effect_of(change.subspan(from - at, to - from)), end - to);
    if (all) effect = here, known = true;
    if (here == piece.wrong) out.push_back(at);
    if (out.size() == kTriesMost || at < first + width) break;
  }
  return out;
}

// By how much the checksum of one byte changes with it, and which byte has that effect, by its highest byte.
struct ByteEffects {
  std::array<std::uint32_t, 256> of{};
  std::array<std::uint8_t, 256> by_top{};
};
const ByteEffects& byte_effects() {
  static const ByteEffects made = [] {
    ByteEffects out;
    for (unsigned i = 0; i < out.of.size(); i++) {
      const std::array change{static_cast<std::byte>(i)};
      out.of[i] = effect_of(change);
      out.by_top[out.of[i] >> 24] = static_cast<std::uint8_t>(i);
    }
    return out;
  }();
  return made;
}

}  // namespace

void append_repair(FrameHead& head, std::vector<std::byte>& payload, std::size_t begin) {
  const std::size_t size = payload.size() - begin;
  std::vector<std::byte> sums((size + kRepairShare - 1) / kRepairShare);
  if (size + sums.size() > kStoredMax) sums.clear();
  else add_up(Bytes(payload).subspan(begin), sums);
  head.repair = static_cast<std::uint32_t>(sums.size());
  payload.insert(payload.end(), sums.begin(), sums.end());
  head.stored = static_cast<std::uint32_t>(size + sums.size());
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
  std::rotate(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(run.begin), sums.end());
  const Bytes change = Bytes(sums).first(run.size);
  const auto lay_on = [&](std::size_t at) {
    for (std::size_t i = 0; i < change.size() && at + i < size; i++) own[at + i] ^= change[i];
  };
  // The sums say how far into a line of `width` bytes it is, the checks in which line.
  for (const std::size_t at : places_of(change, run.begin, width, damaged)) {
    lay_on(at);
    if (first_damaged(head, own).good) return true;
    lay_on(at);
  }
  return false;
}

bool mend_head(Bytes bytes, const HeadPlace& place, FrameHead& out) {
  if (bytes.size() < kFrameHeadSize) return false;
  std::vector<std::byte> head(bytes.begin(), bytes.begin() + kFrameHeadSize);
  ByteReader stored(bytes.subspan(kCheckedHead));
  const std::uint32_t wrong = seeded_check(place.stream, bytes.first(kCheckedHead)) ^ stored.le<std::uint32_t>();
  if (wrong == 0) return false;
  const auto fits = [&](std::size_t at, unsigned change) {
    head[at] ^= static_cast<std::byte>(change);
    const bool good = parse_head(head, out) == HeadFault::none && out.stream == place.stream &&
                      out.number == place.number && out.first_record == place.first_record;
    head[at] ^= static_cast<std::byte>(change);
    return good;
  };
  // The checksum is taken back byte by byte; where nothing of the difference is left, that byte made it.
  std::uint32_t left = wrong;
  for (std::size_t at = kCheckedHead; at-- > 0;) {
    const std::uint8_t change = byte_effects().by_top[left >> 24];
    left ^= byte_effects().of[change];
    if (left == 0) return fits(at, change);
    left = left << 8 | change;
  }
  // The check itself.
  for (std::size_t i = 0; i < 4; i++)
    if (const std::uint32_t byte = wrong >> (8 * i) & 0xff; byte << (8 * i) == wrong && fits(kCheckedHead + i, byte))
      return true;
  return false;
}

}  // namespace argus
