// Finding frames. A whole head is believed, since its checksum is seeded with the stream's random id; a head that
// does not hold starts a search for the next one of the same stream. Frames of other streams that lie in damaged
// bytes are believed only with care: whoever sends traffic chooses strings that stand in records, and could have
// planted whole frames there.
#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/count_text.h"
#include "base/file.h"
#include "base/result.h"
#include "codec/frame.h"
#include "codec/repair.h"
#include "codec/stream.h"

namespace argus {

namespace {

constexpr std::size_t kScanPiece = 1u << 20;
constexpr std::size_t kReach = kStoredMax + 2 * kFrameHeadSize;  // whoever looks so far looks past the end of any frame
constexpr unsigned kChain = 8;  // heads in a row that no string of a record has room for

bool is_type(const FrameHead& head, FrameType type) { return head.type == static_cast<std::uint8_t>(type); }
std::uint64_t whole_size(const FrameHead& head) { return kFrameHeadSize + head.stored; }
bool starts_stream(const FrameHead& head) { return is_type(head, FrameType::header) && head.number == 0; }

// The first head at or behind `from` that `wanted` likes; bytes.size() when there is none.
template <class Wanted>
std::size_t find_in(Bytes bytes, std::size_t from, FrameHead& head, Wanted&& wanted) {
  for (std::size_t at = from; at + kFrameHeadSize <= bytes.size(); at++) {
    const void* found = std::memchr(bytes.data() + at, kFrameMarker[0], bytes.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
    if (parse_head(bytes.subspan(at), head) == HeadFault::none && wanted(head)) return at;
  }
  return bytes.size();
}

// Whether frames follow each other from the first byte on: kChain of them, or up to exactly the end of the input.
// `open`: the last one may be cut.
bool is_chain(Bytes bytes, bool open) {
  std::size_t at = 0;
  FrameHead head;
  for (unsigned n = 0; n < kChain; n++) {
    if (at >= bytes.size()) return bytes.size() < kReach && (at == bytes.size() || open);
    const HeadFault fault = parse_head(bytes.subspan(at), head);
    if (fault != HeadFault::none) return open && fault == HeadFault::too_short;
    at += static_cast<std::size_t>(whole_size(head));
  }
  return true;
}

std::string lost_text(const FrameHead& head, std::uint64_t offset, std::string_view why) {
  return fmt::format("block {} at byte {}: {}; {} left out", head.number, offset, why, count_text(head.rows, "record"));
}

std::string mended_text(const FrameHead& head, std::uint64_t offset) {
  return fmt::format("block {} at byte {} was damaged and is mended; no record is lost", head.number, offset);
}

// The bytes of a frame, with this head.
std::vector<std::byte> with_head(const FrameHead& head, Bytes frame) {
  std::vector<std::byte> out;
  out.reserve(frame.size());
  append_head(head, out);
  out.insert(out.end(), frame.begin() + kFrameHeadSize, frame.end());
  return out;
}

// A frame without some of its repair bytes, which are made anew; nothing where they were made in another number.
std::optional<std::vector<std::byte>> with_repair(const FrameHead& head, Bytes cut) {
  const auto from = cut.begin() + kFrameHeadSize;
  std::vector<std::byte> payload(from, from + static_cast<std::ptrdiff_t>(head.directory + head.columns()));
  FrameHead anew = head;
  append_repair(anew, payload);
  if (anew.stored != head.stored || anew.repair != head.repair) return std::nullopt;
  std::vector<std::byte> out;
  append_head(head, out);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

}  // namespace

// The next bytes. Compressed data that does not hold is the end of the input, and told; other errors are the caller's.
Result<Bytes> StreamReader::look(std::size_t n) {
  auto bytes = input_.peek(n);
  if (bytes) return *bytes;
  if (bytes.error().code != Errc::corrupt) return while_doing(input_.name(), std::move(bytes.error()));
  if (!torn_) say_good(Errc::corrupt, bytes.error().text + "; ", " before that");
  torn_ = true;
  return Bytes();
}

// The head where the next one of the stream is expected, mended where one byte of it is damaged.
HeadFault StreamReader::head_at(Bytes bytes, FrameHead& head) const {
  const HeadFault fault = parse_head(bytes, head);
  if (fault == HeadFault::none || fault == HeadFault::too_short || fault == HeadFault::newer || !in_stream_)
    return fault;
  return mend_head(bytes, {stream_, expected_number_, expected_record_}, head) ? HeadFault::none : fault;
}

// Passes over bytes that are no frame.
Result<> StreamReader::pass(std::uint64_t n) {
  const std::uint64_t own = std::min(n, uncounted_);
  uncounted_ -= own;
  log_.lose(place(), {0, n - own, 0});
  ARGUS_TRY(input_.skip(n));
  return {};
}

// The input ends inside a frame. While its writer is at work, that is a frame on its way and no damage.
void StreamReader::end_inside(std::string text) {
  if (!torn_) {
    if (is_being_written(input_.fd())) say_count(Errc::harmless, "still being written; ", " so far");
    else say_good(Errc::corrupt, text + "; ", " before it");
  }
  torn_ = true;
}

// Whether a frame with this head may stand where one ends: the stream goes on, or another begins.
bool StreamReader::continues(const FrameHead& head) const {
  return !in_stream_ || head.stream == stream_ || is_type(head, FrameType::header);
}

Result<bool> StreamReader::find_head(FrameHead& head) {
  if (scanning_) return scan(head);
  ARGUS_TRY_LET(const Bytes bytes, look(kFrameHeadSize));
  if (bytes.empty()) return false;
  const HeadFault fault = head_at(bytes, head);
  if (fault == HeadFault::newer)
    return while_doing(input_.name(), fail(Errc::foreign, "record format {}; this argus reads up to {}", head.version,
                                           kFormatVersion));
  if (fault == HeadFault::none && continues(head)) return true;
  const std::size_t marked = std::min(bytes.size(), kFrameMarker.size());
  if (fault == HeadFault::too_short && std::memcmp(bytes.data(), kFrameMarker.data(), marked) == 0) {
    end_inside(fmt::format("ends in the middle of a frame's head ({} short)",
                           count_text(kFrameHeadSize - bytes.size(), "byte")));
    ARGUS_TRY(pass(bytes.size()));
    return false;
  }
  say(Errc::corrupt, fmt::format("no frame at byte {}; looking for the next", input_.offset()));
  unknown_loss_ = true;
  scanning_ = true;
  return scan(head);
}

Result<bool> StreamReader::scan(FrameHead& head) {
  for (;;) {
    ARGUS_TRY_LET(const Bytes bytes, look(kScanPiece));
    const bool last = bytes.size() < kScanPiece;
    const std::size_t at = find_in(bytes, 0, head, [](const FrameHead&) { return true; });
    if (at == bytes.size()) {
      // A head may begin in the last bytes of a piece.
      ARGUS_TRY(pass(last ? at : at - kFrameHeadSize + 1));
      if (last) return false;
      continue;
    }
    ARGUS_TRY(pass(at));
    ARGUS_TRY_LET(const bool believed, believe(head));
    if (believed) {
      scanning_ = false;
      uncounted_ = 0;
      return true;
    }
    ARGUS_TRY(pass(1));
  }
}

// Whether to go on with the frame whose head was found at the next byte; moves on to the known stream where that comes
// back within the reach of one frame, which makes what lies before part of a damaged one.
Result<bool> StreamReader::believe(FrameHead& head) {
  if (in_stream_ && head.stream == stream_) return true;
  ARGUS_TRY_LET(const Bytes bytes, look(kReach));
  FrameHead other;
  if (in_stream_) {
    // No byte is searched twice, however many heads are found.
    const auto from = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), std::max(absent_until_, input_.offset()) - input_.offset()));
    const std::size_t at = find_in(bytes, from, other, [&](const FrameHead& h) { return h.stream == stream_; });
    if (at < bytes.size()) {
      head = other;
      ARGUS_TRY(pass(at));
      return true;
    }
    absent_until_ = input_.offset() + bytes.size() - std::min(bytes.size(), kFrameHeadSize - 1);
  }
  if (is_chain(bytes, is_being_written(input_.fd()))) return true;
  if (in_stream_ || (head.stream == alike_ && input_.offset() < alike_until_)) return false;
  // The beginning of the input is lost, and nothing but this stream follows.
  const std::size_t at = find_in(bytes, 0, other, [&](const FrameHead& h) { return h.stream != head.stream; });
  alike_ = head.stream;
  alike_until_ = input_.offset() + at;
  return at == bytes.size();
}

// Counts what lies between what was expected and this head.
StreamReader::Order StreamReader::take_number(const FrameHead& head) {
  const bool another = !in_stream_ || head.stream != stream_;
  if (another || starts_stream(head)) {
    const bool told = torn_ || unknown_loss_;
    if (in_stream_ && !ended_ && !told)
      say_count(Errc::harmless,
                fmt::format("the stream before byte {} has no end; its writer was stopped after ", input_.offset()),
                {});
    if (another && unknown_loss_ && in_stream_) log_.lose(place(), {0, 0, 1});
    if (another && in_stream_) unknown_loss_ = false;
    in_stream_ = true;
    ended_ = torn_ = false;
    stream_ = head.stream;
    // Of a stream that is met in its middle, what came before is lost.
    expected_number_ = expected_record_ = absent_until_ = 0;
  }
  if (head.number < expected_number_) {
    say(Errc::corrupt, fmt::format("frame {} comes again at byte {}; left out", head.number, input_.offset()));
    return Order::repeats;
  }
  if (head.number > expected_number_) {
    const std::uint64_t frames = head.number - expected_number_;
    const std::uint64_t records = head.first_record > expected_record_ ? head.first_record - expected_record_ : 0;
    log_.lose(place(), {records, 0, frames});
    say(Errc::corrupt, fmt::format("{} missing before byte {}; {} lost", count_is(frames, "frame"), input_.offset(),
                                   count_text(records, "record")));
  }
  unknown_loss_ = false;
  expected_number_ = head.number + 1;
  expected_record_ = head.first_record + head.rows;
  return Order::follows;
}

// The current frame's rows are lost. Where the input ends inside the frame, leave_frame() says so.
void StreamReader::lose_frame(std::string_view text) {
  const FrameHead& head = current_->head;
  const auto bytes = look(static_cast<std::size_t>(whole_size(head)));
  if (current_->lost || !bytes || (bytes->size() < whole_size(head) && !lacks_repair(*bytes))) return;
  current_->lost = true;
  log_.lose({met_, false}, {head.rows, 0, 1});
  if (is_type(head, FrameType::flows)) log_.unmet(head.rows);
  log_.say({met_, false}, Errc::corrupt, lost_text(head, current_->offset, text));
}

// The input ends among the repair bytes of the current frame, and nobody writes on: all that they repair is there.
bool StreamReader::lacks_repair(Bytes bytes) const {
  const FrameHead& head = current_->head;
  return bytes.size() < whole_size(head) && bytes.size() + head.repair >= whole_size(head) &&
         !is_being_written(input_.fd());
}

// A frame's length is believed when a frame or the end of the input stands right behind it.
bool StreamReader::is_held(Bytes bytes) const {
  const std::uint64_t size = whole_size(current_->head);
  return bytes.size() >= size && may_stand_behind(bytes.subspan(static_cast<std::size_t>(size)));
}
bool StreamReader::may_stand_behind(Bytes bytes) const {
  FrameHead behind;
  const HeadFault fault = head_at(bytes, behind);
  return fault == HeadFault::too_short || fault == HeadFault::newer || (fault == HeadFault::none && continues(behind));
}

// The same from its last byte on.
bool StreamReader::is_held_unread() {
  const auto end = input_.peek_at(static_cast<std::size_t>(whole_size(current_->head)) - 1, 1 + kFrameHeadSize);
  return end && !end->empty() && may_stand_behind(end->subspan(1));
}

void StreamReader::tell_mended() {
  log_.lose(place(), {0, 0, 1});
  log_.say({met_, false}, Errc::corrupt, mended_text(current_->head, current_->offset));
}

bool StreamFrame::mend() {
  std::vector<std::byte> own(bytes.view().begin(), bytes.view().end());
  if (!mend_payload(head, std::span(own).subspan(kFrameHeadSize))) return false;
  bytes = SharedBytes(std::move(own));
  return true;
}

bool StreamReader::is_settled() {
  const auto ahead = look(static_cast<std::size_t>(whole_size(current_->head)) + kFrameHeadSize);
  return ahead && is_held(*ahead) && !current_->mended;
}

bool StreamReader::mend(StreamFrame& frame) {
  const auto ahead = look(static_cast<std::size_t>(whole_size(current_->head)) + kFrameHeadSize);
  if (!ahead || !is_held(*ahead) || !frame.mend()) return false;
  current_->mended = true;
  return true;
}

// The same for the current frame before it is given.
bool StreamReader::mend_directory() {
  const auto size = static_cast<std::size_t>(whole_size(current_->head));
  const auto ahead = look(size + kFrameHeadSize);
  if (!ahead || !is_held(*ahead)) return false;
  std::vector<std::byte> frame = with_head(current_->head, ahead->first(size));
  if (!mend_payload(current_->head, std::span(frame).subspan(kFrameHeadSize))) return false;
  current_->bytes = SharedBytes(std::move(frame));
  current_->mended = true;
  return true;
}

void StreamReader::damaged(const StreamFrame& frame, const Error& why) {
  if (!current_ || frame.number != met_) {
    const std::uint64_t records = is_type(frame.head, FrameType::flows) ? frame.head.rows : 0;
    return log_.tell_lost(frame.number, records, lost_text(frame.head, frame.offset, why.text));
  }
  lose_frame(why.text);
}

void StreamReader::mended(const StreamFrame& frame) {
  log_.tell_mended(frame.number, mended_text(frame.head, frame.offset));
}

// The input ends inside the current frame: it is on its way, or was cut, maybe long ago with another stream after it.
void StreamReader::leave_cut_frame(Bytes bytes) {
  if (current_->lost) return;
  const FrameHead& head = current_->head;
  const std::uint64_t short_by = whole_size(head) - bytes.size();
  if (lacks_repair(bytes)) {
    log_.lose(place(), {0, 0, 1});
    torn_ = true;
    return say_good(
        Errc::corrupt,
        fmt::format("ends in the repair bytes of block {} ({} short); all ", head.number, count_text(short_by, "byte")),
        {});
  }
  if (is_type(head, FrameType::flows)) log_.unmet(head.rows);
  FrameHead other;
  if (is_being_written(input_.fd()) && find_in(bytes, kFrameHeadSize, other, starts_stream) == bytes.size())
    return end_inside({});
  log_.lose(place(), {head.rows, 0, 1});
  torn_ = true;
  say_good(Errc::corrupt,
           fmt::format("ends in the middle of block {} ({} short); ", head.number, count_text(short_by, "byte")),
           " before it");
}

// Where a frame's length is not believed (something was appended to a torn frame, or bytes are missing), the search
// for the next goes on right behind its head.
Result<> StreamReader::leave_frame() {
  if (!current_) return {};
  const FrameHead head = current_->head;
  const auto whole = static_cast<std::size_t>(whole_size(head));
  if (input_.reads_little() && !current_->mended && is_held_unread()) {
    current_.reset();
    ARGUS_TRY(input_.skip(whole));
    return {};
  }
  ARGUS_TRY_LET(const Bytes bytes, look(whole + kFrameHeadSize));
  const std::size_t got = bytes.size();
  if (current_->mended && got >= whole && !current_->lost) tell_mended();
  if (is_held(bytes)) {
    current_.reset();
    ARGUS_TRY(input_.skip(whole));
    return {};
  }
  if (got < whole) {
    leave_cut_frame(bytes);
  } else if (!current_->lost) {
    say(Errc::corrupt, fmt::format("no frame at byte {}; looking for the next", current_->offset + whole));
    unknown_loss_ = true;
  }
  current_.reset();
  scanning_ = true;
  uncounted_ = head.stored;
  ARGUS_TRY(input_.skip(std::min(got, kFrameHeadSize)));
  return {};
}

Result<std::optional<StreamFrame>> StreamReader::next() {
  for (;;) {
    ARGUS_TRY(leave_frame());
    FrameHead head;
    ARGUS_TRY_LET(const bool found, find_head(head));
    if (!found) {
      ARGUS_TRY(finish());
      return std::optional<StreamFrame>();
    }
    const Order order = take_number(head);
    met_++;
    current_ = Current{head, input_.offset(), order == Order::repeats, false, false, {}};
    if (order == Order::repeats) continue;
    if (is_type(head, FrameType::flows)) log_.met(head.rows);
    ARGUS_TRY_LET(const Bytes bytes, look(kFrameHeadSize + head.directory));
    if (bytes.size() < kFrameHeadSize + head.directory) continue;  // leave_frame() tells
    Bytes directory = bytes.subspan(kFrameHeadSize, head.directory);
    const bool holds = seeded_check(head.stream, directory) == head.directory_check;
    FrameHead as_it_is;
    current_->head_mended = current_->mended = parse_head(bytes, as_it_is) != HeadFault::none;
    if (!holds && !mend_directory()) {
      lose_frame("checksum differs");
      continue;
    }
    if (current_->bytes) directory = current_->bytes->view().subspan(kFrameHeadSize, head.directory);
    if (is_type(head, FrameType::end)) ended_ = true;
    if (!is_type(head, FrameType::header) && !is_type(head, FrameType::flows) && !is_type(head, FrameType::ledger))
      continue;
    return std::optional(StreamFrame{head, current_->offset, met_, {directory.begin(), directory.end()}, {}});
  }
}

Result<> StreamReader::read(StreamFrame& frame) {
  if (!current_->bytes) {
    const auto size = static_cast<std::size_t>(whole_size(current_->head));
    ARGUS_TRY_LET(const Bytes bytes, look(size));
    const bool cut = bytes.size() < size;
    auto whole = cut && lacks_repair(bytes) ? with_repair(current_->head, bytes) : std::nullopt;
    if (cut && !whole) return fail(Errc::corrupt, "cut short");
    if (whole) current_->bytes = SharedBytes(*std::move(whole));
    else if (current_->head_mended) current_->bytes = SharedBytes(with_head(current_->head, bytes));
    else {
      ARGUS_TRY_LET(frame.bytes, input_.share(size));
      return {};
    }
  }
  frame.bytes = *current_->bytes;
  return {};
}

Result<> StreamReader::finish() {
  if (finished_) return {};
  finished_ = true;
  if (unknown_loss_) log_.lose(place(), {0, 0, 1});
  if (input_.cut_short()) {
    say_good(Errc::corrupt, "the compressed file ends early; ", " before that");
  } else if (in_stream_ && !ended_ && !torn_) {
    // A writer that is still there, or that was stopped. What it wrote is whole.
    if (is_being_written(input_.fd())) say_count(Errc::harmless, "still being written; ", " so far");
    else say_count(Errc::harmless, "has no end; its writer was stopped after ", {});
  }
  log_.close();
  return {};
}

}  // namespace argus
