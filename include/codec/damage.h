// What a reader met that was not as it should be, in the order of the input, whenever it is told.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace argus {

struct Damage {
  std::uint64_t records = 0, bytes = 0, frames = 0;  // lost, skipped, damaged
  std::vector<Error> said;                           // sentences, the first kDamageSaid of them
  std::uint64_t unsaid = 0;
};
inline constexpr std::size_t kDamageSaid = 8;

// Frames are read one after the other, and may turn out damaged long after others were read. Sentences stand in the
// order of their places all the same, and count what is good as if all had been known.
class DamageLog {
 public:
  // In an input: a frame's own, or between it and the next. Frames are counted from 1 as they are met.
  struct Place {
    std::uint64_t frame = 0;
    bool behind = false;
    auto operator<=>(const Place&) const = default;
  };
  struct Lost {
    std::uint64_t records = 0, bytes = 0, frames = 0;
  };
  // Where the first of each was.
  struct FirstLost {
    Place records, bytes, frames;
  };

  explicit DamageLog(std::string name) : name_(std::move(name)) {}  // of the input, which begins each sentence

  void say(Place place, Errc code, std::string text) { insert({place, code, std::move(text), {}, {}, 0}); }
  // `text`, how many good records there are until there, `which` of them: "after 12 records so far".
  void say_count(Place place, Errc code, std::string text, std::string which) {
    insert({place, code, std::move(text), std::move(which), Counts::number, good_});
  }
  // The same as a sentence: "12 records before it are good".
  void say_good(Place place, Errc code, std::string text, std::string which) {
    insert({place, code, std::move(text), std::move(which), Counts::good, good_});
  }
  void lose(Place place, const Lost& lost);
  // Records of frames that were met, and those of them that were lost after all.
  void met(std::uint64_t records) { good_ += records; }
  void unmet(std::uint64_t records) { good_ -= records; }
  // Of a frame that may have been left long ago: it is lost with its records, or was damaged and is whole, which is
  // told where it is left.
  void tell_lost(std::uint64_t frame, std::uint64_t records, std::string text);
  void tell_mended(std::uint64_t frame, std::string text);
  [[nodiscard]] std::uint64_t good() const { return good_; }
  // The input has ended: how many sentences were left out belongs to what is said.
  void close() { closed_ = true; }

  // Up to mark() belongs to what was read before `frame`.
  void mark(std::uint64_t frame);
  [[nodiscard]] Damage damage() const;
  [[nodiscard]] Damage damage_before_mark() const { return damage_of(marked_, marked_sayings_); }
  [[nodiscard]] const Lost& lost() const { return lost_; }
  [[nodiscard]] const Lost& lost_before_mark() const { return marked_; }
  [[nodiscard]] const FirstLost& first_lost() const { return first_; }

 private:
  enum class Counts : std::uint8_t { nothing, number, good };
  struct Saying {
    Place place;
    Errc code{};
    std::string text, which;
    Counts counts = Counts::nothing;
    std::uint64_t good = 0;
  };
  void insert(Saying saying);
  void tell_late(Place first, std::uint64_t records, std::string text);
  [[nodiscard]] Damage damage_of(const Lost& lost, std::size_t sayings) const;

  std::string name_;
  Lost lost_, marked_;
  FirstLost first_;
  std::uint64_t good_ = 0, unsaid_ = 0, marked_frame_ = 0;
  bool closed_ = false;
  std::vector<Saying> sayings_;
  std::size_t marked_sayings_ = 0;
};

}  // namespace argus
