// Files for source tests: written, opened, pulled to their end.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "codec/stream.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/ledger.h"
#include "flow/source.h"
#include "source/open_source.h"
#include "support/capture_writer.h"
#include "support/flow_builder.h"
#include "support/packet_builder.h"

namespace argus {

struct Pulled {
  std::vector<Row> rows;
  std::map<LedgerItem, std::uint64_t> ledger;
  std::vector<Error> problems;
  [[nodiscard]] std::uint64_t count(LedgerItem item) const { return ledger.count(item) != 0 ? ledger.at(item) : 0; }
  [[nodiscard]] bool said(std::string_view what) const {
    for (const Error& error : problems)
      if (error.text.find(what) != std::string::npos) return true;
    return false;
  }
};

inline Pulled pulled(Source& source, const Needs& needs = {FieldSet::all_stored(), nullptr, {}}) {
  Pulled out;
  out.rows = rows_of(source, needs);
  Journal journal;
  source.drain(journal);
  for (const LedgerEntry& entry : journal.entries()) out.ledger[entry.item] += entry.count;
  out.problems = source.problems();
  return out;
}
inline SourcePtr opened(const std::vector<std::string>& paths, const SourceOptions& options = {}) {
  auto source = open_source(paths, options);
  if (!source) throw std::runtime_error(source.error().text);
  return *std::move(source);
}
inline Pulled pulled(const std::vector<std::string>& paths, const SourceOptions& options = {}) {
  return pulled(*opened(paths, options));
}
inline Error refusal(const std::vector<std::string>& paths) {
  const auto source = open_source(paths, {});
  REQUIRE_FALSE(source);
  return source.error();
}
inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

// A capture of UDP packets 10.0.0.1 -> 10.0.0.2, a second apart.
inline CaptureWriter udp_capture(Nanos from, unsigned packets, const CaptureForm& form = {}) {
  CaptureWriter out(form);
  for (unsigned i = 0; i < packets; i++)
    out.add(from + static_cast<Nanos>(i) * kSecond,
            PacketBuilder().ethernet().ip4("10.0.0.1", "10.0.0.2").udp(5000, 53).payload(20).bytes());
  return out;
}
// A flow file, a frame a batch.
inline void write_flows(const std::string& path, const std::vector<Batch>& batches) {
  std::vector<std::byte> bytes;
  StreamWriter writer(77);
  writer.begin({"probe", {"saddr"}, false}, bytes);
  for (const Batch& batch : batches) writer.flows(batch, bytes);
  writer.ledger(
      {{"probe", 100, 200, LedgerItem::kernel_dropped, 7}, {"probe", 500, 600, LedgerItem::kernel_dropped, 9}}, bytes);
  writer.end(bytes);
  write_file(path, bytes);
}

}  // namespace argus
