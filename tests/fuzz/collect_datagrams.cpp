// Datagrams of exporters: two bytes of length before each, so that templates and records come one after the other.
#include <cstddef>
#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"
#include "base/time.h"
#include "base/time_range.h"
#include "collect/collector.h"
#include "flow/batch.h"
#include "flow/column.h"
#include "flow/field.h"
#include "flow/ledger.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::as_bytes(std::span(data, size)));
  Collector collector({.sensor = "fuzz", .exporters_max = 4, .memory_max = 1u << 20});
  Nanos time = 1'700'000'000 * kSecond;
  while (in.left() >= 2) {
    const std::size_t length = in.be<std::uint16_t>();
    const Bytes payload = in.take(std::min(length, in.left()));
    collector.add({payload, Address::from_mac(length & 3), static_cast<std::uint16_t>(length), time += kSecond});
  }
  while (collector.waiting() != 0) {
    const Batch batch = collector.take();
    const Flat<Nanos> first = flat<Nanos>(batch[Field::stime], batch.rows());
    const Flat<Nanos> last = flat<Nanos>(batch[Field::ltime], batch.rows());
    for (std::size_t row = 0; row < batch.rows(); row++)
      if (!first.has(row) || !is_time(first.values[row]) || last.values[row] < first.values[row]) __builtin_trap();
  }
  Journal journal;
  collector.drain(journal);
  const std::string state = collector.state();
  Collector again({});
  if (!again.restore(state) || again.state() != state) __builtin_trap();
  return 0;
}
