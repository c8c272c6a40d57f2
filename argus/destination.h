// Other systems that records are exported to (destinations.def).
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "flow/notice.h"
#include "flow/sink.h"
#include "flow/where.h"

namespace argus {

// What was asked for.
struct DestinationAsked {
  std::string to;                           // as --to says it
  bool create = false;                      // make what the records go into
  WherePtr where;                           // the rows that are wanted; null: all
  const std::atomic<bool>* stop = nullptr;  // set: no longer wait for another machine; may be null
  Nanos patience = 0;                       // how long one that is away is waited for
  NoticeTaker say;                          // other machines lost and regained
};

// An open destination. It gets whole frames, and leaves out the rows that are not wanted itself: what is sent again
// must be recognised by its place in its stream.
struct Destination {
  SinkPtr sink;
  std::function<std::string()> closing;  // what became of the records, for the last line
};

struct DestinationKind {
  std::string_view scheme, example, text;
  Result<Destination> (*open)(const DestinationAsked& asked);
};
[[nodiscard]] std::span<const DestinationKind> destination_kinds();
[[nodiscard]] const DestinationKind* find_destination(std::string_view to);  // null: a file or another place

#define DESTINATION(name, ...) [[nodiscard]] Result<Destination> open_##name(const DestinationAsked& asked);
#include "argus/destinations.def"

}  // namespace argus
