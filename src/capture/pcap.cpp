// pcap files: draft-ietf-opsawg-pcap, in both byte orders with micro- or nanoseconds, and the variant with longer
// record heads (magic a1b2cd34).
#include <algorithm>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "capture/capture_file.h"
#include "capture/window.h"
#include "packet/packet.h"

namespace argus {
namespace {

constexpr std::size_t kFileHead = 24, kRecordHead = 16, kLongRecordHead = 24;

struct Form {
  bool big_endian = false, nanoseconds = false, long_heads = false;
  LinkType link = LinkType::ethernet;
  std::uint32_t captured_max = kCapturedUsual;
};

template <class T>
T read(ByteReader& in, bool big_endian) {
  return big_endian ? in.be<T>() : in.le<T>();
}

class PcapFile final : public CaptureFile {
 public:
  PcapFile(Window window, const Form& form)
      : window_(std::move(window)), form_(form), head_size_(form.long_heads ? kLongRecordHead : kRecordHead) {}

  Result<bool> next(Frame& out) override;
  [[nodiscard]] bool cut_short() const override { return cut_short_ || window_.input().cut_short(); }
  [[nodiscard]] std::uint64_t frames() const override { return frames_; }

 private:
  struct Record {
    std::uint32_t seconds = 0, fraction = 0, captured = 0, original = 0;
  };
  [[nodiscard]] Record head() const;                   // of the record at the window's front
  [[nodiscard]] Result<bool> fetch(std::size_t size);  // makes that much stand in the window; false at the end

  Window window_;
  Form form_;
  std::size_t head_size_;
  std::uint64_t frames_ = 0;
  bool cut_short_ = false;
};

PcapFile::Record PcapFile::head() const {
  ByteReader in(window_.rest());
  Record record;
  record.seconds = read<std::uint32_t>(in, form_.big_endian);
  record.fraction = read<std::uint32_t>(in, form_.big_endian);
  record.captured = read<std::uint32_t>(in, form_.big_endian);
  record.original = read<std::uint32_t>(in, form_.big_endian);
  return record;
}

Result<bool> PcapFile::next(Frame& out) {
  if (window_.rest().size() < head_size_) {
    const auto more = fetch(head_size_);
    if (!more || !*more) return more;
  }
  const Record record = head();
  if (record.captured > form_.captured_max) {
    return fail(Errc::corrupt, "packet {} at byte {} claims {} captured bytes", frames_ + 1, window_.offset(),
                record.captured);
  }
  if (window_.rest().size() < head_size_ + record.captured) {
    const auto more = fetch(head_size_ + record.captured);
    if (!more || !*more) return more;
  }
  out.bytes = window_.take(head_size_ + record.captured).subspan(head_size_);
  // A fraction beyond a second is damage that costs no more than the fraction.
  const Nanos fraction = form_.nanoseconds ? record.fraction : record.fraction * kMicrosecond;
  out.time = record.seconds * kSecond + std::min(fraction, kSecond - 1);
  out.link = form_.link;
  out.wire_length = std::max(record.original, record.captured);
  frames_++;
  return true;
}

Result<bool> PcapFile::fetch(std::size_t size) {
  const std::uint64_t start = window_.offset();
  auto whole = window_.need(size);
  if (!whole) return whole;
  if (!*whole && window_.offset() != start) cut_short_ = true;
  return *whole;
}

}  // namespace

Result<CaptureFilePtr> open_pcap(Window window) {
  ARGUS_TRY_LET(const bool whole, window.need(kFileHead));
  if (!whole) return fail(Errc::corrupt, "cut off within the file head");
  ByteReader in(window.take(kFileHead));
  Form form;
  auto magic = in.be<std::uint32_t>();
  form.big_endian = magic >> 16 == 0xa1b2;
  if (!form.big_endian) magic = byte_swapped(magic);
  form.nanoseconds = magic == 0xa1b23c4d;
  form.long_heads = magic == 0xa1b2cd34;
  const auto major = read<std::uint16_t>(in, form.big_endian);
  const auto minor = read<std::uint16_t>(in, form.big_endian);
  if (major != 2) return fail(Errc::foreign, "pcap version {}.{}; argus reads version 2.4", major, minor);
  in.skip(8);
  const auto snap_length = read<std::uint32_t>(in, form.big_endian);
  form.captured_max = std::clamp(snap_length, kCapturedUsual, kCapturedMax);
  // The upper bits tell of the FCS and its length.
  form.link = static_cast<LinkType>(read<std::uint32_t>(in, form.big_endian) & 0xffff);
  return CaptureFilePtr(std::make_unique<PcapFile>(std::move(window), form));
}

}  // namespace argus
