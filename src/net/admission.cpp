#include "net/admission.h"

namespace argus {

namespace {

constexpr std::size_t kComplaintsMax = 10;  // of a kind, a minute

std::string_view plural(Complaints::Kind kind) {
  switch (kind) {
    case Complaints::Kind::handshake: return "connections without the right key";
    case Complaints::Kind::request: return "connections that asked for something that is not served";
    case Complaints::Kind::limit: return "connections beyond the limits";
    case Complaints::Kind::stalled: return "readers that stopped reading";
    case Complaints::Kind::system: return "connections that the system could not make";
  }
  return "connections";
}

}  // namespace

bool Complaints::complain(Kind kind, const std::string& text, Nanos now) {
  tick(now);
  Quota& quota = quotas_[kind];
  if (quota.count == 0) quota.since = now;
  if (quota.count++ >= kComplaintsMax) {
    quota.held_back++;
    return false;
  }
  if (warn_) warn_(text);
  return true;
}

void Complaints::tick(Nanos now) {
  for (auto& [kind, quota] : quotas_) {
    if (quota.count == 0 || now - quota.since < kMinute) continue;
    if (quota.held_back != 0 && warn_) warn_(fmt::format("{} more {} in a minute", quota.held_back, plural(kind)));
    quota = {};
  }
}

}  // namespace argus
