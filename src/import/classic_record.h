// A record of the classic Argus 3 as its bytes say it, before it is a row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"

namespace argus {

inline constexpr std::size_t kClassicHead = 4;     // bytes of the head of a record
inline constexpr std::size_t kClassicStart = 128;  // bytes of the management record that every file begins with
inline constexpr std::uint32_t kClassicCookie = 0xE5712DCB;

enum class ClassicType : std::uint8_t { flow = 1, management = 8 };
enum class ClassicCause : std::uint8_t { start = 1, status, stop, timeout, flush, shutdown, closed, error };

struct ClassicHead {
  ClassicType type{};
  ClassicCause cause{};
  std::size_t size = 0;  // of the whole record
};
// Of the four bytes of a head; empty where they are none of version 3.
[[nodiscard]] std::optional<ClassicHead> classic_head(Bytes bytes);

struct ClassicTcpSide {
  std::uint32_t lost = 0;    // packets retransmitted
  std::uint32_t window = 0;  // scaled
  std::uint8_t flags = 0;
};

struct ClassicSide {
  std::uint64_t packets = 0, bytes = 0, app_bytes = 0;
  std::optional<Address> address;
  std::uint8_t mask = UINT8_MAX;  // bits of the address; UINT8_MAX: all
  std::optional<std::uint16_t> port;
  std::optional<std::uint8_t> sap, ttl, tos;
  std::optional<std::uint64_t> mac;
  std::optional<std::uint16_t> vlan;
  std::optional<std::uint32_t> mpls;
  std::uint32_t encaps = 0;  // the classic's bits
  std::optional<Nanos> first, last;
  std::optional<ClassicTcpSide> tcp;
};

// Of a record of several.
struct ClassicMerged {
  std::uint32_t records = 0, active = 0;
  float least = 0, mean = 0, deviation = 0, most = 0;  // seconds
};

// Blocks that no field holds.
enum class ClassicUnheld : std::uint8_t {
#define UNHELD(name, ...) name,
#include "import/classic_unheld.def"
};
inline constexpr std::size_t kClassicUnheld = 0
#define UNHELD(...) +1
#include "import/classic_unheld.def"
    ;
[[nodiscard]] std::string_view unheld_text(ClassicUnheld what);

struct ClassicRecord {
  ClassicCause cause{};
  std::string sensor;
  std::optional<std::uint16_t> proto;  // as the field of that name
  std::optional<std::uint16_t> etype;
  std::optional<std::uint8_t> icmp_type, icmp_code;
  std::optional<std::uint16_t> icmp_id;
  ClassicSide src, dst;
  std::optional<Nanos> first, last;
  bool has_counters = false, has_app_bytes = false, has_encaps = false;
  std::optional<std::uint32_t> tcp_status, tcp_options;
  std::uint32_t synack_us = 0, ackdat_us = 0;
  std::uint8_t icmp_map = 0;  // bits of flow/events.h
  std::optional<Address> icmp_node;
  std::optional<ClassicMerged> merged;
  std::array<bool, kClassicUnheld> unheld{};
};

// The blocks of a flow record, behind its head. False where their lengths contradict each other or the record's.
[[nodiscard]] bool decode_classic(const ClassicHead& head, Bytes blocks, ClassicRecord& out);

// The counters of a management record. False where it is too short.
struct ClassicStatus {
  Nanos time = 0;
  std::uint64_t packets = 0;
  std::uint32_t dropped = 0;
};
[[nodiscard]] bool decode_classic_status(Bytes record, ClassicStatus& out);

}  // namespace argus
