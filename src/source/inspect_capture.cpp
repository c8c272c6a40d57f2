// What is in a capture: its form, and if all of it is read, how many packets and of which time.
#include <cstddef>

#include "base/bytes.h"
#include "base/count_text.h"
#include "base/result.h"
#include "capture/capture_file.h"
#include "capture/open_capture.h"
#include "flow/progress.h"
#include "packet/packet.h"
#include "source/inspect.h"
#include "source/kinds.h"
#include "source/open_source.h"

namespace argus {

namespace {

constexpr std::uint64_t kToldEvery = 4096;  // packets

}  // namespace

Result<> inspect_capture(InspectedInput input, const InspectOptions& options, InputFacts& facts) {
  ARGUS_TRY_LET(const Bytes head, input.stream.peek(kHeadBytes));
  facts.capture.form = capture_form(head);
  facts.unpacked = head.size();
  ARGUS_TRY_LET(const CaptureFilePtr file, open_capture_file(std::move(input.stream)));
  if (!options.whole) return {};
  Frame frame;
  for (;;) {
    if (file->frames() % kToldEvery == 0) {
      if (input.place.is_open() && options.stop != nullptr && *options.stop)
        return fail(Errc::interrupted, "{}: interrupted after {}", facts.name, count_text(file->frames(), "packet"));
      Progress progress = progress_of(input.place);
      progress.packets = file->frames();
      if (options.told) options.told(progress);
    }
    const auto more = file->next(frame);
    if (!more && more.error().code != Errc::corrupt) return while_doing(facts.name, more.error());
    if (!more) facts.problems.push_back(while_doing(facts.name, more.error()));
    if (!more || !*more) break;
    facts.times.widen(frame.time, frame.time);
    facts.unpacked += frame.bytes.size();
  }
  facts.packets = file->frames();
  if (file->cut_short())
    facts.problems.push_back(fail(Errc::corrupt, "{}: ends in the middle of a packet", facts.name));
  if (!facts.problems.empty()) facts.ending = Ending::open;
  return {};
}

}  // namespace argus
