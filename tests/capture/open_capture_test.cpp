#include "capture/open_capture.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/time.h"
#include "base/time_range.h"
#include "capture/capture_file.h"
#include "packet/decode.h"
#include "packet/packet.h"
#include "support/capture_writer.h"
#include "support/packet_builder.h"

using namespace argus;

namespace {

constexpr Nanos kTime = 1'700'000'000 * kSecond + 123'456'789;

struct Read {
  std::vector<Frame> frames;
  std::vector<std::vector<std::byte>> bytes;
  bool cut_short = false;
  std::string error;
  Errc code = Errc::usage;  // when there is an error
};

Result<CaptureFilePtr> open_bytes(Bytes file) {
  auto input = InputStream::open(file_of(file));
  REQUIRE(input);
  return open_capture_file(*std::move(input));
}

Read read_all(Bytes file) {
  Read read;
  auto capture = open_bytes(file);
  if (!capture) return {{}, {}, false, capture.error().text, capture.error().code};
  Frame frame;
  for (;;) {
    const auto more = (*capture)->next(frame);
    if (!more) {
      read.error = more.error().text;
      read.code = more.error().code;
      break;
    }
    if (!*more) break;
    read.bytes.emplace_back(frame.bytes.begin(), frame.bytes.end());
    read.frames.push_back(frame);
    read.frames.back().bytes = {};
  }
  read.cut_short = (*capture)->cut_short();
  CHECK((*capture)->frames() == read.frames.size());
  return read;
}

std::vector<std::byte> frame_bytes(std::size_t payload) {
  return PacketBuilder().ethernet().ip4("192.0.2.1", "192.0.2.2").udp(1, 2).payload(payload).bytes();
}

}  // namespace

TEST_CASE("frames, times and lengths come back in every byte order and resolution") {
  for (const bool pcapng : {false, true}) {
    for (const bool big_endian : {false, true}) {
      for (const bool nanoseconds : {false, true}) {
        CAPTURE(pcapng, big_endian, nanoseconds);
        CaptureWriter writer({.pcapng = pcapng, .big_endian = big_endian, .nanoseconds = nanoseconds});
        for (std::size_t i = 0; i < 5; i++) writer.add(kTime, frame_bytes(i * 3), static_cast<std::uint32_t>(1500 + i));
        CHECK(looks_like_capture(writer.bytes()));
        const Read read = read_all(writer.bytes());
        CHECK(read.error.empty());
        CHECK_FALSE(read.cut_short);
        REQUIRE(read.frames.size() == 5);
        for (std::size_t i = 0; i < 5; i++) {
          CHECK(read.bytes[i] == frame_bytes(i * 3));
          CHECK(read.frames[i].time == (nanoseconds ? kTime : kTime / 1000 * 1000));
          CHECK(read.frames[i].wire_length == 1500 + i);
          CHECK(read.frames[i].link == LinkType::ethernet);
        }
      }
    }
  }
}

TEST_CASE("interfaces of one pcapng file keep their own link type, resolution and offset") {
  CaptureWriter writer({.pcapng = true, .link = LinkType::linux_sll});
  const auto loop = writer.add_interface(LinkType::null, 9);
  const auto binary = writer.add_interface(LinkType::raw_ip, 0x80 | 20);
  const auto offset = writer.add_interface(LinkType::ethernet, 3, 1'000'000'000);
  const auto fine = writer.add_interface(LinkType::ethernet, 12, 1'699'999'999);
  const auto bytes = frame_bytes(4);
  for (const auto i : {0u, loop, binary, offset, fine}) writer.add(kTime, bytes, 0, i);
  const Read read = read_all(writer.bytes());
  CHECK(read.error.empty());
  REQUIRE(read.frames.size() == 5);
  CHECK((read.frames[0].link == LinkType::linux_sll && read.frames[0].time == kTime / 1000 * 1000));
  CHECK((read.frames[1].link == LinkType::null && read.frames[1].time == kTime));
  CHECK(read.frames[2].link == LinkType::raw_ip);
  CHECK(std::abs(read.frames[2].time - kTime) < 1000);
  CHECK((read.frames[3].link == LinkType::ethernet && read.frames[3].time == kTime / 1'000'000 * 1'000'000));
  CHECK(read.frames[4].time == kTime);
}

TEST_CASE("sections follow each other, each with its byte order and interfaces") {
  CaptureWriter writer({.pcapng = true});
  writer.add(kTime, frame_bytes(1));
  writer.new_section(true);
  writer.add_interface(LinkType::raw_ip, 9);
  writer.add(kTime, frame_bytes(2));
  writer.new_section(false);
  writer.add_interface(LinkType::null);
  writer.add(kTime, frame_bytes(3));
  const Read read = read_all(writer.bytes());
  CHECK(read.error.empty());
  REQUIRE(read.frames.size() == 3);
  CHECK((read.frames[1].link == LinkType::raw_ip && read.frames[1].time == kTime));
  CHECK((read.frames[2].link == LinkType::null && read.bytes[2] == frame_bytes(3)));
}

TEST_CASE("unknown blocks are passed over, simple and obsolete packet blocks are read") {
  CaptureWriter writer({.pcapng = true});
  writer.add(kTime, frame_bytes(1));
  writer.add_block(0x0bad, frame_bytes(100));
  writer.add_simple(frame_bytes(2), 1500);
  writer.add_obsolete(kTime + kSecond, frame_bytes(3));
  writer.add_block(5, {});
  const Read read = read_all(writer.bytes());
  CHECK(read.error.empty());
  REQUIRE(read.frames.size() == 3);
  CHECK((read.frames[1].time == kTime / 1000 * 1000 && read.frames[1].wire_length == 1500));
  CHECK(read.frames[2].time == (kTime + kSecond) / 1000 * 1000);
  CHECK(read.bytes[2] == frame_bytes(3));
}

TEST_CASE("a capture cut anywhere gives its whole packets and says that it was cut") {
  for (const bool pcapng : {false, true}) {
    CaptureWriter writer({.pcapng = pcapng});
    std::vector<std::size_t> ends = {writer.bytes().size()};
    for (std::size_t i = 0; i < 3; i++) {
      writer.add(kTime, frame_bytes(i));
      ends.push_back(writer.bytes().size());
    }
    for (std::size_t size = ends[0]; size <= writer.bytes().size(); size++) {
      CAPTURE(pcapng, size);
      const Read read = read_all(Bytes(writer.bytes()).first(size));
      const auto whole = std::upper_bound(ends.begin(), ends.end(), size) - ends.begin() - 1;
      CHECK(read.error.empty());
      CHECK(read.frames.size() == static_cast<std::size_t>(whole));
      CHECK(read.cut_short == (size != ends[static_cast<std::size_t>(whole)]));
    }
    // pcapng is already a capture with its section header alone; its interface block may be cut too.
    for (std::size_t size = 0; size < (pcapng ? 28u : ends[0]); size++) {
      CAPTURE(pcapng, size);
      const auto opened = open_bytes(Bytes(writer.bytes()).first(size));
      REQUIRE_FALSE(opened);
      CHECK(opened.error().code == (size < 4 ? Errc::foreign : Errc::corrupt));
    }
  }
}

TEST_CASE("a record that claims an absurd length is corrupt, what stood before is read") {
  CaptureWriter writer;
  writer.add(kTime, frame_bytes(1));
  const std::size_t good = writer.bytes().size();
  writer.add(kTime, frame_bytes(2));
  auto bytes = writer.bytes();
  bytes[good + 11] = std::byte{0x7f};
  const Read read = read_all(bytes);
  CHECK(read.frames.size() == 1);
  CHECK(read.code == Errc::corrupt);
  CHECK(read.error.find("packet 2 at byte") == 0);  // who reads it adds the name, once
}

TEST_CASE("damaged pcapng blocks are corrupt, what stood before is read") {
  CaptureWriter writer({.pcapng = true});
  writer.add(kTime, frame_bytes(1));
  const std::size_t good = writer.bytes().size();
  writer.add(kTime, frame_bytes(2));
  const std::size_t last = writer.bytes().size() - 4;
  const struct {
    std::size_t at;
    unsigned value;
  } damages[] = {{good + 4, 0x03}, {good + 4, 0x09}, {good + 7, 0xff}, {good + 8, 7}, {good + 22, 1}, {last, 0}};
  for (const auto& damage : damages) {
    CAPTURE(damage.at - good, damage.value);
    auto bytes = writer.bytes();
    bytes[damage.at] = static_cast<std::byte>(damage.value);
    const Read read = read_all(bytes);
    CHECK(read.frames.size() == 1);
    CHECK(read.code == Errc::corrupt);
  }
}

TEST_CASE("the wire length is never less than what was captured") {
  CaptureWriter writer;
  writer.add(kTime, frame_bytes(50), 10);
  CHECK(read_all(writer.bytes()).frames.at(0).wire_length == frame_bytes(50).size());
}

TEST_CASE("times that cannot be are clamped") {
  CaptureWriter pcap;
  pcap.add(kTime, frame_bytes(1));
  auto bytes = pcap.bytes();
  for (std::size_t i = 24; i < 32; i++) bytes[i] = std::byte{0xff};
  CHECK(read_all(bytes).frames.at(0).time == 4'294'967'295 * kSecond + kSecond - 1);
  for (const std::uint8_t resolution :
       std::initializer_list<std::uint8_t>{0, 6, 9, 10, 30, 127, 0x80, 0xa0, 0xbf, 0xc0, 0xff}) {
    for (const std::int64_t offset : {std::int64_t{0}, INT64_MAX, INT64_MIN, std::int64_t{-1}}) {
      CAPTURE(int{resolution}, offset);
      CaptureWriter writer({.pcapng = true});
      const auto interface = writer.add_interface(LinkType::ethernet, resolution, offset);
      const std::size_t at = writer.bytes().size();
      writer.add(kTime, frame_bytes(1), 0, 0);
      auto block = writer.bytes();
      block[at + 8] = static_cast<std::byte>(interface);
      for (std::size_t i = 12; i < 20; i++) block[at + i] = std::byte{0xff};
      const Nanos time = read_all(block).frames.at(0).time;
      CHECK(time >= 0);
      CHECK(time <= kTimeMost);
      if (offset == INT64_MAX) CHECK(time == kTimeMost);
      if (offset == INT64_MIN && (resolution & 0x7f) != 0) CHECK(time == 0);
    }
  }
}

TEST_CASE("a packet larger than any buffer is read whole") {
  CaptureWriter writer({.snap_length = 4u << 20});
  const std::vector<std::byte> large(3u << 20, std::byte{7});
  writer.add(kTime, large);
  writer.add(kTime, frame_bytes(1));
  const Read read = read_all(writer.bytes());
  CHECK(read.error.empty());
  REQUIRE(read.frames.size() == 2);
  CHECK(read.bytes[0] == large);
  CHECK(read.bytes[1] == frame_bytes(1));
}

TEST_CASE("many packets across many reads keep their bytes") {
  CaptureWriter writer;
  for (std::size_t i = 0; i < 20'000; i++) writer.add(kTime + static_cast<Nanos>(i) * 1000, frame_bytes(i % 97));
  const Read read = read_all(writer.bytes());
  REQUIRE(read.frames.size() == 20'000);
  for (std::size_t i = 0; i < 20'000; i++) {
    if (read.bytes[i] != frame_bytes(i % 97)) FAIL("packet " << i);
  }
}

TEST_CASE("a compressed capture is read, also when it was cut or damaged") {
  CaptureWriter writer;
  for (std::size_t i = 0; i < 3'000; i++) writer.add(kTime, frame_bytes(i % 211));
  std::vector<std::byte> packed;
  const Bytes plain = writer.bytes();
  const Bytes halves[] = {plain.first(plain.size() / 2), plain.subspan(plain.size() / 2)};
  zstd_compress(halves[0], 3, packed);
  const std::size_t first = packed.size();
  zstd_compress(halves[1], 3, packed);
  const Read whole = read_all(packed);
  CHECK((whole.error.empty() && !whole.cut_short && whole.frames.size() == 3'000));

  const Read cut = read_all(Bytes(packed).first(packed.size() - 5));
  CHECK((cut.error.empty() && cut.cut_short && cut.frames.size() < 3'000));

  packed[first] ^= std::byte{0xff};  // the magic of the second frame
  const Read damaged = read_all(packed);
  CHECK(damaged.code == Errc::corrupt);
  CHECK(damaged.frames.size() > 1'000);
  CHECK(damaged.frames.size() < 2'000);
}

TEST_CASE("what is no capture file is foreign, and its first bytes are shown") {
  const auto text = std::as_bytes(std::span("hello, world", 12));
  const auto opened = open_bytes(text);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::foreign);
  CHECK(opened.error().text == "bytes: not a capture file: it starts with the bytes 68656c6c");
  CHECK_FALSE(looks_like_capture(text));
  CHECK_FALSE(looks_like_capture(text.first(2)));
  const auto empty = open_bytes({});
  REQUIRE_FALSE(empty);
  CHECK(empty.error().text == "bytes: not a capture file: it is empty");
}

TEST_CASE("more interfaces than the limit is a limit") {
  CaptureWriter writer({.pcapng = true});
  const std::vector<std::byte> interface(8);
  for (std::size_t i = 0; i < 65'536; i++) writer.add_block(1, interface);
  CHECK(read_all(writer.bytes()).code == Errc::limit);
}

TEST_CASE("every packet of the real captures is read and decoded") {
  const std::string folder = captures_folder();
  if (folder.empty()) {
    WARN("skipped: no real captures (ARGUS_CAPTURES)");
    return;
  }
  std::size_t captures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.find(".pcap") == std::string::npos) continue;
    CAPTURE(name);
    std::ifstream expected(folder + "/expected/" + name + ".json");
    const std::string json(std::istreambuf_iterator<char>(expected), {});
    const std::string_view key = "\"packets\": ";
    const std::size_t found = json.find(key);
    REQUIRE(found != std::string::npos);
    const Read read = read_all(read_whole_file(entry.path().string()));
    CHECK(read.error.empty());
    CHECK(read.frames.size() == std::stoul(json.substr(found + key.size())));
    CHECK(read.cut_short == (name == "cut-short-mid-record.pcap"));
    for (std::size_t i = 0; i < read.frames.size(); i++) {
      Frame frame = read.frames[i];
      frame.bytes = read.bytes[i];
      Packet packet;
      const DecodeStatus status = decode(frame, packet);
      CHECK(status == (is_known(frame.link) ? DecodeStatus::ok : DecodeStatus::bad_link));
    }
    captures++;
  }
  CHECK(captures > 40);
}
