// Records from a database (-r clickhouse://...).
#include "argus/input_options.h"

#include <algorithm>

#include "base/log.h"
#include "base/result.h"
#include "clickhouse/place.h"
#include "clickhouse/source.h"
#include "flow/source.h"
#include "flow/where.h"
#include "shell/io.h"

namespace argus {

bool InputOptions::reads_database() const { return std::any_of(paths_.begin(), paths_.end(), is_clickhouse_url); }

Result<SourcePtr> InputOptions::open_database(const Io& io, const WherePtr& where) const {
  if (paths_.size() + directories_.size() != 1)
    return fail(Errc::usage,
                "-r: a database is read alone; name its shards in one URL: clickhouse://HOST1,HOST2/DATABASE");
  if (follow_) return fail(Errc::usage, "--follow waits for a file that is written, and a database is none");
  auto place = parse_clickhouse_url(paths_.front());
  if (!place) return while_doing("-r", std::move(place.error()));
  ClickHouseSourceOptions options;
  options.filter = filter_text();
  options.span = span_, options.only_span = !has_time_range() || borders_;
  options.chosen = where;
  options.grouped_by = grouped_by_;
  options.ordered = !any_order_;
  options.stop = io.stop;
  if (explain_) options.explain = [](const std::string& text) { log_note(text); };
  ARGUS_TRY_LET(SourcePtr source, clickhouse_source(*std::move(place), std::move(options)));
  limit_calls();
  return source;
}

}  // namespace argus
