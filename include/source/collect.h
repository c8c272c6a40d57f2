// Flows that exporters send to this machine (NetFlow, IPFIX, sFlow over UDP), as they come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/live_source.h"
#include "flow/source.h"

namespace argus {

struct CollectOptions {
  std::vector<std::string> addresses;           // "udp://192.0.2.1:2055"; "udp://:2055" is every address
  std::string sensor;                           // srcid of the records; empty: absent
  std::uint64_t buffer = 32u << 20;             // bytes that the kernel may hold, for each address
  std::string state_folder;                     // where what is known of exporters outlives a restart; empty: nowhere
  std::function<void(const std::string&)> say;  // sentences for the log
};

// Rows wait no longer than a second; next() gives a tick at least every 250 ms; the ledger is told once a minute and at
// the end. Ends when Resources::stop is set: what the kernel still holds is read.
class CollectedSource : public Source, public CountingSource {
 public:
  CountingSource* counting() override { return this; }
  [[nodiscard]] virtual std::string describe() const = 0;  // "flows of exporters at udp://:2055, buffer 32 MiB"
};

[[nodiscard]] Result<std::unique_ptr<CollectedSource>> open_collected(const CollectOptions& options);

// Two live sources as one: the rows, ledgers and problems of both, with what `main` offers. `beside` is read on a
// thread, which begins with the first next().
[[nodiscard]] SourcePtr read_beside(SourcePtr main, SourcePtr beside);

}  // namespace argus
