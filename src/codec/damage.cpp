#include "codec/damage.h"

#include "base/count_text.h"

#include <algorithm>
#include <utility>

namespace argus {

void DamageLog::lose(Place place, const Lost& lost) {
  const auto add = [&](std::uint64_t& sum, Place& first, std::uint64_t count) {
    if (count != 0 && (sum == 0 || place < first)) first = place;
    sum += count;
  };
  add(lost_.records, first_.records, lost.records);
  add(lost_.bytes, first_.bytes, lost.bytes);
  add(lost_.frames, first_.frames, lost.frames);
}

void DamageLog::insert(Saying saying) {
  const auto behind = std::upper_bound(sayings_.begin(), sayings_.end(), saying.place,
                                       [](const Place& place, const Saying& one) { return place < one.place; });
  sayings_.insert(behind, std::move(saying));
  if (sayings_.size() <= kDamageSaid) return;
  sayings_.pop_back();
  marked_sayings_ = std::min(marked_sayings_, sayings_.size());
  unsaid_++;
}

void DamageLog::tell_lost(std::uint64_t frame, std::uint64_t records, std::string text) {
  tell_late({frame, false}, records, std::move(text));
}

void DamageLog::tell_mended(std::uint64_t frame, std::string text) { tell_late({frame, true}, 0, std::move(text)); }

void DamageLog::tell_late(Place first, std::uint64_t records, std::string text) {
  const Place place{first.frame, false};
  good_ -= records;
  for (Saying& saying : sayings_)
    if (place < saying.place) saying.good -= records;
  lose(first, {records, 0, 1});
  if (first.frame <= marked_frame_) marked_.records += records, marked_.frames++, marked_sayings_++;
  say(place, Errc::corrupt, std::move(text));
}

void DamageLog::mark(std::uint64_t frame) {
  marked_ = lost_;
  marked_frame_ = frame;
  marked_sayings_ = sayings_.size();
}

Damage DamageLog::damage_of(const Lost& lost, std::size_t sayings) const {
  Damage out{lost.records, lost.bytes, lost.frames, {}, unsaid_};
  for (std::size_t i = 0; i < sayings; i++) {
    const Saying& one = sayings_[i];
    std::string text = one.text;
    if (one.counts != Counts::nothing) text += count_text(one.good, "record") + one.which;
    if (one.counts == Counts::good) text += one.good == 1 ? " is good" : " are good";
    out.said.push_back(while_doing(name_, fail(one.code, "{}", text)));
  }
  return out;
}

Damage DamageLog::damage() const {
  Damage out = damage_of(lost_, sayings_.size());
  if (closed_ && unsaid_ != 0)
    out.said.push_back(while_doing(name_, fail(Errc::corrupt, "and {} more places", unsaid_)));
  return out;
}

}  // namespace argus
