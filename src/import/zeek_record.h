// A line of conn.log by its columns.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "import/rows.h"

namespace argus {

struct ZeekSide {
  std::optional<Address> address;
  std::optional<std::uint16_t> port;
  std::optional<std::uint64_t> packets, bytes, app_bytes, mac;
  std::uint32_t events = 0;  // of flow/events.h
  std::uint8_t flags = 0;    // of TCP
};

struct ZeekRecord {
  std::optional<Nanos> start, duration;
  std::optional<std::uint16_t> proto, vlan;
  ZeekSide orig, resp;
  bool reversed = false;  // Zeek took the responder for the originator by their ports
  bool sound = true;      // no value was of another kind than its column
};

// What a column is for. Null for names that are not known.
struct ZeekColumn {
  std::string_view name;
  void (*take)(std::string_view text, ZeekRecord&);  // null: no field holds it
  std::string_view unheld;                           // what that is; empty: nothing that is missed
};
[[nodiscard]] const ZeekColumn* zeek_column(std::string_view name);

void put_zeek(const ZeekRecord& record, Rows& rows);

}  // namespace argus
