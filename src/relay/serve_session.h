// What is said to one reader of a server: the header, then the frames of the ring as its request wants them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/frame.h"
#include "codec/request.h"
#include "codec/stream.h"
#include "flow/field.h"
#include "flow/source.h"
#include "flow/where.h"
#include "net/server.h"
#include "relay/frame_ring.h"

namespace argus {

// What the sessions of a server share. Everything but the rings and the counters stays as it is once they begin.
struct Served {
  Served(std::size_t ring_bytes, std::uint64_t id) : records(ring_bytes), ticks(ring_bytes / 4), stream(id) {}
  FrameRing records, ticks;
  StreamHeader header;
  bool has_ticks = false;
  std::uint64_t stream;                    // id of the frames of both rings and of what is sent
  std::atomic<std::uint64_t> skipped = 0;  // records that slow readers missed
  std::atomic<std::size_t> listening = 0;  // readers that have asked for records
  std::atomic<std::size_t> watching = 0;   // readers that have asked for ticks
};

class ServeSession final : public Session {
 public:
  // `served` must outlive it.
  ServeSession(Served& served, const Peer& peer);
  ~ServeSession() override;
  Result<> receive(Bytes bytes) override;
  bool has_asked() const override { return asked_; }
  void refuse(const std::string& why) override { refused_ = why; }
  Pulled pull(Nanos now, std::vector<std::byte>& out) override;

 private:
  [[nodiscard]] Result<> accept(const Request& request);
  void say_header(std::vector<std::byte>& out);
  void say_gap(const FrameRing::Gap& gap, std::vector<std::byte>& out);
  void say_frame(Bytes frame, std::vector<std::byte>& out);
  [[nodiscard]] Result<> say_flows(const FrameHead& head, Bytes payload, std::vector<std::byte>& out);

  [[nodiscard]] bool watches() const { return wants_ == Wants::ticks; }
  [[nodiscard]] FrameRing& ring() const { return watches() ? served_.ticks : served_.records; }
  [[nodiscard]] std::atomic<std::size_t>& audience() const { return watches() ? served_.watching : served_.listening; }

  Served& served_;
  Wants wants_ = Wants::records;
  std::string key_filter_;
  std::vector<std::byte> question_;
  bool asked_ = false, began_ = false;
  std::string refused_;
  WherePtr where_;
  FieldSet where_fields_, fields_;  // fields_ empty: all there are
  StreamWriter writer_;
  FrameRing::Place place_;
  Nanos said_ = 0;  // when something was sent last
};

}  // namespace argus
