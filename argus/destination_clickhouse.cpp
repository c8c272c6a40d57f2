// Records into ClickHouse.
#include "argus/destination.h"

#include <memory>

#include "base/count_text.h"
#include "clickhouse/place.h"
#include "clickhouse/sink.h"

namespace argus {

Result<Destination> open_clickhouse(const DestinationAsked& asked) {
  auto place = parse_clickhouse_url(asked.to);
  if (!place) return while_doing("--to", std::move(place.error()));
  const std::string described = place->describe();
  const auto exported = std::make_shared<Exported>();
  ClickHouseSinkOptions options{asked.create, asked.where, asked.stop, asked.patience, asked.say, exported};
  Destination out;
  ARGUS_TRY_LET(out.sink, clickhouse_sink(*std::move(place), std::move(options)));
  out.closing = [described, exported] {
    const std::string there =
        exported->there == 0 ? ""
                             : fmt::format("; {} there already",
                                           exported->there == 1 ? "1 was" : fmt::format("{} were", exported->there));
    return fmt::format("{} written to {}{}", count_text(exported->rows, "record"), described, there);
  };
  return out;
}

}  // namespace argus
