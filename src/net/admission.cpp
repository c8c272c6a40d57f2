#include "net/admission.h"

namespace argus {

namespace {

constexpr std::size_t kComplaintsMax = 10;  // of a kind, a minute

std::string_view plural(Complaints::Kind kind) {
  switch (kind) {
    case Complaints::Kind::handshake: return "connections without the right key";
    case Complaints::Kind::request: return "connections that asked for nothing that is served";
    case Complaints::Kind::limit: return "connections beyond the limits";
    case Complaints::Kind::stalled: return "readers that took nothing";
    case Complaints::Kind::system: return "connections that the system could not make";
  }
  return "connections";
}

}  // namespace

bool Complaints::say(Kind kind, const std::string& text, Nanos now) {
  tick(now);
  Said& said = said_[kind];
  if (said.count == 0) said.since = now;
  if (said.count++ >= kComplaintsMax) {
    said.held_back++;
    return false;
  }
  if (warn_) warn_(text);
  return true;
}

void Complaints::tick(Nanos now) {
  for (auto& [kind, said] : said_) {
    if (said.count == 0 || now - said.since < kMinute) continue;
    if (said.held_back != 0 && warn_) warn_(fmt::format("{} more {} in a minute", said.held_back, plural(kind)));
    said = {};
  }
}

}  // namespace argus
