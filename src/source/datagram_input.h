// Files of what exporters sent, as the flows that these tell.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/stream.h"
#include "collect/collector.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/packet_account.h"

namespace argus {

class DatagramInput {
 public:
  virtual ~DatagramInput() = default;
  // The next packet: true, or false at the end. One that is no datagram has no payload. What becomes of packets that
  // cannot be read is for the account.
  [[nodiscard]] virtual Result<bool> next(Datagram& out, PacketAccount& account) = 0;
  [[nodiscard]] virtual bool cut_short() const = 0;
  [[nodiscard]] virtual std::uint64_t packets() const = 0;  // so far
};
using DatagramInputPtr = std::unique_ptr<DatagramInput>;
using DatagramOpener = Result<DatagramInputPtr> (*)(InputStream input);

// Templates hold on from one input to the next.
[[nodiscard]] Result<OpenedKind> open_collected_files(InputStream input, const SourceOptions& options,
                                                      DatagramOpener open);

}  // namespace argus
