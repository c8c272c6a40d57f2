#include "collect/exporters.h"

#include <algorithm>
#include <iterator>

namespace argus {

namespace {

// A number that is further away says that the exporter counts anew; strangers cannot make more of a datagram.
constexpr std::uint32_t kGapMost = 1u << 20;
constexpr std::uint32_t kLateMost = 4096;  // behind: a datagram that took another way
constexpr std::uint32_t kLateInRow = 16;   // but not so many of them

constexpr std::size_t kNodeBytes = 64;  // of a tree or list around a value

}  // namespace

Sequence::Judged Sequence::next(std::uint32_t number, std::uint32_t units, std::uint32_t other_units,
                                std::uint16_t port) {
  const bool follows = known_ && port_ == port;
  const std::uint32_t ahead = number - (last_ + units_), behind = last_ + units_ - number;
  const bool counts_otherwise = follows && number - last_ == other_units_;
  const bool late = follows && ahead != 0 && behind <= kLateMost && !counts_otherwise;
  if (late && ++late_ < kLateInRow) return {};
  late_ = 0;
  const bool lost = follows && ahead != 0 && !counts_otherwise;
  known_ = true, port_ = port, last_ = number, units_ = units, other_units_ = other_units;
  if (!lost) return {};
  if (late || ahead > kGapMost) return {0, true};
  return {ahead, false};
}

const Template* Domain::find(std::uint16_t id, Nanos now) {
  const auto found = templates_.find(id);
  if (found == templates_.end()) return nullptr;
  const Place place = found->second;
  if (limits_->template_life != 0 && now - place->told > limits_->template_life) {
    erase(place);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, place);
  return &place->shape;
}

bool Domain::refresh(std::uint16_t id, const std::vector<FieldSpec>& fields, std::uint16_t scopes, Nanos now) {
  const auto found = templates_.find(id);
  if (found == templates_.end() || !found->second->shape.is_of(fields, scopes)) return false;
  found->second->told = now;
  return true;
}

Domain::Learned Domain::learn(std::uint16_t id, Template shape, Nanos now) {
  Learned out{true, 0};
  if (const auto found = templates_.find(id); found != templates_.end()) erase(found->second);
  while (order_.size() >= limits_->templates) {
    erase(std::prev(order_.end()));
    out.forgotten++;
  }
  bytes_ += shape.bytes() + 2 * kNodeBytes;
  order_.push_front({id, std::move(shape), now});
  templates_[id] = order_.begin();
  return out;
}

void Domain::erase(Place place) {
  bytes_ -= place->shape.bytes() + 2 * kNodeBytes;
  templates_.erase(place->id);
  order_.erase(place);
}

void Domain::withdraw(std::uint16_t id) {
  if (const auto found = templates_.find(id); found != templates_.end()) erase(found->second);
}

void Domain::withdraw_all(bool of_options) {
  for (Place at = order_.begin(); at != order_.end();) {
    const Place place = at++;
    if ((place->shape.scopes() != 0) == of_options) erase(place);
  }
}

std::uint32_t Domain::rate_of(std::optional<std::uint64_t> sampler) const {
  if (sampler)
    if (const auto found = samplers_.find(*sampler); found != samplers_.end()) return found->second;
  return rate_;
}

void Domain::set_rate(std::optional<std::uint64_t> sampler, std::uint32_t rate) {
  if (!sampler) {
    rate_ = rate;
  } else if (samplers_.size() < limits_->samplers || samplers_.contains(*sampler)) {
    if (samplers_.insert_or_assign(*sampler, rate).second) bytes_ += kNodeBytes;
  }
}

const std::string* Domain::app_of(std::uint64_t id) const {
  const auto found = apps_.find(id);
  return found != apps_.end() ? &found->second : nullptr;
}

void Domain::set_app(std::uint64_t id, std::string name) {
  constexpr std::size_t kNameMost = 128;
  if (name.size() > kNameMost) name.resize(kNameMost);
  if (apps_.size() >= limits_->apps && !apps_.contains(id)) return;
  std::string& there = apps_[id];
  bytes_ += there.empty() ? 2 * kNodeBytes + name.size() : name.size();
  bytes_ -= there.size();
  there = std::move(name);
}

std::uint32_t Domain::added(std::uint32_t counter, std::uint32_t value) {
  const auto found = counters_.find(counter);
  if (found != counters_.end()) {
    const std::uint32_t before = std::exchange(found->second, value);
    return value > before ? value - before : 0;
  }
  if (counters_.size() >= limits_->samplers) return 0;
  counters_[counter] = value;
  bytes_ += kNodeBytes;
  return 0;
}

std::size_t Exporters::KeyHash::operator()(const DomainKey& of) const {
  const std::uint64_t rest = (std::uint64_t{of.odid} << 8) | static_cast<std::uint64_t>(of.protocol);
  return mix(mix(of.exporter.high() ^ key.k0, of.exporter.low() ^ key.k1) ^ key.k2, rest ^ key.k3);
}

void Exporters::account() {
  if (order_.empty()) return;
  bytes_ += order_.front().bytes() - current_bytes_;
  current_bytes_ = order_.front().bytes();
}

Domain& Exporters::of(const DomainKey& key) {
  if (!order_.empty() && order_.front().key() == key) return order_.front();
  account();
  if (const auto found = domains_.find(key); found != domains_.end()) {
    order_.splice(order_.begin(), order_, found->second);
  } else {
    order_.emplace_front(key, limits_);
    domains_[key] = order_.begin();
    bytes_ += order_.front().bytes();
  }
  current_bytes_ = order_.front().bytes();
  return order_.front();
}

std::size_t Exporters::keep_within_budget() {
  account();
  std::size_t forgotten = 0;
  while (order_.size() > 1 && (order_.size() > limits_.domains || bytes_ > limits_.bytes)) {
    bytes_ -= order_.back().bytes();
    domains_.erase(order_.back().key());
    order_.pop_back();
    forgotten++;
  }
  return forgotten;
}

}  // namespace argus
