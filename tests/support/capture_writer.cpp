#include "support/capture_writer.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/time.h"
#include "packet/packet.h"
#include "support/source_dir.h"

namespace argus {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kByteOrder = 0x1a2b3c4d;

void pad(std::vector<std::byte>& to) {
  while (to.size() % 4 != 0) to.push_back(std::byte{0});
}
void append(std::vector<std::byte>& to, Bytes from) { to.insert(to.end(), from.begin(), from.end()); }

}  // namespace

template <class T>
void CaptureWriter::put(std::vector<std::byte>& to, T value) const {
  if (form_.big_endian != (std::endian::native == std::endian::big)) value = byte_swapped(value);
  append(to, std::as_bytes(std::span(&value, 1)));
}

CaptureWriter::CaptureWriter(const CaptureForm& form) : form_(form) {
  if (form_.pcapng) {
    new_section(form.big_endian);
    add_interface(form.link, form.nanoseconds ? 9 : 6);
    return;
  }
  put<std::uint32_t>(out_, form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
  put<std::uint16_t>(out_, 2);
  put<std::uint16_t>(out_, 4);
  put<std::uint32_t>(out_, 0);
  put<std::uint32_t>(out_, 0);
  put<std::uint32_t>(out_, form.snap_length);
  put<std::uint32_t>(out_, static_cast<std::uint32_t>(form.link));
}

void CaptureWriter::new_section(bool big_endian) {
  form_.big_endian = big_endian;
  interfaces_.clear();
  std::vector<std::byte> body;
  put<std::uint32_t>(body, kByteOrder);
  put<std::uint16_t>(body, 1);
  put<std::uint16_t>(body, 0);
  put<std::uint64_t>(body, ~std::uint64_t{0});
  add_block(kSectionHeader, body);
}

std::uint32_t CaptureWriter::add_interface(LinkType link, std::uint8_t resolution, std::int64_t offset_seconds) {
  std::vector<std::byte> body;
  put<std::uint16_t>(body, static_cast<std::uint16_t>(link));
  put<std::uint16_t>(body, 0);
  put<std::uint32_t>(body, form_.snap_length);
  put<std::uint16_t>(body, 2);  // if_name, to be passed over
  put<std::uint16_t>(body, 3);
  append(body, std::as_bytes(std::span("eth", 3)));
  pad(body);
  put<std::uint16_t>(body, 9);
  put<std::uint16_t>(body, 1);
  body.push_back(static_cast<std::byte>(resolution));
  pad(body);
  if (offset_seconds != 0) {
    put<std::uint16_t>(body, 14);
    put<std::uint16_t>(body, 8);
    put<std::int64_t>(body, offset_seconds);
  }
  put<std::uint32_t>(body, 0);
  add_block(1, body);
  interfaces_.push_back({resolution, offset_seconds});
  return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

std::uint64_t CaptureWriter::ticks(Nanos time, std::uint32_t interface) const {
  const Interface& one = interfaces_.at(interface);
  const auto seconds = static_cast<std::uint64_t>(time / kSecond - one.offset);
  const auto fraction = static_cast<std::uint64_t>(time % kSecond);
  if ((one.resolution & 0x80) != 0) {
    const unsigned bits = one.resolution & 0x7f;
    const std::uint64_t scale = std::uint64_t{1} << bits;
    return (seconds << bits) + (fraction * scale + 999'999'999) / 1'000'000'000;
  }
  std::uint64_t scale = 1;
  for (unsigned i = 0; i < one.resolution; i++) scale *= 10;
  return scale > 1'000'000'000 ? seconds * scale + fraction * (scale / 1'000'000'000)
                               : seconds * scale + fraction / (1'000'000'000 / scale);
}

void CaptureWriter::add(Nanos time, Bytes frame, std::uint32_t wire_length, std::uint32_t interface) {
  const auto size = static_cast<std::uint32_t>(frame.size());
  const std::uint32_t wire = wire_length != 0 ? wire_length : size;
  std::vector<std::byte> body;
  if (form_.pcapng) {
    put<std::uint32_t>(body, interface);
    put<std::uint32_t>(body, static_cast<std::uint32_t>(ticks(time, interface) >> 32));
    put<std::uint32_t>(body, static_cast<std::uint32_t>(ticks(time, interface)));
  } else {
    put<std::uint32_t>(body, static_cast<std::uint32_t>(time / kSecond));
    put<std::uint32_t>(body, static_cast<std::uint32_t>(time % kSecond / (form_.nanoseconds ? 1 : 1000)));
  }
  put<std::uint32_t>(body, size);
  put<std::uint32_t>(body, wire);
  append(body, frame);
  if (form_.pcapng) {
    add_block(6, body);
  } else {
    append(out_, body);
  }
}

void CaptureWriter::add_simple(Bytes frame, std::uint32_t wire_length) {
  std::vector<std::byte> body;
  put<std::uint32_t>(body, wire_length != 0 ? wire_length : static_cast<std::uint32_t>(frame.size()));
  append(body, frame);
  add_block(3, body);
}

void CaptureWriter::add_obsolete(Nanos time, Bytes frame, std::uint16_t interface) {
  std::vector<std::byte> body;
  put<std::uint16_t>(body, interface);
  put<std::uint16_t>(body, 0xffff);
  put<std::uint32_t>(body, static_cast<std::uint32_t>(ticks(time, interface) >> 32));
  put<std::uint32_t>(body, static_cast<std::uint32_t>(ticks(time, interface)));
  put<std::uint32_t>(body, static_cast<std::uint32_t>(frame.size()));
  put<std::uint32_t>(body, static_cast<std::uint32_t>(frame.size()));
  append(body, frame);
  add_block(2, body);
}

void CaptureWriter::add_block(std::uint32_t type, Bytes body) {
  std::vector<std::byte> padded(body.begin(), body.end());
  pad(padded);
  const auto length = static_cast<std::uint32_t>(padded.size() + 12);
  put<std::uint32_t>(out_, type);
  put<std::uint32_t>(out_, length);
  append(out_, padded);
  put<std::uint32_t>(out_, length);
}

void CaptureWriter::add_raw(Bytes bytes) { append(out_, bytes); }

File file_of(Bytes bytes) {
  File file(memfd_create("bytes", MFD_CLOEXEC), "bytes");
  if (!file.write(bytes) || lseek(file.fd(), 0, SEEK_SET) != 0) std::abort();
  return file;
}

void write_file(const std::string& path, Bytes bytes) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) std::abort();
  if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) std::abort();
  if (std::fclose(file) != 0) std::abort();
}

std::vector<std::byte> read_whole_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> chars(std::istreambuf_iterator<char>(file), {});
  const Bytes bytes = std::as_bytes(std::span(chars));
  return {bytes.begin(), bytes.end()};
}

namespace {

class ScratchFolders {
 public:
  ScratchFolders() = default;
  ScratchFolders(const ScratchFolders&) = delete;
  ScratchFolders& operator=(const ScratchFolders&) = delete;
  ~ScratchFolders() {
    if (::getpid() != owner_) return;  // of a child, which has them from its parent
    std::error_code ignored;
    for (const std::string& folder : folders_) std::filesystem::remove_all(folder, ignored);
  }
  const std::string& add() {
    std::string name = (std::filesystem::temp_directory_path() / "argus-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    return folders_.emplace_back(std::move(name));
  }

 private:
  pid_t owner_ = ::getpid();
  std::vector<std::string> folders_;
};

}  // namespace

std::string scratch_folder() {
  static ScratchFolders folders;
  return folders.add();
}

std::string captures_folder() {
  if (const char* given = std::getenv("ARGUS_CAPTURES")) return given;
  const std::filesystem::path beside = std::filesystem::path(source_dir()) / "../shared/captures";
  std::error_code ignored;
  return std::filesystem::is_directory(beside, ignored) ? beside.lexically_normal().string() : std::string();
}

}  // namespace argus
