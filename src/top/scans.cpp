#include "top/scans.h"

#include <algorithm>

#include "base/names.h"
#include "flow/column.h"
#include "flow/events.h"
#include "top/look.h"

namespace argus {

namespace {

const FieldSet kLookedAt = {Field::proto, Field::saddr, Field::daddr, Field::dport, Field::sevents, Field::devents};

std::uint32_t events_at(const Column& column, std::size_t row) {
  return column.has(row) ? column.at<std::uint32_t>(row) : 0;
}

bool is_tcp(const Column& proto, std::size_t row) {
  return proto.has(row) && proto.at<std::uint16_t>(row) == kProtoTcp;
}

}  // namespace

ScanDetector::ScanDetector(std::size_t targets_max, std::size_t sample_max)
    : key_(random_hash_key()),
      targets_max_(targets_max),
      sample_max_(sample_max),
      sources_(0, AddressHash{random_hash_key()}) {}

const FieldSet& ScanDetector::fields() { return kLookedAt; }

void ScanDetector::clear() {
  sources_.clear();
  targets_ = 0;
}

void ScanDetector::add(const Batch& batch) {
  const Column &proto = batch[Field::proto], &saddr = batch[Field::saddr], &daddr = batch[Field::daddr];
  const Column &dport = batch[Field::dport], &sevents = batch[Field::sevents], &devents = batch[Field::devents];
  for (std::size_t i = 0; i < batch.rows(); i++) {
    if (!is_tcp(proto, i) || !saddr.has(i) || !daddr.has(i) || !dport.has(i)) continue;
    const std::uint32_t source = events_at(sevents, i), target = events_at(devents, i);
    if ((source & kTcpSyn) == 0) continue;  // nobody saw it call
    const auto host = daddr.at<Address>(i);
    const auto port = dport.at<std::uint16_t>(i);
    const std::uint64_t hash = mix(mix(host.high() ^ key_.k0, host.low() ^ key_.k1) ^ key_.k2, port ^ key_.k3);
    add_target(saddr.at<Address>(i), {hash, host, port, ((source | target) & kTcpEstablished) != 0});
  }
}

void ScanDetector::add_target(const Address& address, const Target& target) {
  Source& source = sources_[address];
  if ((target.hash & ((std::uint64_t{1} << source.level) - 1)) != 0) return;
  const auto at = std::lower_bound(source.sample.begin(), source.sample.end(), target.hash,
                                   [](const Target& one, std::uint64_t hash) { return one.hash < hash; });
  if (at != source.sample.end() && at->hash == target.hash) {
    at->accepted |= target.accepted;
    return;
  }
  source.sample.insert(at, target);
  targets_++;
  if (source.sample.size() > sample_max_) thin(source);
  if (targets_ > targets_max_) shrink();
}

// Half of the sample stays, about.
void ScanDetector::thin(Source& source) {
  const std::size_t before = source.sample.size();
  while (source.sample.size() > sample_max_ && source.level < 63) {
    source.level++;
    const std::uint64_t mask = (std::uint64_t{1} << source.level) - 1;
    std::erase_if(source.sample, [&](const Target& one) { return (one.hash & mask) != 0; });
  }
  targets_ -= before - source.sample.size();
}

// Sources with the fewest targets go, until half of all that is kept is left: none of them is a scan before others are.
void ScanDetector::shrink() {
  std::vector<std::pair<std::uint64_t, Address>> order;
  for (const auto& [address, source] : sources_)
    order.emplace_back(static_cast<std::uint64_t>(source.sample.size()) << std::min(source.level, 40u), address);
  std::sort(order.begin(), order.end());
  for (const auto& [size, address] : order) {
    if (targets_ <= targets_max_ / 2) break;
    const auto at = sources_.find(address);
    targets_ -= at->second.sample.size();
    sources_.erase(at);
  }
}

ScanTargets ScanDetector::of(const Address& source) const { return of(source, std::nullopt, std::nullopt); }

ScanTargets ScanDetector::of(const Address& address, const std::optional<Address>& host,
                             std::optional<std::uint16_t> port) const {
  ScanTargets out;
  const auto at = sources_.find(address);
  if (at == sources_.end()) return out;
  for (const Target& one : at->second.sample)
    if ((!host || one.host == *host) && (!port || one.port == *port)) (one.accepted ? out.accepted : out.refused)++;
  out.counted = at->second.level == 0;
  out.refused <<= at->second.level, out.accepted <<= at->second.level;
  return out;
}

std::string mark_of(const Batch& batch, std::size_t row, const ScanDetector& scans) {
  const Column &proto = batch[Field::proto], &source = batch[Field::saddr], &host = batch[Field::daddr],
               &port = batch[Field::dport];
  if (!source.has(row) || (proto.has(row) && !is_tcp(proto, row))) return {};
  const ScanTargets all = scans.of(source.at<Address>(row));
  if (!all.is_scan()) return {};
  const auto its_host = host.has(row) ? std::optional(host.at<Address>(row)) : std::nullopt;
  const auto its_port = port.has(row) ? std::optional(port.at<std::uint16_t>(row)) : std::nullopt;
  const ScanTargets own = scans.of(source.at<Address>(row), its_host, its_port);
  const std::uint32_t events = events_at(batch[Field::sevents], row) | events_at(batch[Field::devents], row);
  const bool sampled = own.refused + own.accepted != 0;
  const bool is_part =
      sampled ? own.refused >= 3 * own.accepted : (events & kTcpSyn) != 0 && (events & kTcpEstablished) == 0;
  if (!is_part) return {};
  return fmt::format("scan? {}{} of {} targets accepted no connection", all.counted ? "" : "about ",
                     spaced(all.refused), spaced(all.refused + all.accepted));
}

}  // namespace argus
