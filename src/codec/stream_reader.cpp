// Finding frames. A whole head is believed, since its checksum is seeded with the stream's random id; a head that does not
// hold starts a scan for the next one of the same stream, or for the header of another.
#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "codec/stream.h"

namespace argus {

namespace {

// A writer that is still at work holds a lock on its file.
bool is_being_written(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  return ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK;
}

constexpr std::size_t kScanPiece = 1u << 20;

}  // namespace

void StreamReader::say(Errc code, std::string text) {
  if (damage_.said.size() < kDamageSaid) damage_.said.push_back({code, fmt::format("{}: {}", input_.name(), text)});
  else damage_.unsaid++;
}

// Whether this head continues what is being read. A header of another stream begins that one.
bool StreamReader::follows(const FrameHead& head) {
  if (in_stream_ && head.stream == stream_) return true;
  return head.type == static_cast<std::uint8_t>(FrameType::header) || !in_stream_;
}

Result<bool> StreamReader::find_head(FrameHead& head) {
  if (scanning_) return scan(head);
  ARGUS_TRY_LET(const Bytes bytes, input_.peek(kFrameHeadSize));
  if (bytes.empty()) return false;
  const HeadFault fault = parse_head(bytes, head);
  if (fault == HeadFault::newer)
    return fail(Errc::foreign, "{}: record format {}; this argus reads up to {}", input_.name(), head.version, kFormatVersion);
  if (fault == HeadFault::none && follows(head)) return true;
  if (fault == HeadFault::too_short && !ended_) {
    torn_ = true;
    say(Errc::corrupt, fmt::format("ends in the middle of a frame's head ({} bytes short); {} records before it are good",
                                   kFrameHeadSize - bytes.size(), good_));
    damage_.bytes += bytes.size();
    ARGUS_TRY(input_.skip(bytes.size()));
    return false;
  }
  say(Errc::corrupt, fmt::format("no frame at byte {}; looking for the next", input_.offset()));
  damage_.frames++;
  scanning_ = true;
  return scan(head);
}

Result<bool> StreamReader::scan(FrameHead& head) {
  for (;;) {
    ARGUS_TRY_LET(const Bytes bytes, input_.peek(kScanPiece));
    std::size_t at = 0;
    while (at + kFrameHeadSize <= bytes.size()) {
      const void* found = std::memchr(bytes.data() + at, kFrameMarker[0], bytes.size() - at);
      if (found == nullptr) {
        at = bytes.size();
        break;
      }
      at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes.data());
      const bool good = parse_head(bytes.subspan(at), head) == HeadFault::none;
      if (good && follows(head)) {
        damage_.bytes += at;
        scanning_ = false;
        ARGUS_TRY(input_.skip(at));
        return true;
      }
      at++;
    }
    const bool last = bytes.size() < kScanPiece;
    if (last) at = bytes.size();
    damage_.bytes += at;
    ARGUS_TRY(input_.skip(at));
    if (last) return false;
  }
}

// Records that lie between what was expected and this head.
void StreamReader::note_loss(const FrameHead& head) {
  if (!in_stream_ || head.stream != stream_) {
    in_stream_ = true;
    ended_ = false;
    stream_ = head.stream;
    // A stream met in its middle: what came before it is lost, when its beginning is.
    expected_number_ = 0;
    expected_record_ = 0;
    lost_here_ = 0;
  }
  if (head.number > expected_number_) {
    const std::uint64_t missing = head.first_record > expected_record_ ? head.first_record - expected_record_ : 0;
    damage_.records += missing;
    say(Errc::corrupt, fmt::format("{} frames are missing before byte {}; {} records lost", head.number - expected_number_, input_.offset(), missing));
  }
  expected_number_ = head.number + 1;
  expected_record_ = head.first_record + head.rows;
}

Result<> StreamReader::leave_frame() {
  if (!current_) return {};
  const std::uint64_t length = kFrameHeadSize + current_->head.stored;
  current_.reset();
  ARGUS_TRY_LET(const std::uint64_t skipped, input_.skip(length));
  if (skipped < length && !torn_) {
    torn_ = true;
    say(Errc::corrupt, fmt::format("ends in the middle of a frame ({} bytes short)", length - skipped));
  }
  return {};
}

Result<std::optional<StreamReader::Frame>> StreamReader::next() {
  for (;;) {
    ARGUS_TRY(leave_frame());
    FrameHead head;
    ARGUS_TRY_LET(const bool found, find_head(head));
    if (!found) {
      ARGUS_TRY(finish());
      return std::optional<Frame>();
    }
    Frame frame;
    frame.head = head;
    frame.offset = input_.offset();
    ARGUS_TRY_LET(const Bytes bytes, input_.peek(kFrameHeadSize + head.directory));
    note_loss(head);
    frames_++;
    const bool cut = bytes.size() < kFrameHeadSize + head.directory;
    const Bytes directory = cut ? Bytes() : bytes.subspan(kFrameHeadSize, head.directory);
    if (cut || seeded_check(head.stream, directory) != head.directory_check) {
      current_ = std::move(frame);
      damaged(cut ? fail(Errc::corrupt, "cut short") : fail(Errc::corrupt, "checksum differs"));
      continue;
    }
    frame.directory.assign(directory.begin(), directory.end());
    current_ = frame;
    const auto type = static_cast<FrameType>(head.type);
    if (type == FrameType::end) ended_ = true;
    if (type == FrameType::header || type == FrameType::flows || type == FrameType::ledger) {
      if (type == FrameType::flows) good_ += head.rows;
      return std::optional(std::move(frame));
    }
  }
}

Result<Bytes> StreamReader::columns() {
  const std::size_t before = kFrameHeadSize + current_->head.directory;
  ARGUS_TRY_LET(const Bytes bytes, input_.peek(kFrameHeadSize + current_->head.stored));
  return bytes.size() < before ? Bytes() : bytes.subspan(before);
}

// Its length can be trusted when a good head stands right behind it; else the search goes on right behind its own head.
void StreamReader::damaged(const Error& why) {
  const FrameHead head = current_->head;
  damage_.frames++;
  damage_.records += head.rows;
  if (static_cast<FrameType>(head.type) == FrameType::flows && !current_->directory.empty()) good_ -= head.rows;
  const std::uint64_t whole = kFrameHeadSize + head.stored;
  const auto behind = input_.peek(static_cast<std::size_t>(whole) + kFrameHeadSize);
  FrameHead other;
  const bool all_there = behind && behind->size() >= whole;
  const bool held = all_there && (behind->size() == whole || parse_head(behind->subspan(whole), other) == HeadFault::none);
  if (behind && !all_there) {
    torn_ = true;
    say(Errc::corrupt, fmt::format("ends in the middle of block {} ({} bytes short); {} records before it are good", head.number,
                                   whole - behind->size(), good_));
  } else {
    say(Errc::corrupt, fmt::format("block {} at byte {}: {}; {} records left out", head.number, current_->offset, why.text, head.rows));
  }
  if (!held) {
    current_.reset();
    scanning_ = true;
    auto skipped = input_.skip(kFrameHeadSize);
    (void)skipped;  // what was peeked is there
  }
}

Result<> StreamReader::finish() {
  if (finished_) return {};
  finished_ = true;
  if (damage_.unsaid != 0) damage_.said.push_back(fail(Errc::corrupt, "{}: and {} more places", input_.name(), damage_.unsaid));
  if (input_.cut_short()) say(Errc::corrupt, fmt::format("the compressed file ends early; {} records before that are good", good_));
  if (torn_ || ended_ || !in_stream_) return {};
  // A stream without its end: a writer that is still there, or that was stopped. What it wrote is whole.
  if (!is_being_written(input_.fd())) say(Errc::closed, fmt::format("has no end; its writer was stopped after {} records", good_));
  else say(Errc::closed, fmt::format("still being written; {} records so far", good_));
  return {};
}

}  // namespace argus
