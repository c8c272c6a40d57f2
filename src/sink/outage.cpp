#include "sink/outage.h"

#include <utility>

#include "base/count_text.h"

namespace argus {

namespace {

constexpr Nanos kSayEvery = kMinute;

}  // namespace

void Outage::refuse(const Error& why, Nanos steady, std::uint64_t lost) {
  try_at_ = steady + try_every_;
  reason_ = why.text;
  refused_ = true;
  if (steady < say_at_) return;
  say_at_ = steady + kSayEvery;
  say_(std::exchange(said_, true)
           ? fmt::format("{}; this continues, and {} lost", why.text, count_is(lost - lost_said_, "more record"))
           : fmt::format("{}; records wait, and argus tries again every second", why.text));
}

void Outage::recover(const std::string& place, bool all, std::uint64_t lost) {
  refused_ = false;
  if (!said_ || !all) return;
  said_ = false;
  say_(fmt::format("{}: writing again; {} lost", place, count_is(lost - std::exchange(lost_said_, lost), "record")));
}

}  // namespace argus
