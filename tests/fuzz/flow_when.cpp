// Any text is a time range or a usage error, in a bounded time; a range runs over any times.
#include <cstdlib>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/when.h"
#include "flow/where.h"
#include "support/flow_builder.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_instant(text);
  const std::string words(text);
  for (const bool until : {false, true}) {
    const std::optional<std::string> one = words, none;
    const auto side = parse_since_until(until ? none : one, until ? one : none, 1'795'527'015 * kSecond);
    if (side ? side->span.begin >= side->span.end : side.error().code != Errc::usage) std::abort();
  }
  const auto when = parse_when(text, 1'795'527'015 * kSecond);
  if (!when) {
    if (when.error().code != Errc::usage || when.error().text.empty()) std::abort();
    return 0;
  }
  if (when->span.begin >= when->span.end) std::abort();
  static const Batch batch = batch_of({
      row().with(Field::stime, INT64_MIN).with(Field::ltime, INT64_MAX),
      row().with(Field::stime, INT64_MAX).with(Field::ltime, INT64_MAX),
      row().with(Field::stime, INT64_MIN).with(Field::ltime, INT64_MIN),
      row().with(Field::stime, 1'700'000'000 * kSecond).with(Field::ltime, 1'800'000'000 * kSecond),
      row().with(Field::spkts, 1),
  });
  std::vector<std::uint8_t> keep(batch.rows(), 1);
  when->where->select(batch, keep);
  for (const std::uint8_t bit : keep)
    if (bit > 1) std::abort();
  if (keep.back() != 0) std::abort();  // without times nothing matches
  (void)when->where->judge(FrameStats());
  return 0;
}
