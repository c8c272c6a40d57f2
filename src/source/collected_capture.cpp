// Captures of datagrams of exporters.
#include "base/result.h"
#include "base/stream.h"
#include "capture/capture_file.h"
#include "capture/open_capture.h"
#include "collect/collector.h"
#include "flow/ledger.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "source/datagram_input.h"
#include "source/kinds.h"
#include "source/open_source.h"
#include "source/packet_account.h"

namespace argus {

namespace {

class CapturedDatagrams final : public DatagramInput {
 public:
  explicit CapturedDatagrams(CaptureFilePtr file) : file_(std::move(file)) {}
  Result<bool> next(Datagram& out, PacketAccount& account) override {
    Frame frame;
    ARGUS_TRY_LET(const bool more, file_->next(frame));
    if (!more) return false;
    Packet packet;
    if (const DecodeStatus status = decode(frame, packet); status != DecodeStatus::ok) {
      account.frame(status, frame);
      return true;
    }
    account.add(LedgerItem::received, 1);
    account.span(frame.time, frame.time);
    if (const auto payload = udp_payload(frame)) out = {*payload, packet.src, packet.sport, frame.time};
    return true;
  }
  bool cut_short() const override { return file_->cut_short(); }
  std::uint64_t packets() const override { return file_->frames(); }

 private:
  CaptureFilePtr file_;
};

Result<DatagramInputPtr> open_datagrams_of(InputStream input) {
  ARGUS_TRY_LET(CaptureFilePtr file, open_capture_file(std::move(input)));
  return DatagramInputPtr(std::make_unique<CapturedDatagrams>(std::move(file)));
}

}  // namespace

Result<OpenedKind> open_collected_capture(InputStream input, const SourceOptions& options) {
  return open_collected_files(std::move(input), options, open_datagrams_of);
}

}  // namespace argus
