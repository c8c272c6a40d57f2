// Any bytes as a rules file: rules or a usage error, never a crash. What is accepted can be run.
#include <cstdlib>
#include <string_view>

#include "base/result.h"
#include "flow/source.h"
#include "query/rules.h"
#include "support/flow_builder.h"

using namespace argus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto parsed = parse_rules({reinterpret_cast<const char*>(data), size}, "rules");
  if (!parsed) {
    if (parsed.error().code != Errc::usage) std::abort();
    return 0;
  }
  static const std::vector<Row> rows = {tcp_row("10.0.0.1", 1, "10.0.0.2", 80, 3, 4), row(),
                                        tcp_row("2001:db8::1", 5, "2001:db8::2", 53, 5, 6)};
  const SourcePtr flows = clustered_by(source_of({batch_of(rows)}), *std::move(parsed), false);
  (void)rows_of(*flows);
  return 0;
}
