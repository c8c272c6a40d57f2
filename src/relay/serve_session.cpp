#include "relay/serve_session.h"

#include <algorithm>

#include "codec/block_reader.h"
#include "codec/directory.h"
#include "filter/filter.h"
#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/selected_rows.h"

namespace argus {

namespace {

constexpr Nanos kHeartbeat = kSecond;

// The request in `bytes` when it is all there.
Result<std::optional<Request>> whole_request(Bytes bytes) {
  FrameHead head;
  const HeadFault fault = parse_head(bytes, head);
  const bool begins = bytes.empty() || std::to_integer<std::uint8_t>(bytes[0]) == kFrameMarker[0];
  if (fault == HeadFault::too_short && begins) return std::optional<Request>();
  if (fault != HeadFault::none || head.type != static_cast<std::uint8_t>(FrameType::request))
    return fail(Errc::corrupt, "it sent something that is not a request");
  if (kFrameHeadSize + head.stored > kRequestMax)
    return fail(Errc::limit, "a request of more than {} bytes", kRequestMax);
  const Bytes payload = bytes.subspan(kFrameHeadSize);
  if (payload.size() < head.stored) return std::optional<Request>();
  if (payload.size() > head.stored) return fail(Errc::corrupt, "it sent more than a request");
  if (seeded_check(head.stream, payload) != head.directory_check || head.directory != head.stored)
    return fail(Errc::corrupt, "a request whose checksum differs");
  ARGUS_TRY_LET(Request request, decode_request(payload));
  return std::optional(std::move(request));
}

}  // namespace

ServeSession::ServeSession(Served& served, const Peer& peer)
    : served_(served), key_filter_(peer.filter), writer_(served.stream) {}

ServeSession::~ServeSession() {
  if (asked_) audience()--;
}

Result<> ServeSession::receive(Bytes bytes) {
  if (asked_) return fail(Errc::corrupt, "it sent more than a request");
  if (question_.size() + bytes.size() > kRequestMax)
    return fail(Errc::limit, "a request of more than {} bytes", kRequestMax);
  question_.insert(question_.end(), bytes.begin(), bytes.end());
  auto request = whole_request(question_);
  if (!request && request.error().code == Errc::corrupt) return std::move(request.error());
  if (request && !*request) return {};
  std::vector<std::byte>().swap(question_);
  if (request) wants_ = (*request)->wants;
  // The place first: whoever sees that somebody listens pushes behind it.
  place_ = ring().newest();
  asked_ = true;
  audience()++;
  if (!request) {
    refused_ = whole_text(request.error());
  } else if (auto done = accept(**request); !done) {
    refused_ = whole_text(done.error());
  }
  return {};
}

Result<> ServeSession::accept(const Request& request) {
  if (watches() && !served_.has_ticks)
    return fail(Errc::unsupported, "there are no ticks here, only records; a sensor that captures has them");
  ARGUS_TRY_LET(WherePtr own, compile_filter(request.filter));
  auto of_key = compile_filter(key_filter_);
  if (!of_key) return fail(Errc::usage, "the filter of its key is not valid; see the sensor's log");
  where_ = both(*std::move(of_key), std::move(own));
  fields_ = request.fields;
  if (where_) where_fields_ = stored_inputs(where_->fields());
  return {};
}

void ServeSession::say_header(std::vector<std::byte>& out) {
  StreamHeader header = served_.header;
  header.refused = refused_;
  header.ticks = watches();
  writer_.begin(header, out);
  began_ = true;
}

void ServeSession::say_gap(const FrameRing::Gap& gap, std::vector<std::byte>& out) {
  if (!watches()) served_.skipped += gap.records;
  writer_.ledger({{served_.header.sensor, gap.begin, gap.end, LedgerItem::records_skipped, gap.records}}, out);
}

// A frame of the ring as this reader wants it: as it is where all of it is wanted, else decoded, cut and coded anew.
Result<> ServeSession::say_flows(const FrameHead& head, Bytes payload, std::vector<std::byte>& out) {
  const bool all_fields = fields_.empty();
  if (!where_ && all_fields) return writer_.copy_flows(head, payload, out), Result<>();
  ARGUS_TRY_LET(const BlockDirectory directory, BlockDirectory::parse(payload.first(head.directory), head));
  const Verdict verdict = where_ ? where_->judge(directory) : Verdict::all;
  if (verdict == Verdict::none) return {};
  if (verdict == Verdict::all && all_fields) return writer_.copy_flows(head, payload, out), Result<>();
  BlockReader reader(directory, payload.subspan(head.directory, head.columns()), head);
  Batch batch(head.rows);
  const FieldSet fields = all_fields ? directory.fields() : fields_;
  std::vector<std::uint32_t> rows;
  if (verdict == Verdict::some) {
    ARGUS_TRY(reader.read(where_fields_, batch));
    rows = selected_rows(batch, *where_);
    if (rows.empty()) return {};
  }
  ARGUS_TRY(reader.read(fields, batch));
  Batch wanted(head.rows);
  for (const Field field : fields.list())
    if (is_stored(field)) wanted.set(field, batch[field]);
  const bool some = verdict == Verdict::some && rows.size() != head.rows;
  writer_.flows(some ? gathered(wanted, rows) : wanted, out);
  return {};
}

void ServeSession::say_frame(Bytes frame, std::vector<std::byte>& out) {
  FrameHead head;
  if (parse_head(frame, head) != HeadFault::none) return;
  const Bytes payload = frame.subspan(kFrameHeadSize);
  if (head.type == static_cast<std::uint8_t>(FrameType::ledger)) {
    if (const auto entries = decode_ledger(payload)) writer_.ledger(*entries, out);
    return;
  }
  // What this process has encoded itself can be decoded; else it is a loss like any other.
  if (!say_flows(head, payload, out)) say_gap({head.rows, 0, 0}, out);
}

Session::Pulled ServeSession::pull(Nanos now, std::vector<std::byte>& out) {
  if (!asked_) return Pulled::more;
  if (!began_) {
    say_header(out);
    said_ = now;
    return refused_.empty() ? Pulled::more : Pulled::last;
  }
  if (!refused_.empty()) return Pulled::last;
  // Frames of which nothing is wanted cost a look each; there may be many.
  constexpr int kFramesAPull = 16;
  for (int n = 0; n < kFramesAPull && out.empty(); n++) {
    const bool closed = ring().closed();  // asked first: what was pushed before it is taken now
    FrameRing::Gap gap;
    const RingFramePtr frame = ring().take(place_, gap);
    if (gap.records != 0) say_gap(gap, out);
    if (frame) {
      say_frame(frame->bytes, out);
      continue;
    }
    if (closed) {
      writer_.end(out);
      return Pulled::last;
    }
    if (now - said_ >= kHeartbeat) writer_.heartbeat(out);
    break;
  }
  if (!out.empty()) said_ = now;
  return Pulled::more;
}

}  // namespace argus
